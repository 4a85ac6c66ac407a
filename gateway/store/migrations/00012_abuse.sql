-- +goose Up

-- What agents noted of abusive calls: marks, warnings, logged hang-ups. The number is the call's.
CREATE TABLE abuse_entry (
    id          text PRIMARY KEY CHECK (id <> ''),
    call        text NOT NULL CHECK (call <> ''),
    agent       text NOT NULL,
    act         text NOT NULL,                            -- 'mark', 'warning_played', 'warning_said', 'hang_up'
    kind        text NOT NULL,                            -- of a mark and a hang-up: 'abuse', 'vulgar', …
    note_sealed bytea,                                    -- NULL: none
    at          timestamptz NOT NULL,
    withdrawn   boolean NOT NULL                          -- a slip, or a warning that was not heard
);
CREATE INDEX abuse_entry_call ON abuse_entry (call);
CREATE INDEX abuse_entry_marked ON abuse_entry (at) INCLUDE (call) WHERE act IN ('mark', 'hang_up') AND NOT withdrawn;
