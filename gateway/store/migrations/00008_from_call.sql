-- +goose Up

-- A caller whom another city's hotline sent here: his call's id there, so that both records can be laid side by side.
ALTER TABLE call ADD COLUMN from_call text NOT NULL DEFAULT '';
