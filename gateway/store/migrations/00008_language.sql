-- +goose Up

-- The language a caller chose, which he goes on hearing after a restart.
ALTER TABLE call ADD COLUMN language text NOT NULL DEFAULT '';
