package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/totp"
)

// totpPurpose is what secrets are sealed for, with the account's number so that one cannot be put at another's.
const totpPurpose = "totp "

const (
	selectFactor = `
SELECT totp FROM account WHERE agent_no = $1`

	takeStep = `
UPDATE account SET totp_step = $2 WHERE agent_no = $1 AND totp_step < $2`

	takeRecovery = `
DELETE FROM recovery_code WHERE agent_no = $1 AND hash = $2`

	setFactor = `
UPDATE account SET totp = $2, totp_step = $3, changed_at = now() WHERE agent_no = $1`

	clearRecovery = `
DELETE FROM recovery_code WHERE agent_no = $1`

	insertRecovery = `
INSERT INTO recovery_code (agent_no, hash) SELECT $1, unnest($2::bytea[])`

	countRecovery = `
SELECT count(*) FROM recovery_code WHERE agent_no = $1`
)

// HasFactor tells whether an account has a second factor.
func (s *Store) HasFactor(ctx context.Context, agentNo string) (bool, error) {
	secret, err := s.factor(ctx, agentNo)
	return secret != "", err
}

// factor is the account's secret, empty when it has none.
func (s *Store) factor(ctx context.Context, agentNo string) (totp.Secret, error) {
	var sealed []byte
	if err := s.pool.QueryRow(ctx, selectFactor, key(agentNo)).Scan(&sealed); err != nil {
		return "", wrap(err, "read the second factor of %s", key(agentNo))
	}
	secret, err := s.keys.Open(totpPurpose+agentNo, sealed)
	if err != nil {
		return "", fmt.Errorf("open the second factor of %s: %w", key(agentNo), err)
	}
	return totp.Secret(secret), nil
}

// CheckCode takes a code of the authenticator app or a recovery code, each once. ErrNeedsCode when it is empty,
// ErrCredentials when it is wrong or used. An account without second factor needs none.
func (s *Store) CheckCode(ctx context.Context, agentNo, code string, now time.Time) error {
	secret, err := s.factor(ctx, agentNo)
	switch {
	case err != nil:
		return err
	case secret == "":
		return nil
	case code == "":
		return fmt.Errorf("sign in %s: %w", key(agentNo), ErrNeedsCode)
	}
	query, args := takeRecovery, []any{key(agentNo), totp.RecoveryHash(code)}
	if step := secret.Step(code, now); step > 0 {
		query, args = takeStep, []any{key(agentNo), step}
	}
	done, err := s.pool.Exec(ctx, query, args...)
	if err == nil && done.RowsAffected() == 0 {
		err = ErrCredentials
	}
	return wrap(err, "check a code of %s", key(agentNo))
}

// SetFactor gives an account a second factor, whose first code is of this step, and new recovery codes; ErrNotFound.
func (s *Store) SetFactor(ctx context.Context, agentNo string, secret totp.Secret, step int64) (codes []string, err error) {
	codes = totp.NewRecoveryCodes()
	hashes := make([][]byte, len(codes))
	for i, c := range codes {
		hashes[i] = totp.RecoveryHash(c)
	}
	err = s.writeFactor(ctx, agentNo, s.keys.Seal(totpPurpose+agentNo, string(secret)), step, hashes)
	return codes, wrap(err, "set the second factor of %s", key(agentNo))
}

// ResetFactor takes an account's second factor away; ErrNotFound.
func (s *Store) ResetFactor(ctx context.Context, agentNo string) error {
	return wrap(s.writeFactor(ctx, agentNo, nil, 0, nil), "reset the second factor of %s", key(agentNo))
}

func (s *Store) writeFactor(ctx context.Context, agentNo string, sealed []byte, step int64, hashes [][]byte) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, setFactor, key(agentNo), sealed, step)
		if err == nil && done.RowsAffected() == 0 {
			return ErrNotFound
		}
		_, err1 := tx.Exec(ctx, clearRecovery, key(agentNo))
		if err = errors.Join(err, err1); err != nil || len(hashes) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, insertRecovery, key(agentNo), hashes)
		return err
	})
}

// RecoveryCodesLeft is how many recovery codes are unused.
func (s *Store) RecoveryCodesLeft(ctx context.Context, agentNo string) (n int, err error) {
	err = s.pool.QueryRow(ctx, countRecovery, key(agentNo)).Scan(&n)
	return n, wrap(err, "count the recovery codes of %s", key(agentNo))
}
