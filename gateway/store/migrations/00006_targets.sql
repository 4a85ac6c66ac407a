-- +goose Up

-- The transfer targets that an agent keeps at the top of his list. A target that is gone is simply not shown.
CREATE TABLE favourite (
    agent    text NOT NULL REFERENCES account (agent_no) ON DELETE CASCADE,
    kind     text NOT NULL CHECK (kind <> ''),            -- as package target has them
    key      text NOT NULL CHECK (key <> ''),             -- dialled number, name of a queue or agent_no
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (agent, kind, key)
);
