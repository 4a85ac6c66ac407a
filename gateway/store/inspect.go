package store

import (
	"context"
	"fmt"
	"io/fs"
	"time"
)

const (
	selectServer = `
SELECT current_setting('server_version'), current_setting('server_version_num')::int,
       pg_encoding_to_char(d.encoding), has_schema_privilege(current_schema(), 'CREATE'),
       to_regclass('goose_db_version') IS NOT NULL, clock_timestamp()
FROM pg_database d WHERE d.datname = current_database()`

	selectSchemaVersion = `
SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`

	selectLeaseHolders = `
SELECT coalesce((` + selectLeaseHolder + ` LIMIT 1), '')`
)

// Inspection is what `hotline doctor` finds in PostgreSQL.
type Inspection struct {
	Version    string        // "15.8"
	VersionNum int           // 150008
	Encoding   string        // "UTF8"
	MayCreate  bool          // this role may make tables, as migrations do
	Schema     int64         // migrations that were made, 0 for an empty database
	Newest     int64         // migrations that this program knows
	AuditOpen  bool          // this role may change the audit
	Leader     string        // who holds the lease, empty when nobody does
	Ahead      time.Duration // PostgreSQL's clock before ours; negative when behind
}

// Inspect looks at the server and the database without changing anything. lease is the name that a serving gateway
// holds.
func (s *Store) Inspect(ctx context.Context, lease string) (Inspection, error) {
	var i Inspection
	migrated, clock, began := false, time.Time{}, time.Now()
	err := s.pool.QueryRow(ctx, selectServer).Scan(&i.Version, &i.VersionNum, &i.Encoding, &i.MayCreate, &migrated, &clock)
	if err != nil {
		return i, s.note(wrap(err, "inspect PostgreSQL"))
	}
	i.Ahead = clock.Sub(began.Add(time.Since(began) / 2)) // first query on a connection: both ways count alike
	if migrated {
		if err := s.pool.QueryRow(ctx, selectSchemaVersion).Scan(&i.Schema); err != nil {
			return i, s.note(wrap(err, "read the schema's version"))
		}
		if err := s.pool.QueryRow(ctx, selectAuditRights).Scan(&i.AuditOpen); err != nil {
			return i, s.note(wrap(err, "read the rights on the audit"))
		}
	}
	if err := s.pool.QueryRow(ctx, selectLeaseHolders, key(lease)).Scan(&i.Leader); err != nil {
		return i, s.note(wrap(err, "find who leads"))
	}
	i.Newest, err = newestMigration()
	return i, err
}

// newestMigration is the highest number among the migrations of this program.
func newestMigration() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	newest := int64(sealKeptVersion)
	for _, name := range names {
		var n int64
		if _, err := fmt.Sscanf(name, "migrations/%d_", &n); err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		newest = max(newest, n)
	}
	return newest, nil
}
