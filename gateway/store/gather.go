package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/settings"
)

// gatherAtOnce is how many calls one transaction of the gatherer looks at.
const gatherAtOnce = 500

const (
	// A call's end is looked at once, whenever its row came: late, after an outage, or written by a restarted gateway.
	// The lock lets two gatherers share the work.
	selectUngathered = `
SELECT id, number_sealed, callback_sealed, dnis, line, queue, result, queued_at, talking_at, ended_at, direction, callback_id, reach, agent, ended_by, secret
FROM call WHERE ended_at IS NOT NULL AND NOT gathered
ORDER BY ended_at, id LIMIT $1
FOR UPDATE SKIP LOCKED`

	markGathered = `
UPDATE call SET gathered = true WHERE id = ANY($1)`

	// Who called again while his task is open has one task still. A place in the queue that he kept is not lost by it.
	upsertCallback = `
INSERT INTO callback AS t (id, number_hash, number_sealed, dnis, line, queue, reason, missed, kept_place, waiting_since,
                           missed_at, created_at, due_at, secret, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, 'open')
ON CONFLICT (number_hash) WHERE state <> 'closed' DO UPDATE SET
    missed = t.missed + 1, missed_at = GREATEST(t.missed_at, EXCLUDED.missed_at),
    kept_place = t.kept_place OR EXCLUDED.kept_place,
    waiting_since = CASE WHEN EXCLUDED.kept_place AND NOT t.kept_place THEN EXCLUDED.waiting_since
                         ELSE COALESCE(t.waiting_since, EXCLUDED.waiting_since) END,
    due_at = LEAST(t.due_at, EXCLUDED.due_at), secret = t.secret OR EXCLUDED.secret`

	insertClosedCallback = `
INSERT INTO callback (id, number_hash, number_sealed, dnis, line, queue, reason, missed, kept_place, waiting_since, missed_at,
                      created_at, due_at, secret, state, outcome, closed_at, closed_by, last_call)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, 'closed', $14, $11, 'system', $15)`

	selectLaterAnswer = `
SELECT COALESCE((SELECT id FROM call WHERE number_hash = $1 AND talking_at >= $2 AND (direction = 'inbound' OR gathered)
    ORDER BY talking_at LIMIT 1), '')`

	closeGotThrough = `
UPDATE callback SET state = 'closed', outcome = 'got_through', closed_at = $3, closed_by = 'system', last_call = $2,
    last_agent = $5
WHERE number_hash = $1 AND state <> 'closed' AND missed_at <= $4`

	closeReached = `
UPDATE callback SET state = 'closed', outcome = 'reached', closed_at = $5, closed_by = $4, attempts = attempts + 1,
    last_reach = 'reached', last_call = $3, last_agent = $4
WHERE (id = $1 OR number_hash = $2) AND state <> 'closed'`

	noteAttempt = `
UPDATE callback SET attempts = attempts + $3, last_reach = $4, last_call = $5, last_agent = $6,
    due_at = $7, kept_place = kept_place AND $4 = 'not_dialled', state = CASE WHEN attempts + $3 >= $8 THEN 'closed' ELSE 'open' END,
    outcome = CASE WHEN attempts + $3 >= $8 THEN 'given_up' ELSE '' END,
    closed_at = CASE WHEN attempts + $3 >= $8 THEN $9::timestamptz END,
    closed_by = CASE WHEN attempts + $3 >= $8 THEN 'system' ELSE '' END
WHERE (id = $1 OR number_hash = $2) AND state <> 'closed'`

	// A task is being dialled while a call of it has not ended.
	markDialling = `
UPDATE callback t SET state = CASE t.state WHEN 'open' THEN 'dialling' ELSE 'open' END
WHERE t.state <> 'closed'
  AND (t.state = 'dialling') <> EXISTS (SELECT FROM call c WHERE c.callback_id = t.id AND c.ended_at IS NULL)`
)

// ended is what the gatherer looks at of a call.
type ended struct {
	ID, Number, Callback, DNIS, Line, Queue string
	Result                                  call.Result
	QueuedAt, TalkingAt, EndedAt            time.Time
	Direction                               call.Direction
	Reach                                   call.Reach
	CallbackID, Agent                       string
	EndedBy                                 call.Party
	Secret                                  bool
}

func (s *Store) scanEnded(row pgx.CollectableRow) (e ended, err error) {
	return e, row.Scan(&e.ID, s.opened(purposeNumber, &e.Number), s.opened(purposeNumber, &e.Callback), &e.DNIS, &e.Line, &e.Queue, &e.Result, into(&e.QueuedAt),
		into(&e.TalkingAt), into(&e.EndedAt), &e.Direction, &e.CallbackID, &e.Reach, &e.Agent, &e.EndedBy, &e.Secret)
}

// Gather looks at calls that ended and at how attempts to call back went, and keeps the tasks in step: each call
// that reached nobody becomes a task, or adds to the one of its number, exactly once. It returns how many calls it
// looked at.
func (s *Store) Gather(ctx context.Context, p settings.Policies, now time.Time) (seen int, err error) {
	for {
		n, err := s.gatherOnce(ctx, p, now)
		seen += n
		if err != nil || n < gatherAtOnce {
			return seen, wrap(err, "gather call-backs")
		}
	}
}

