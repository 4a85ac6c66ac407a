package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
)

const (
	// %[1]s is the gateway's own role. It may do everything but change what was kept for those who look back.
	grantOwn = `
GRANT USAGE ON SCHEMA %[2]s TO %[1]s;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %[2]s TO %[1]s;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %[2]s TO %[1]s;
REVOKE UPDATE, DELETE, TRUNCATE ON audit, setting_change, goose_db_version FROM %[1]s`

	selectSchema = `SELECT current_schema(), current_user`

	selectAuditRights = `
SELECT has_table_privilege('audit', 'UPDATE') OR has_table_privilege('audit', 'DELETE') OR has_table_privilege('audit', 'TRUNCATE')`
)

// OwnedBy names the role that owns the tables, by the address of the same database: it alone changes them. The store's
// own role gets its rights from it, and can then neither change nor remove what the audit holds. Call it before
// Migrate; an empty dsn leaves the tables with the store's own role.
func (s *Store) OwnedBy(dsn string) error {
	if dsn == "" {
		return nil
	}
	cfg, err := poolConfig(dsn)
	if err != nil {
		return err
	}
	s.owner = cfg.ConnConfig
	return nil
}

// ownerConfig is how the owner of the tables connects.
func (s *Store) ownerConfig() *pgx.ConnConfig {
	if s.owner != nil {
		return s.owner.Copy()
	}
	return s.pool.Config().ConnConfig.Copy()
}

// ownerPool is a pool of the owner's, and what is to be called when it is done with.
func (s *Store) ownerPool(ctx context.Context) (*pgxpool.Pool, func(), error) {
	if s.owner == nil {
		return s.pool, func() {}, nil
	}
	cfg := s.pool.Config()
	cfg.ConnConfig, cfg.MinConns, cfg.MaxConns = s.owner.Copy(), 0, 2
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	return pool, pool.Close, nil
}

// grant gives the store's own role its rights, after each change of the tables.
func (s *Store) grant(ctx context.Context) error {
	if s.owner == nil {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, s.owner.Copy())
	if err != nil {
		return wrap(err, "connect as the tables' owner")
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var schema, owner string
	if err := conn.QueryRow(ctx, selectSchema).Scan(&schema, &owner); err != nil {
		return wrap(err, "find the tables' owner")
	}
	own := s.pool.Config().ConnConfig.User
	if own == owner {
		return fmt.Errorf("the gateway's role and the tables' owner are both %s: HOTLINE_OWNER_URL names another role than HOTLINE_DATABASE_URL", own)
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(grantOwn, pgx.Identifier{own}.Sanitize(), pgx.Identifier{schema}.Sanitize()))
	return wrap(err, "give %s its rights", own)
}

// reindexing is when River makes its indexes anew: never where another role owns them, at midnight otherwise (nil).
func (s *Store) reindexing() river.PeriodicSchedule {
	if s.owner == nil {
		return nil
	}
	return never{}
}

type never struct{}

// Next is so far away that no program lives to see it.
func (never) Next(now time.Time) time.Time { return now.AddDate(100, 0, 0) }
