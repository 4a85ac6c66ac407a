-- +goose Up

-- Third parties of a call (110, another hotline, another agent) and what became of each. Raw times, NULL: did not happen.
CREATE TABLE call_transfer (
    call        text NOT NULL CHECK (call <> ''),
    n           bigint NOT NULL,                          -- 1, 2, … within the call
    kind        text NOT NULL,                            -- 'one_key', 'consult', …
    by_agent    text NOT NULL,                            -- agent_no of who began it
    to_kind     text NOT NULL,                            -- kind of the target: 'emergency', 'agent', …
    to_key      text NOT NULL,                            -- its dialled number, agent_no or queue
    title       text NOT NULL,
    agent       text NOT NULL,                            -- agent_no, where it is one of our agents
    reason      text NOT NULL,                            -- what the agent said
    routes      text[] NOT NULL,                          -- endpoints, in the order they are tried
    tried       integer NOT NULL,
    leg         text NOT NULL,                            -- the last one dialled
    aside       boolean NOT NULL,                         -- kept out of the conversation
    at          timestamptz,
    ringing_at  timestamptz,
    answered_at timestamptz,
    handed_at   timestamptz,                              -- the agent left the caller to him
    ended_at    timestamptz,
    result      text NOT NULL,                            -- '' while it rings
    why         text NOT NULL,                            -- why the last route led to nobody
    PRIMARY KEY (call, n)
);

-- Who talked to whom when: the times in which a leg was in the conversation, [{"from": …, "to": … or null}].
ALTER TABLE call_leg ADD COLUMN together jsonb;

-- What the hotline or service that handed the caller to us said of the call.
ALTER TABLE call ADD COLUMN came_from jsonb;

-- Deeds in calls come by way of the journal, which may write twice: one journal id is one row.
ALTER TABLE audit ADD COLUMN journal text;                -- NULL: written beside the journal
CREATE UNIQUE INDEX audit_journal ON audit (journal) WHERE journal IS NOT NULL;
