-- +goose Up

-- Who is blocked, was, or is proposed to be. Numbers are sealed; a caller is found by the keyed hash of his.
CREATE TABLE block_entry (
    id            text PRIMARY KEY CHECK (id <> ''),
    number_hash   bytea NOT NULL CHECK (octet_length(number_hash) = 16),
    number_sealed bytea NOT NULL,
    line          text NOT NULL,                          -- dialled number, '': all lines
    reason_sealed bytea NOT NULL,
    calls         text[] NOT NULL,                        -- the evidence
    days          integer NOT NULL CHECK (days > 0),      -- how long it lasts from the approval on
    state         text NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected', 'lifted')),
    proposed_by   text NOT NULL,
    proposed_at   timestamptz NOT NULL,
    decided_by    text NOT NULL DEFAULT '',
    decided_at    timestamptz,
    decided_note_sealed bytea,
    until         timestamptz,                            -- not included; NULL: never approved
    lifted_by     text NOT NULL DEFAULT '',
    lifted_at     timestamptz,
    lifted_note_sealed  bytea,
    CHECK (decided_by = '' OR decided_by <> proposed_by), -- two people, always
    CHECK ((state IN ('approved', 'lifted')) = (until IS NOT NULL))
);
CREATE UNIQUE INDEX block_entry_proposed ON block_entry (number_hash, line) WHERE state = 'proposed';
CREATE UNIQUE INDEX block_entry_approved ON block_entry (number_hash, line) WHERE state = 'approved';
CREATE INDEX block_entry_until ON block_entry (until) WHERE state = 'approved';
CREATE INDEX block_entry_proposed_at ON block_entry (proposed_at DESC, id DESC);

-- What it did: who was kept out when and where.
CREATE TABLE block_hit (
    id      text PRIMARY KEY CHECK (id <> ''),
    entry   text NOT NULL,
    channel text NOT NULL,                                -- 'phone', 'web', …
    call    text NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX block_hit_entry ON block_hit (entry, at);
