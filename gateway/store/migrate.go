package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

var errMigration = errors.New("migration failed")

// Migrate brings the schema up to what this program needs. It goes forward only, does nothing when there is
// nothing to do, and two programs that start together take turns. While PostgreSQL is away it returns
// ErrUnavailable, to be tried again; the journal waits for the schema by itself.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.Ping(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	db := s.migrationDB()
	defer db.Close()
	provider, err := s.newProvider(db)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	done, err := provider.Up(ctx)
	for _, result := range done {
		s.log.Info("migrated the database", "migration", result.Source.Path, "took", result.Duration)
	}
	if err != nil && ctx.Err() != nil { // a long one goes on later, where it was
		return wrap(err, "migrate the database")
	}
	if err != nil {
		return wrap(fmt.Errorf("%w: %w", errMigration, err), "migrate the database")
	}
	if err := s.migrateJobs(ctx); err != nil {
		return err
	}
	if err := s.grant(ctx); err != nil {
		return err
	}
	return s.checkKeys(ctx)
}

// MigrateWhenUp is Migrate, tried again for as long as PostgreSQL is away.
func (s *Store) MigrateWhenUp(ctx context.Context) error {
	var pause backoff
	for {
		err := s.Migrate(ctx)
		if !errors.Is(err, ErrUnavailable) || !pause.sleep(ctx) {
			return err
		}
	}
}

// migrationDB is a way of its own: building an index may take longer than a statement is otherwise allowed.
func (s *Store) migrationDB() *sql.DB {
	cfg := s.ownerConfig()
	cfg.RuntimeParams["statement_timeout"] = "0"
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	return stdlib.OpenDB(*cfg)
}

func (s *Store) newProvider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker),
		goose.WithGoMigrations(s.goMigrations()...), goose.WithAllowOutofOrder(true))
}
