package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hotline/gateway/seal"
)

// The errors callers tell apart with errors.Is. Every error also says what was being attempted.
var (
	ErrNotFound    = errors.New("not found")
	ErrExists      = errors.New("exists already")
	ErrInvalid     = errors.New("invalid")
	ErrCredentials = errors.New("wrong agent number or password")
	ErrUnavailable = errors.New("the database is unavailable")
	ErrLeaseHeld   = errors.New("lease is held by another")
)

// wrap says what was attempted and turns a missing row into ErrNotFound and a lost or silent server into
// ErrUnavailable. A context cancelled by its owner stays what it is.
func wrap(err error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", what, err)
	case isUnavailable(err):
		return fmt.Errorf("%s: %w: %w", what, ErrUnavailable, err)
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

// isUnavailable tells whether err is the server's condition and not the statement's: what did not come from
// PostgreSQL at all, and the classes a server answers with that is starting, stopping, full, read-only or not yet
// migrated. Trying again later may help.
func isUnavailable(err error) bool {
	if err == nil || errors.Is(err, pgx.ErrNoRows) || errors.Is(err, pgx.ErrTooManyRows) {
		return false
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return !errors.Is(err, errMigration) && !errors.Is(err, seal.ErrUnknownKey) && !errors.Is(err, seal.ErrBroken)
	}
	return !isDataError(err)
}

// isDataError tells whether PostgreSQL refused the data themselves, so that trying again cannot help: data
// exceptions (21, 22), broken constraints (23), a check option (44), sizes over a limit (54), a trigger's refusal
// (P0). Class 42 is not among them: a missing table or right heals when the schema is migrated or the right given.
func isDataError(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return false
	}
	switch pg.Code[:2] {
	case "21", "22", "23", "44", "54", "P0":
		return true
	}
	return false
}
