-- +goose Up

-- Raw facts that the figures need of a call and that its record did not have. An earlier migration may have brought
-- some of them already.
ALTER TABLE call ADD COLUMN IF NOT EXISTS overflowed_at timestamptz;                  -- sent elsewhere by the queue
ALTER TABLE call ADD COLUMN IF NOT EXISTS refused boolean NOT NULL DEFAULT false;     -- never let into the queue
ALTER TABLE call ADD COLUMN IF NOT EXISTS rating smallint NOT NULL DEFAULT 0;         -- 0 none, 1 very satisfied … 5
ALTER TABLE call ADD COLUMN IF NOT EXISTS lost_why text NOT NULL DEFAULT '';          -- no_agent, timeout, full: what the queue said

-- For each call of a report its time on hold and its wrap-up are looked up; most changes have nothing to do with either.
CREATE INDEX call_change_held ON call_change (call) INCLUDE (at, to_state) WHERE from_state = 'held' OR to_state = 'held';
CREATE INDEX agent_change_wrap_up ON agent_change (call) WHERE state = 'wrap_up' AND call <> '';
