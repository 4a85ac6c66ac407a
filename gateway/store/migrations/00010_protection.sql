-- +goose Up

-- The audit is a chain: each row's hash covers the row and the hash of the one before it, so that whoever changes or
-- removes a row by hand breaks it from there on (`hotline audit verify` names the row). seq has no gaps; kept_at is
-- PostgreSQL's clock as the row was written, which shows where that was set back.
ALTER TABLE audit
    ADD COLUMN seq     bigint,
    ADD COLUMN kept_at timestamptz,
    ADD COLUMN hash    bytea;

-- +goose StatementBegin
CREATE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value IS NULL THEN '-' ELSE octet_length(value) || ':' || value END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_micros(value timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM value) * 1000000)::bigint::text
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_hash(before bytea, a audit) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(before || convert_to(audit_field(a.seq::text) || audit_field(audit_micros(a.kept_at)) ||
        audit_field(audit_micros(a.at)) || audit_field(a.who) || audit_field(a.action) || audit_field(a.object) ||
        audit_field(a.detail::text) || audit_field(a.address) || audit_field(a.journal), 'UTF8'))
$$;
-- +goose StatementEnd

-- One writer after the other, until each commits: the order of seq is the order of the chain.
-- +goose StatementBegin
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(7312347);
    SELECT seq, hash INTO last FROM audit ORDER BY seq DESC LIMIT 1;
    NEW.seq := COALESCE(last.seq, 0) + 1;
    NEW.kept_at := clock_timestamp();
    NEW.hash := audit_hash(COALESCE(last.hash, ''::bytea), NEW);
    RETURN NEW;
END
$$;
-- +goose StatementEnd

-- What was kept before is chained as it is now.
ALTER TABLE audit DISABLE TRIGGER audit_append_only;
-- +goose StatementBegin
DO $$
DECLARE
    a audit;
    n bigint := 0;
    before bytea := ''::bytea;
BEGIN
    FOR a IN SELECT * FROM audit ORDER BY id LOOP
        n := n + 1;
        a.seq := n;
        a.kept_at := a.at;
        before := audit_hash(before, a);
        UPDATE audit SET seq = n, kept_at = at, hash = before WHERE id = a.id;
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE audit ENABLE TRIGGER audit_append_only;

ALTER TABLE audit
    ALTER COLUMN seq SET NOT NULL,
    ALTER COLUMN kept_at SET NOT NULL,
    ALTER COLUMN hash SET NOT NULL;
CREATE UNIQUE INDEX audit_seq ON audit (seq);
CREATE INDEX audit_action ON audit (action, seq DESC);
CREATE INDEX audit_number ON audit ((detail ->> 'number_hash'), seq DESC) WHERE detail ? 'number_hash';
CREATE TRIGGER audit_chained BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();

-- A caller who asked for secrecy: his number and name are masked for everybody who has not the right.
ALTER TABLE call ADD COLUMN secret boolean NOT NULL DEFAULT false;
ALTER TABLE callback ADD COLUMN secret boolean NOT NULL DEFAULT false;

-- What retention must not touch. A hold is lifted, never removed.
CREATE TABLE legal_hold (
    call      text NOT NULL CHECK (call <> ''),
    reason    text NOT NULL CHECK (reason <> ''),
    held_by   text NOT NULL,
    held_at   timestamptz NOT NULL,
    lifted_by text NOT NULL DEFAULT '',
    lifted_at timestamptz,
    PRIMARY KEY (call, held_at)
);
CREATE UNIQUE INDEX legal_hold_open ON legal_hold (call) WHERE lifted_at IS NULL;
