-- +goose Up

-- For each call of a report its time on hold and its wrap-up are looked up; most changes have nothing to do with either.
CREATE INDEX call_change_held ON call_change (call) INCLUDE (at, to_state) WHERE from_state = 'held' OR to_state = 'held';
CREATE INDEX agent_change_wrap_up ON agent_change (call) WHERE state = 'wrap_up' AND call <> '';
