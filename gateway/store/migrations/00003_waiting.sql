-- +goose Up

-- What happens to callers beside being answered: overflow, call-back, rating, priority.
ALTER TABLE call
    ADD COLUMN released_at   timestamptz,                 -- the last agent who talked was through with it
    ADD COLUMN overflowed_at timestamptz,                 -- his queue could not take him
    ADD COLUMN overflow_to   text NOT NULL DEFAULT '',    -- 'queue:general', 'message:surge'
    ADD COLUMN refused       boolean NOT NULL DEFAULT false, -- never let into the queue
    ADD COLUMN lost_why      text NOT NULL DEFAULT '',    -- what the queue said: no_agent, timeout, full
    ADD COLUMN callback      text NOT NULL DEFAULT '',    -- number to call back at, when he asked for it
    ADD COLUMN priority      text NOT NULL DEFAULT '',
    ADD COLUMN rating        smallint NOT NULL DEFAULT 0; -- 1 (best) to 5, 0 when not given

UPDATE call SET released_at = ended_at WHERE talking_at IS NOT NULL;
