package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// A lock outlives a restart of the gateway. It is short enough that nobody can keep an agent away for a day by
// guessing at his account.
const (
	lockAfter = 10 // wrong passwords and codes in a row
	lockFor   = 30 * time.Minute
)

const (
	countWrong = `
UPDATE account SET wrong = wrong + 1,
    locked_until = CASE WHEN wrong + 1 >= $2 THEN now() + make_interval(secs => $3) ELSE locked_until END
WHERE agent_no = $1`

	forgetWrong = `
UPDATE account SET wrong = 0, locked_until = NULL WHERE agent_no = $1 AND (wrong > 0 OR locked_until IS NOT NULL)`

	unlockAccount = `
UPDATE account SET wrong = 0, locked_until = NULL, unlocked_at = now() WHERE agent_no = $1`

	selectUnlocked = `
SELECT unlocked_at FROM account WHERE agent_no = $1`
)

// Locked refuses a sign-in for a while: it is an ErrLocked with its end.
type Locked struct{ Until time.Time }

func (l Locked) Error() string { return "locked until " + l.Until.Format(time.RFC3339) }

// Is makes every Locked an ErrLocked.
func (Locked) Is(err error) bool { return err == ErrLocked }

// wrongOnce counts a wrong password or code, and locks the account when there are too many in a row.
func (s *Store) wrongOnce(ctx context.Context, agentNo string) error {
	_, err := s.pool.Exec(ctx, countWrong, key(agentNo), lockAfter, lockFor.Seconds())
	return wrap(err, "count a wrong sign-in of %s", key(agentNo))
}

func (s *Store) rightOnce(ctx context.Context, agentNo string) error {
	_, err := s.pool.Exec(ctx, forgetWrong, key(agentNo))
	return wrap(err, "forget wrong sign-ins of %s", key(agentNo))
}

// Unlock lets an account sign in again at once; ErrNotFound.
func (s *Store) Unlock(ctx context.Context, agentNo string) error {
	done, err := s.pool.Exec(ctx, unlockAccount, key(agentNo))
	if err == nil && done.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return wrap(err, "unlock %s", key(agentNo))
}

// UnlockedAt is when the account was last unlocked by hand, zero when never or when there is none.
func (s *Store) UnlockedAt(ctx context.Context, agentNo string) (at time.Time, err error) {
	err = s.pool.QueryRow(ctx, selectUnlocked, key(agentNo)).Scan(into(&at))
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	return at, wrap(err, "read when %s was unlocked", key(agentNo))
}

// lockOf is the error of a locked account, nil when it is none.
func lockOf(agentNo string, until, now time.Time) error {
	if !now.Before(until) {
		return nil
	}
	return fmt.Errorf("sign in %s: %w", key(agentNo), Locked{until})
}
