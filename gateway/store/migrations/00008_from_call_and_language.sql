-- +goose Up

-- A caller whom another city's hotline sent here: his call's id there, so that both records can be laid side by side.
-- And the language he chose, which he goes on hearing after a restart.
ALTER TABLE call
    ADD COLUMN from_call text NOT NULL DEFAULT '',
    ADD COLUMN language  text NOT NULL DEFAULT '';
