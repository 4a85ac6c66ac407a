-- +goose Up

-- Settings that people edit while the hotline runs. A row is one setting: doc is its JSON as package settings reads
-- and checks it, version comes from one sequence for all, so that none is ever used twice, not even by a row that
-- was removed and made again. What refers to what is checked by the program, across all tables, under one lock.
CREATE SEQUENCE setting_version;

CREATE TABLE line (
    key        text PRIMARY KEY CHECK (key <> ''),    -- dialled number
    position   integer NOT NULL,                      -- the lowest is the default line
    doc        jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT nextval('setting_version'),
    changed_by text NOT NULL,                         -- agent_no, or "system"
    changed_at timestamptz NOT NULL
);

CREATE TABLE queue       (LIKE line INCLUDING ALL);   -- key: its name
CREATE TABLE skill       (LIKE line INCLUDING ALL);   -- key: its name
CREATE TABLE agent_skill (LIKE line INCLUDING ALL);   -- key: agent_no; all skills of one agent
CREATE TABLE bulletin    (LIKE line INCLUDING ALL);   -- key: its name
CREATE TABLE policy      (LIKE line INCLUDING ALL);   -- key: "figures", "callback", "surge", …

-- Who changed what, when: never changed or removed.
CREATE TABLE setting_change (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at   timestamptz NOT NULL,
    who  text NOT NULL,
    kind text NOT NULL,                               -- name of the table
    key  text NOT NULL,
    old  jsonb,                                       -- NULL: it was new
    new  jsonb                                        -- NULL: it was removed
);
CREATE INDEX setting_change_key ON setting_change (kind, key, id DESC);

CREATE TRIGGER setting_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON setting_change
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
