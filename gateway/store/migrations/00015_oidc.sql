-- +goose Up

-- Whom an OpenID provider knows as somebody else: its issuer and subject. Such accounts have no password.
ALTER TABLE account ADD COLUMN subject text UNIQUE;
