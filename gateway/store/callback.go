package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
)

// CallbackState is where a task stands.
type CallbackState string

// The states of a task.
const (
	CallbackOpen     CallbackState = "open"
	CallbackDialling CallbackState = "dialling" // an agent is dialling or talking
	CallbackClosed   CallbackState = "closed"
)

// CallbackOutcome is how a task was closed.
type CallbackOutcome string

// The outcomes of a task.
const (
	OutcomeReached     CallbackOutcome = "reached"      // we called and talked
	OutcomeGotThrough  CallbackOutcome = "got_through"  // he called again and talked
	OutcomeGivenUp     CallbackOutcome = "given_up"     // the last attempt failed too
	OutcomeNotCallable CallbackOutcome = "not_callable" // foreign, an extension or malformed
	OutcomeClosed      CallbackOutcome = "closed"       // by a supervisor, who gave a reason
	OutcomeBlocked     CallbackOutcome = "blocked"      // his number is on the block list; closed_reason names the entry
)

// Callback is one task: somebody who reached nobody and is to be called back.
type Callback struct {
	ID           string // id of the first call that was missed
	Number       string
	DNIS         string
	Line         string
	Queue        string
	Reason       call.Result // result of that call
	Missed       int         // calls that were missed so far
	KeptPlace    bool        // he asked for it and keeps his place
	WaitingSince time.Time   // his place in the queue; zero: he never waited
	MissedAt     time.Time   // end of the latest call that was missed
	CreatedAt    time.Time
	DueAt        time.Time // zero: no hour is open for call-backs
	Attempts     int
	State        CallbackState
	Outcome      CallbackOutcome
	ClosedAt     time.Time
	ClosedBy     string // agent_no, or SystemUser
	ClosedReason string
	LastReach    string
	LastCall     string
	LastAgent    string
	Secret       bool // he asked for secrecy
}

const (
	callbackColumns = `t.id, t.number_sealed, t.dnis, t.line, t.queue, t.reason, t.missed, t.kept_place, t.waiting_since,
    t.missed_at, t.created_at, t.due_at, t.attempts, t.state, t.outcome, t.closed_at, t.closed_by, t.closed_reason,
    t.last_reach, t.last_call, t.last_agent, t.secret`

	maxCallbacks = 20_000

	selectOpenCallbacks = `
SELECT ` + callbackColumns + ` FROM callback t WHERE t.state <> 'closed'
ORDER BY t.due_at NULLS LAST, t.created_at, t.id LIMIT $1`

	selectCallback = `
SELECT ` + callbackColumns + ` FROM callback t WHERE t.id = $1`

	closeCallback = `
UPDATE callback SET state = 'closed', outcome = 'closed', closed_at = $2, closed_by = $3, closed_reason = $4
WHERE id = $1 AND state <> 'closed'`
)

func (s *Store) scanCallback(row pgx.CollectableRow) (c Callback, err error) {
	return c, row.Scan(&c.ID, s.opened(purposeNumber, &c.Number), &c.DNIS, &c.Line, &c.Queue, &c.Reason, &c.Missed, &c.KeptPlace,
		into(&c.WaitingSince), into(&c.MissedAt), into(&c.CreatedAt), into(&c.DueAt), &c.Attempts, &c.State, &c.Outcome,
		into(&c.ClosedAt), &c.ClosedBy, &c.ClosedReason, &c.LastReach, &c.LastCall, &c.LastAgent, &c.Secret)
}

// OpenCallbacks returns the tasks that are not closed, the first due first.
func (s *Store) OpenCallbacks(ctx context.Context, limit int) ([]Callback, error) {
	if limit <= 0 || limit > maxCallbacks {
		limit = maxCallbacks
	}
	list, err := query(ctx, s.pool, s.scanCallback, selectOpenCallbacks, limit)
	return list, wrap(err, "list the call-backs")
}

// Callback returns one task, open or closed, or ErrNotFound.
func (s *Store) Callback(ctx context.Context, id string) (Callback, error) {
	list, err := query(ctx, s.pool, s.scanCallback, selectCallback, key(id))
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Callback{}, wrap(err, "read call-back %s", key(id))
	}
	return list[0], nil
}

// CloseCallback closes a task by hand. One that is closed already is ErrExists, one that never was ErrNotFound.
func (s *Store) CloseCallback(ctx context.Context, id, who, reason string) error {
	done, err := s.pool.Exec(ctx, closeCallback, key(id), time.Now(), key(who), text(reason))
	if err != nil {
		return wrap(err, "close call-back %s", key(id))
	}
	if done.RowsAffected() > 0 {
		return nil
	}
	if _, err := s.Callback(ctx, id); err != nil {
		return err
	}
	return fmt.Errorf("call-back %s: closed: %w", key(id), ErrExists)
}