func (s *Store) gatherOnce(ctx context.Context, p settings.Policies, now time.Time) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		calls, err := query(ctx, tx, s.scanEnded, selectUngathered, gatherAtOnce)
		if err != nil {
			return err
		}
		ids := make([]string, len(calls))
		for i, e := range calls {
			ids[i] = e.ID
			if err := s.gatherCall(ctx, tx, e, p, now); err != nil {
				return err
			}
		}
		if n = len(calls); n > 0 {
			if _, err := tx.Exec(ctx, markGathered, ids); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, markDialling); err != nil {
			return err
		}
		return s.closeBlocked(ctx, tx, p.BlockList, now)
	})
	return n, err
}

func (s *Store) gatherCall(ctx context.Context, tx pgx.Tx, e ended, p settings.Policies, now time.Time) error {
	switch {
	case e.CallbackID != "":
		return s.gatherAttempt(ctx, tx, e, p.Callback, now)
	case !e.TalkingAt.IsZero():
		if e.Number == "" {
			return nil
		}
		if _, err := tx.Exec(ctx, closeGotThrough, s.numberHash(e.Number), e.ID, now, e.TalkingAt, e.Agent); err != nil {
			return err
		}
		if !cutOff(e) || !p.Callback.On {
			return nil
		}
		e.Result = call.LostSystem // for him, whatever it counts as
		return s.gatherMissed(ctx, tx, e, p.Callback, now)
	case calledBack(e, p):
		return s.gatherMissed(ctx, tx, e, p.Callback, now)
	}
	return nil
}

// cutOff says whether a conversation was ended by a failure, such as a restart of Asterisk.
func cutOff(e ended) bool { return e.EndedBy == call.BySystem && e.Result == call.Answered }

// calledBack says whether a call that reached nobody makes a task.
func calledBack(e ended, p settings.Policies) bool {
	if e.number() == "" || e.Direction == call.Outbound {
		return false
	}
	switch e.Result {
	case call.CallbackKept: // it was promised, whatever is switched off since
		return true
	case call.Abandoned:
		short := !e.QueuedAt.IsZero() && e.EndedAt.Sub(e.QueuedAt) < p.Figures.ShortAbandon.Duration()
		return p.Callback.On && (!short || p.Callback.ShortToo)
	case call.AbandonedGreeting, call.LostSystem, call.RefusedFull, call.MessageOnly:
		return p.Callback.On
	}
	return false
}

// number is where he is called back.
func (e ended) number() string {
	if e.Callback != "" {
		return e.Callback
	}
	return e.Number
}

func (s *Store) gatherMissed(ctx context.Context, tx pgx.Tx, e ended, p settings.Callback, now time.Time) error {
	number, kept := e.number(), e.Result == call.CallbackKept
	due := p.Next(now)
	if kept { // he is awake and near his telephone
		due = now
	}
	fields := []any{e.ID, s.numberHash(number), s.seal(purposeNumber, number), e.DNIS, e.Line, e.Queue, e.Result, kept, instant(e.QueuedAt), e.EndedAt, now, instant(due), e.Secret}
	if !caller.Number(number).Callable() {
		_, err := tx.Exec(ctx, insertClosedCallback, append(fields, OutcomeNotCallable, "")...)
		return err
	}
	var later string // his answered call, whose row came before this one
	if err := tx.QueryRow(ctx, selectLaterAnswer, s.numberHash(number), e.EndedAt).Scan(&later); err != nil {
		return err
	}
	if later != "" {
		_, err := tx.Exec(ctx, insertClosedCallback, append(fields, OutcomeGotThrough, later)...)
		return err
	}
	_, err := tx.Exec(ctx, upsertCallback, fields...)
	return err
}

// gatherAttempt notes how an attempt went. One in which the citizen was never dialled, or no way led to him, is no
// attempt: he was not missed.
func (s *Store) gatherAttempt(ctx context.Context, tx pgx.Tx, e ended, p settings.Callback, now time.Time) error {
	if !e.TalkingAt.IsZero() {
		_, err := tx.Exec(ctx, closeReached, e.CallbackID, s.numberHash(e.Number), e.ID, e.Agent, now)
		return err
	}
	counts, due := 1, p.Next(e.EndedAt.Add(p.Every.Duration()))
	switch e.Reach {
	case call.NotDialled:
		counts, due = 0, p.Next(now)
	case call.NoWay:
		counts = 0
	}
	_, err := tx.Exec(ctx, noteAttempt, e.CallbackID, s.numberHash(e.Number), counts, e.Reach, e.ID, e.Agent, instant(due),
		max(p.Attempts, 1), now)
	return err
}

// closeBlocked closes the tasks of those who are on the block list: nobody is called back whose calls are not taken. One
// that is being dialled is let be.
func (s *Store) closeBlocked(ctx context.Context, tx pgx.Tx, p settings.BlockList, now time.Time) error {
	if !p.On {
		return nil
	}
	trusted := make([][]byte, len(p.Trusted))
	for i, number := range p.Trusted {
		trusted[i] = s.numberHash(number)
	}
	_, err := tx.Exec(ctx, closeBlockedCallbacks, now, trusted)
	return err
}
