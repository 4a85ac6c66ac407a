package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// passwordsKept is how many earlier passwords are not taken again, the present one included.
const passwordsKept = 5

const (
	selectPasswordHash = `
SELECT password_hash, locked_until FROM account WHERE agent_no = $1`

	updatePasswordHash = `
UPDATE account SET password_hash = $2, changed_at = now() WHERE agent_no = $1 AND ($3 = '' OR password_hash = $3)`

	selectEarlier = `
(SELECT password_hash FROM account WHERE agent_no = $1)
UNION ALL
(SELECT password_hash FROM password_history WHERE agent_no = $1 ORDER BY id DESC LIMIT $2)`

	keepEarlier = `
INSERT INTO password_history (agent_no, password_hash) SELECT agent_no, password_hash FROM account WHERE agent_no = $1`

	forgetEarlier = `
DELETE FROM password_history WHERE agent_no = $1 AND id NOT IN
    (SELECT id FROM password_history WHERE agent_no = $1 ORDER BY id DESC LIMIT $2)`
)

// SetPassword gives an account another password, which also unlocks it; ErrNotFound, ErrInvalid.
func (s *Store) SetPassword(ctx context.Context, agentNo, password string) error {
	if err := checkPassword(agentNo, password); err != nil {
		return err
	}
	if err := s.usedBefore(ctx, agentNo, password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err1 := tx.Exec(ctx, keepEarlier, key(agentNo))
		done, err2 := tx.Exec(ctx, updatePasswordHash, key(agentNo), hash, "")
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return ErrNotFound
		}
		_, err1 = tx.Exec(ctx, forgetEarlier, key(agentNo), passwordsKept-1)
		_, err2 = tx.Exec(ctx, unlockAccount, key(agentNo))
		return errors.Join(err1, err2)
	})
	return wrap(err, "set the password of %s", key(agentNo))
}

// usedBefore refuses a password that the account has or had.
func (s *Store) usedBefore(ctx context.Context, agentNo, password string) error {
	hashes, err := query(ctx, s.pool, pgx.RowTo[string], selectEarlier, key(agentNo), passwordsKept-1)
	if err != nil {
		return wrap(err, "read the passwords of %s", key(agentNo))
	}
	for _, earlier := range hashes {
		same, _, err := s.verify(ctx, earlier, password)
		if err != nil {
			return err
		}
		if same {
			return fmt.Errorf("password: %w: not one of the last %d", ErrInvalid, passwordsKept)
		}
	}
	return nil
}

// SignIn returns the account whose password and, where it has a second factor, code these are. ErrCredentials when
// one is wrong, counted; ErrNeedsCode when the password is right and a code is missing; a Locked after too many.
func (s *Store) SignIn(ctx context.Context, agentNo, password, code string, now time.Time) (Account, error) {
	account, err := s.Authenticate(ctx, agentNo, password)
	if err == nil {
		err = s.CheckCode(ctx, agentNo, code, now)
	}
	switch {
	case err == nil:
		return account, s.rightOnce(ctx, agentNo)
	case errors.Is(err, ErrCredentials):
		return Account{}, errors.Join(err, s.wrongOnce(ctx, agentNo))
	}
	return Account{}, err
}

// Authenticate returns the account whose password this is, ErrCredentials when there is none or the password is
// another's (both take the same time), a Locked, or ErrUnavailable. It may wait for its turn: at most four passwords
// are checked at once.
func (s *Store) Authenticate(ctx context.Context, agentNo, password string) (Account, error) {
	hash, until, err := s.storedHash(ctx, agentNo)
	if err != nil {
		return Account{}, wrap(err, "sign in %s", key(agentNo))
	}
	if err := lockOf(agentNo, until, time.Now()); err != nil {
		return Account{}, err
	}
	ok, outdated, err := s.verify(ctx, hash, password)
	if err != nil {
		return Account{}, fmt.Errorf("sign in %s: %w", key(agentNo), err)
	}
	if !ok {
		return Account{}, fmt.Errorf("sign in %s: %w", key(agentNo), ErrCredentials)
	}
	if outdated {
		s.upgradeHash(ctx, agentNo, hash, password)
	}
	return s.Account(ctx, agentNo)
}

// storedHash is empty where there is no such account.
func (s *Store) storedHash(ctx context.Context, agentNo string) (hash string, lockedUntil time.Time, err error) {
	if !agentNoPattern.MatchString(agentNo) {
		return "", time.Time{}, nil
	}
	err = s.pool.QueryRow(ctx, selectPasswordHash, agentNo).Scan(&hash, into(&lockedUntil))
	if errors.Is(err, pgx.ErrNoRows) {
		return "", time.Time{}, nil
	}
	return hash, lockedUntil, err
}

// upgradeHash replaces a hash of older parameters while the password is at hand. It may fail: the next sign-in
// tries again.
func (s *Store) upgradeHash(ctx context.Context, agentNo, old, password string) {
	hash, err := s.hash(ctx, password)
	if err == nil {
		_, err = s.pool.Exec(ctx, updatePasswordHash, agentNo, hash, old)
	}
	if err != nil {
		s.log.Warn("could not renew the password hash", "agent", agentNo, "err", err)
	}
}
