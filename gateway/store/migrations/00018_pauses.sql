-- +goose Up

-- When a call's recording was paused, as [{"from": …, "to": …}]; NULL where it never was. Without it a moment of the
-- call is not found in the recording.
ALTER TABLE call ADD COLUMN pauses jsonb;
