-- +goose Up

-- People who may sign in.
CREATE TABLE account (
    agent_no      text PRIMARY KEY CHECK (agent_no ~ '^[0-9A-Za-z_-]{2,16}$'),
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    roles         text[] NOT NULL,
    phone         text NOT NULL CHECK (phone IN ('browser', 'desk')),
    password_hash text NOT NULL,               -- PHC string, argon2id
    created_at    timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now()
);

-- Sessions of the web page. Only a hash of the token is kept: who reads the table cannot sign in with it.
CREATE TABLE web_session (
    token_hash bytea PRIMARY KEY,              -- SHA-256
    data       bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX web_session_expires_at ON web_session (expires_at);

-- The tables of the journal: call, call_leg, call_change, offer, agent_change, disposition. They hold raw times
-- (NULL: did not happen) and refer to one another by value. There are no foreign keys between them on purpose: a
-- row that arrives before its call, or whose call was refused, must still be kept. Closed sets that grow with the
-- product (states, results, outcomes, roles of legs) are the program's to check, not the table's, for the same reason.

CREATE TABLE call (
    id          text PRIMARY KEY CHECK (id <> ''),
    number      text NOT NULL,                 -- '': withheld
    dnis        text NOT NULL,
    line        text NOT NULL,
    queue       text NOT NULL,
    unknown_no  boolean NOT NULL,
    recorded    boolean NOT NULL,
    state       text NOT NULL,
    version     bigint NOT NULL,               -- a record never replaces one of a higher version
    arrived_at  timestamptz,
    answered_at timestamptz,
    queued_at   timestamptz,
    talking_at  timestamptz,
    ended_at    timestamptz,
    agent       text NOT NULL,
    result      text NOT NULL,
    ended_by    text NOT NULL,
    recording   text NOT NULL
);
CREATE INDEX call_number_arrived_at ON call (number, arrived_at DESC) WHERE number <> '';
CREATE INDEX call_agent_talking_at ON call (agent, talking_at DESC) WHERE agent <> '';
CREATE INDEX call_arrived_at ON call (arrived_at DESC, id DESC);
CREATE INDEX call_open ON call (id) WHERE ended_at IS NULL;

CREATE TABLE call_leg (
    call       text NOT NULL CHECK (call <> ''),
    id         text NOT NULL CHECK (id <> ''),
    role       text NOT NULL,
    agent      text NOT NULL,
    created_at timestamptz,
    up_at      timestamptz,
    gone_at    timestamptz,
    cause      bigint NOT NULL,                -- Q.850, 0 while it lives
    PRIMARY KEY (call, id)
);

CREATE TABLE call_change (
    call       text NOT NULL CHECK (call <> ''),
    seq        bigint NOT NULL,
    at         timestamptz,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    cause      text NOT NULL,
    PRIMARY KEY (call, seq)
);

CREATE TABLE offer (
    call     text NOT NULL CHECK (call <> ''),
    n        bigint NOT NULL,
    agent    text NOT NULL,
    at       timestamptz,
    ended_at timestamptz,
    outcome  text NOT NULL,                    -- '' while it rings
    reason   text NOT NULL,
    PRIMARY KEY (call, n)
);
CREATE INDEX offer_agent_at ON offer (agent, at DESC);

CREATE TABLE agent_change (
    id     text PRIMARY KEY,                   -- ULID of the journal's line; puts changes of one instant in order
    agent  text NOT NULL CHECK (agent <> ''),
    at     timestamptz NOT NULL,
    state  text NOT NULL,
    reason text NOT NULL,
    call   text NOT NULL,
    cause  text NOT NULL
);
CREATE INDEX agent_change_agent_at ON agent_change (agent, at DESC, id DESC);
CREATE INDEX agent_change_at ON agent_change (at);

CREATE TABLE disposition (
    call  text NOT NULL CHECK (call <> ''),
    agent text NOT NULL,
    kind  text NOT NULL,
    note  text NOT NULL,
    at    timestamptz,
    PRIMARY KEY (call, agent)
);

-- Who looked at or did what. Rows are added and never changed or removed.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    who     text NOT NULL,
    action  text NOT NULL CHECK (action <> ''),
    object  text NOT NULL,
    detail  jsonb NOT NULL,
    address text NOT NULL
);
CREATE INDEX audit_object ON audit (object, id DESC);
CREATE INDEX audit_who ON audit (who, id DESC);

-- +goose StatementBegin
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or removed' USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
