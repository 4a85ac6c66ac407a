-- +goose Up

-- What people noted of callers. A tag that was taken away stays as a row, so that a change which comes late by way of
-- the journal does not bring it back. Callers are found by the keyed hash of their number; no number is here.
CREATE TABLE caller_tag (
    number_hash bytea NOT NULL,
    tag         text NOT NULL CHECK (tag <> ''),
    is_on       boolean NOT NULL,
    set_by      text NOT NULL,                            -- agent_no
    set_at      timestamptz NOT NULL,
    call        text NOT NULL,                            -- in which he was known to be that caller
    PRIMARY KEY (number_hash, tag)
);

-- Requests of callers, as the system that works on them tells us.
CREATE TABLE request (
    order_no     text PRIMARY KEY CHECK (order_no <> ''),
    number_hash  bytea NOT NULL,
    kind         text NOT NULL,
    unit         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'answered', 'closed', 'final')),
    words_sealed bytea NOT NULL,                          -- title, answer, and why it was closed finally
    made_at      timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX request_number_hash ON request (number_hash, changed_at DESC);

-- What is not accepted: 告知法定途径.
CREATE TABLE scope (LIKE line INCLUDING ALL);             -- key: its code
ALTER TABLE disposition ADD COLUMN scope text NOT NULL DEFAULT '';

-- A caller's calls are counted out of this index alone; it does what the one before it did as well.
DROP INDEX IF EXISTS call_number_arrived_at;
CREATE INDEX call_caller ON call (number_hash, arrived_at DESC) INCLUDE (id, direction) WHERE number_hash IS NOT NULL;
