-- +goose Up

-- Calls that began from us. The marker of a call says that the gatherer of call-backs has seen how it ended: calls of
-- before this migration count as seen, but for those of the last day.
ALTER TABLE call
    ADD COLUMN direction   text NOT NULL DEFAULT 'inbound',
    ADD COLUMN callback_id text NOT NULL DEFAULT '',      -- outbound: the task it is an attempt of
    ADD COLUMN reach       text NOT NULL DEFAULT '',      -- outbound: what came of dialling the citizen
    ADD COLUMN gathered    boolean NOT NULL DEFAULT true; -- its end was looked at for call-backs
ALTER TABLE call ALTER COLUMN gathered SET DEFAULT false;
UPDATE call SET gathered = false WHERE ended_at IS NULL OR ended_at > now() - interval '1 day';
CREATE INDEX call_ungathered ON call (ended_at, id) WHERE ended_at IS NOT NULL AND NOT gathered;
CREATE INDEX call_callback_open ON call (callback_id) WHERE callback_id <> '' AND ended_at IS NULL;

-- Those who reached nobody and are called back: one open task a number.
CREATE TABLE callback (
    id            text PRIMARY KEY CHECK (id <> ''),      -- id of the first call that was missed
    number        text NOT NULL CHECK (number <> ''),
    dnis          text NOT NULL,
    line          text NOT NULL,
    queue         text NOT NULL,
    reason        text NOT NULL,                          -- result of that call
    missed        integer NOT NULL,                       -- calls that were missed so far
    kept_place    boolean NOT NULL,                       -- he asked for it and keeps his place
    waiting_since timestamptz,                            -- his place in the queue; NULL: he never waited
    missed_at     timestamptz NOT NULL,                   -- end of the latest call that was missed
    created_at    timestamptz NOT NULL,
    due_at        timestamptz,                            -- NULL: no hour is open for call-backs
    attempts      integer NOT NULL DEFAULT 0,
    state         text NOT NULL CHECK (state IN ('open', 'dialling', 'closed')),
    outcome       text NOT NULL DEFAULT '',
    closed_at     timestamptz,
    closed_by     text NOT NULL DEFAULT '',               -- agent_no, or "system"
    closed_reason text NOT NULL DEFAULT '',               -- what a person who closed it said
    last_reach    text NOT NULL DEFAULT '',               -- what came of the last attempt
    last_call     text NOT NULL DEFAULT '',               -- the last attempt, or the call that got through
    last_agent    text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX callback_open ON callback (number) WHERE state <> 'closed';
CREATE INDEX callback_due ON callback (due_at) WHERE state <> 'closed';
CREATE INDEX callback_created_at ON callback (created_at);
