package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hotline/agent"
)

const (
	selectBySubject = `
SELECT agent_no, name, roles, phone, created_at FROM account WHERE subject = $1`

	insertBySubject = `
INSERT INTO account (agent_no, name, roles, phone, password_hash, subject) VALUES ($1, $2, $3, $4, '', $5)
ON CONFLICT (agent_no) DO NOTHING`

	updateBySubject = `
UPDATE account SET name = $2, roles = $3, changed_at = now() WHERE subject = $1 AND (name <> $2 OR roles <> $3)`

	linkSubject = `
UPDATE account SET subject = $2 WHERE agent_no = $1`
)

// SignInSubject returns the account of somebody for whom an OpenID provider vouches, made at the first time. Name and
// roles are the provider's from then on; the number stays. ErrExists when the number is an account that is not his.
func (s *Store) SignInSubject(ctx context.Context, subject string, a Account) (Account, error) {
	a.Phone = agent.PhoneBrowser
	if err := a.validate(); err != nil {
		return Account{}, err
	}
	known, err := s.bySubject(ctx, subject)
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err = s.pool.Exec(ctx, insertBySubject, a.AgentNo, a.Name, a.Roles, a.Phone, key(subject)); err == nil {
			known, err = s.bySubject(ctx, subject)
		}
		if errors.Is(err, pgx.ErrNoRows) {
			return Account{}, fmt.Errorf("sign in %s: an account of another: %w", a.AgentNo, ErrExists)
		}
	}
	if err == nil {
		_, err = s.pool.Exec(ctx, updateBySubject, key(subject), a.Name, a.Roles)
		known.Name, known.Roles = a.Name, a.Roles
	}
	return known, wrap(err, "sign in %s", a.AgentNo)
}

func (s *Store) bySubject(ctx context.Context, subject string) (Account, error) {
	found, err := query(ctx, s.pool, scanAccount, selectBySubject, key(subject))
	if err == nil && len(found) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Account{}, err
	}
	return found[0], nil
}

// Link lets an OpenID provider vouch for an account that has a password; ErrNotFound, ErrExists when it vouches for
// another already.
func (s *Store) Link(ctx context.Context, agentNo, subject string) error {
	done, err := s.pool.Exec(ctx, linkSubject, key(agentNo), key(subject))
	switch {
	case isDataError(err):
		err = ErrExists
	case err == nil && done.RowsAffected() == 0:
		err = ErrNotFound
	}
	return wrap(err, "link %s", key(agentNo))
}
