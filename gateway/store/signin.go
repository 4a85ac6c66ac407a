package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const (
	selectPasswordHash = `
SELECT password_hash FROM account WHERE agent_no = $1`

	updatePasswordHash = `
UPDATE account SET password_hash = $2, changed_at = now() WHERE agent_no = $1 AND ($3 = '' OR password_hash = $3)`
)

// SetPassword gives an account another password; ErrNotFound, ErrInvalid.
func (s *Store) SetPassword(ctx context.Context, agentNo, password string) error {
	if err := checkPassword(agentNo, password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	done, err := s.pool.Exec(ctx, updatePasswordHash, key(agentNo), hash, "")
	if err == nil && done.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return wrap(err, "set the password of %s", key(agentNo))
}

// Authenticate returns the account whose password this is, ErrCredentials when there is none or the password is
// another's (both take the same time), or ErrUnavailable. It may wait for its turn: at most four passwords are
// checked at once.
func (s *Store) Authenticate(ctx context.Context, agentNo, password string) (Account, error) {
	hash, err := s.storedHash(ctx, agentNo)
	if err != nil {
		return Account{}, wrap(err, "sign in %s", key(agentNo))
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
func (s *Store) storedHash(ctx context.Context, agentNo string) (hash string, err error) {
	if !agentNoPattern.MatchString(agentNo) {
		return "", nil
	}
	err = s.pool.QueryRow(ctx, selectPasswordHash, agentNo).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return hash, err
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
