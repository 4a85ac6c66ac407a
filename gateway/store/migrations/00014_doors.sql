-- +goose Up

-- Wrong passwords and codes in a row; a lock that a restart does not lift; when an administrator lifted it.
ALTER TABLE account
    ADD COLUMN wrong        integer NOT NULL DEFAULT 0,
    ADD COLUMN locked_until timestamptz,
    ADD COLUMN unlocked_at  timestamptz,
    ADD COLUMN totp         bytea,                       -- sealed secret of the second factor, NULL: none
    ADD COLUMN totp_step    bigint NOT NULL DEFAULT 0;   -- of the last code that was taken: each is good once

-- Codes for who lost his telephone, each good once. Only their SHA-256 is kept.
CREATE TABLE recovery_code (
    agent_no text  NOT NULL REFERENCES account ON DELETE CASCADE,
    hash     bytea NOT NULL,
    PRIMARY KEY (agent_no, hash)
);

-- Earlier passwords, which are not taken again.
CREATE TABLE password_history (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_no      text NOT NULL REFERENCES account ON DELETE CASCADE,
    password_hash text NOT NULL
);
CREATE INDEX password_history_agent_no ON password_history (agent_no, id DESC);
