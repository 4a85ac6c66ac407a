package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
)

// Retention says after how many days what is kept of a call is removed for good; 0 keeps it for ever. The call's own
// times and result, which name nobody, stay for the figures.
type Retention struct {
	Recordings int // its recording
	Personal   int // number, name, notes, and why and to which outside number it was handed over
}

const (
	retainedAtOnce = 500

	// What must be kept for a court, or goes on, is none of these.
	due = ` c.ended_at < $1 AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.call = c.id AND h.lifted_at IS NULL)`

	dueRecordings = ` FROM call c WHERE c.recording <> '' AND` + due
	duePersonal   = ` FROM call c WHERE (c.number_sealed IS NOT NULL OR c.callback_sealed IS NOT NULL OR c.came_from_sealed IS NOT NULL
    OR EXISTS (SELECT FROM disposition d WHERE d.call = c.id AND d.note_sealed IS NOT NULL)
    OR EXISTS (SELECT FROM call_transfer t WHERE t.call = c.id AND t.sealed IS NOT NULL)
    OR EXISTS (SELECT FROM abuse_entry a WHERE a.call = c.id AND a.note_sealed IS NOT NULL)
    OR EXISTS (SELECT FROM callback b WHERE b.id = c.id AND b.state = 'closed')) AND` + due

	countDue  = `SELECT count(*), min(c.ended_at)`
	selectDue = `SELECT c.id, c.recording`
	limitDue  = ` ORDER BY c.ended_at LIMIT $2`

	forgetRecordings = `UPDATE call SET recording = '' WHERE id = ANY($1)`

	forgetCallers   = `UPDATE call SET number_hash = NULL, number_sealed = NULL, callback_sealed = NULL, came_from_sealed = NULL WHERE id = ANY($1)`
	forgetNotes     = `UPDATE disposition SET note_sealed = NULL WHERE call = ANY($1)`
	forgetAbuse     = `UPDATE abuse_entry SET note_sealed = NULL WHERE call = ANY($1)`
	forgetTransfers = `UPDATE call_transfer SET sealed = NULL WHERE call = ANY($1)`
	forgetCallbacks = `DELETE FROM callback WHERE id = ANY($1) AND state = 'closed'`

	countHeld = `SELECT count(*) FROM legal_hold WHERE lifted_at IS NULL`

	insertHold = `
INSERT INTO legal_hold (call, reason, held_by, held_at) SELECT id, $2, $3, now() FROM call WHERE id = $1
ON CONFLICT (call) WHERE lifted_at IS NULL DO NOTHING`

	liftHold = `
UPDATE legal_hold SET lifted_by = $2, lifted_at = now() WHERE call = $1 AND lifted_at IS NULL`

	selectHold = `
SELECT EXISTS (SELECT FROM legal_hold WHERE call = $1 AND lifted_at IS NULL)`
)

// DueClass is what retention finds of one class.
type DueClass struct {
	Class  string    // "recordings", "personal"
	Days   int       // after which it is removed; 0: never
	Calls  int       // that are due, or were removed
	Oldest time.Time // end of the oldest of them
}

// Due counts what Forget would remove, and the calls that a legal hold keeps.
func (s *Store) Due(ctx context.Context, r Retention, now time.Time) (classes []DueClass, held int, err error) {
	for _, c := range []struct {
		name, from string
		days       int
	}{{"recordings", dueRecordings, r.Recordings}, {"personal", duePersonal, r.Personal}} {
		d := DueClass{Class: c.name, Days: c.days}
		if c.days > 0 {
			err := s.pool.QueryRow(ctx, countDue+c.from, now.AddDate(0, 0, -c.days)).Scan(&d.Calls, into(&d.Oldest))
			if err != nil {
				return nil, 0, wrap(err, "count what is due to be removed")
			}
		}
		classes = append(classes, d)
	}
	err = s.pool.QueryRow(ctx, countHeld).Scan(&held)
	return classes, held, wrap(err, "count the legal holds")
}

// Forget removes what is due for good. remove removes a recording's file, before the table forgets it. It returns how
// many calls lost what; each removal is in the audit.
func (s *Store) Forget(ctx context.Context, r Retention, now time.Time, remove func(ctx context.Context, recording string) error) (classes []DueClass, err error) {
	recordings, err := s.forget(ctx, "recordings", r.Recordings, dueRecordings, now, remove, forgetRecordings)
	classes = append(classes, DueClass{Class: "recordings", Days: r.Recordings, Calls: recordings})
	if err != nil {
		return classes, err
	}
	personal, err := s.forget(ctx, "personal", r.Personal, duePersonal, now, nil, forgetCallers, forgetNotes, forgetAbuse, forgetTransfers, forgetCallbacks)
	return append(classes, DueClass{Class: "personal", Days: r.Personal, Calls: personal}), err
}

type dueCall struct{ ID, Recording string }

func (s *Store) forget(ctx context.Context, class string, days int, from string, now time.Time, remove func(context.Context, string) error, forgets ...string) (n int, err error) {
	if days <= 0 {
		return 0, nil
	}
	for ctx.Err() == nil {
		calls, err := query(ctx, s.pool, pgx.RowToStructByPos[dueCall], selectDue+from+limitDue, now.AddDate(0, 0, -days), retainedAtOnce)
		if err != nil || len(calls) == 0 {
			return n, wrap(err, "look for what is due to be removed")
		}
		ids := make([]string, 0, len(calls))
		var faults error
		for _, c := range calls {
			if remove != nil {
				if err := remove(ctx, c.Recording); err != nil {
					faults = errors.Join(faults, err)
					continue
				}
			}
			ids = append(ids, c.ID)
		}
		if len(ids) > 0 {
			// In the audit first: what cannot be traced is not done.
			if err := s.Audit(ctx, AuditEntry{Who: "system", Action: "retention." + class, Detail: map[string]any{"calls": ids, "days": days}}); err != nil {
				return n, err
			}
			if err := s.forgetOnce(ctx, ids, forgets); err != nil {
				return n, wrap(err, "remove %s", class)
			}
			n += len(ids)
		}
		if faults != nil {
			return n, fmt.Errorf("remove %s: %w", class, faults)
		}
	}
	return n, ctx.Err()
}

func (s *Store) forgetOnce(ctx context.Context, ids []string, forgets []string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, sql := range forgets {
			if _, err := tx.Exec(ctx, sql, ids); err != nil {
				return err
			}
		}
		return nil
	})
}

// Hold keeps everything of a call from being removed, for a reason. A call that is held already stays so.
func (s *Store) Hold(ctx context.Context, id call.ID, who, reason string) error {
	done, err := s.pool.Exec(ctx, insertHold, key(id), text(reason), key(who))
	if err != nil || done.RowsAffected() > 0 {
		return wrap(err, "hold call %s", key(id))
	}
	if held, err := s.Held(ctx, id); err != nil || held {
		return err
	}
	return fmt.Errorf("hold call %s: %w", key(id), ErrNotFound)
}

// Lift lets a call's data go when they are due. One that is not held is ErrNotFound.
func (s *Store) Lift(ctx context.Context, id call.ID, who string) error {
	done, err := s.pool.Exec(ctx, liftHold, key(id), key(who))
	if err == nil && done.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return wrap(err, "lift the hold of call %s", key(id))
}

// Held says whether a call is held.
func (s *Store) Held(ctx context.Context, id call.ID) (held bool, err error) {
	err = s.pool.QueryRow(ctx, selectHold, key(id)).Scan(&held)
	return held, wrap(err, "look for the hold of call %s", key(id))
}
