package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"hotline/gateway/caller"
	"hotline/gateway/target"
)

// sealKeptVersion is the migration that seals what was kept in clear. It is Go, since PostgreSQL has no key.
const sealKeptVersion = 9

// sealedAtOnce is how many rows one statement of the migration changes: what it is through with stays done.
const sealedAtOnce = 5000

func (s *Store) goMigrations() []*goose.Migration {
	return []*goose.Migration{goose.NewGoMigration(sealKeptVersion, &goose.GoFunc{
		RunDB: func(ctx context.Context, _ *sql.DB) error { return s.sealKept(ctx) },
	}, nil)}
}

const (
	addSealed = `
ALTER TABLE call
    ADD COLUMN IF NOT EXISTS number_hash      bytea,          -- what a number is found by; NULL: withheld
    ADD COLUMN IF NOT EXISTS number_sealed    bytea,
    ADD COLUMN IF NOT EXISTS callback_sealed  bytea,          -- number to call back at
    ADD COLUMN IF NOT EXISTS came_from_sealed bytea;          -- JSON
ALTER TABLE callback
    ADD COLUMN IF NOT EXISTS number_hash   bytea,
    ADD COLUMN IF NOT EXISTS number_sealed bytea;
ALTER TABLE disposition
    ADD COLUMN IF NOT EXISTS note_sealed bytea;
ALTER TABLE call_transfer
    ADD COLUMN IF NOT EXISTS sealed bytea;                    -- JSON: why, and of an outside number, which it is
ALTER TABLE call
    ALTER COLUMN number SET DEFAULT '';
CREATE TABLE IF NOT EXISTS seal_key (
    id     smallint PRIMARY KEY,                              -- of the key ring
    sealed bytea NOT NULL,                                    -- something that only this key opens
    hash   bytea NOT NULL                                     -- and that only the hash key makes
)`

	hasClear = `
SELECT EXISTS (SELECT FROM information_schema.columns
               WHERE table_schema = current_schema() AND table_name = 'call' AND column_name = 'number')`

	lockClear = `
LOCK TABLE call, callback, disposition, call_transfer, audit IN ACCESS EXCLUSIVE MODE`

	dropClear = `
DROP INDEX IF EXISTS call_number_arrived_at;
DROP INDEX IF EXISTS callback_open;
ALTER TABLE call DROP COLUMN number, DROP COLUMN callback, DROP COLUMN came_from;
ALTER TABLE callback DROP COLUMN number, ALTER COLUMN number_hash SET NOT NULL, ALTER COLUMN number_sealed SET NOT NULL;
ALTER TABLE disposition DROP COLUMN note;
ALTER TABLE call_transfer DROP COLUMN reason;
CREATE INDEX call_number_arrived_at ON call (number_hash, arrived_at DESC) WHERE number_hash IS NOT NULL;
CREATE UNIQUE INDEX callback_open ON callback (number_hash) WHERE state <> 'closed'`

	clearCalls = `
SELECT id, '', number, callback, COALESCE(came_from::text, '') FROM call WHERE id > $1
  AND (number <> '' AND number_sealed IS NULL OR callback <> '' AND callback_sealed IS NULL OR came_from IS NOT NULL AND came_from_sealed IS NULL)
ORDER BY id LIMIT $2`

	sealCalls = `
UPDATE call c SET number_hash = n.a, number_sealed = n.b, callback_sealed = n.c, came_from_sealed = n.d
FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[]) n (id, a, b, c, d) WHERE c.id = n.id`

	clearCallbacks = `
SELECT id, '', number, '', '' FROM callback WHERE id > $1 AND number_sealed IS NULL ORDER BY id LIMIT $2`

	sealCallbacks = `
UPDATE callback t SET number_hash = n.a, number_sealed = n.b
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) n (id, a, b) WHERE t.id = n.id`

	clearNotes = `
SELECT call, agent, note, '', '' FROM disposition WHERE call > $1 AND note <> '' AND note_sealed IS NULL ORDER BY call LIMIT $2`

	sealNotes = `
UPDATE disposition d SET note_sealed = n.a
FROM unnest($1::text[], $2::text[], $3::bytea[]) n (call, agent, a) WHERE d.call = n.call AND d.agent = n.agent`

	clearTransfers = `
SELECT call, n::text, to_kind, to_key, json_build_object('reason', reason, 'key', to_key, 'title', title, 'routes', routes)::text
FROM call_transfer WHERE call > $1 AND sealed IS NULL AND (reason <> '' OR to_kind = 'number') ORDER BY call LIMIT $2`

	sealTransfers = `
UPDATE call_transfer t SET sealed = n.a, to_key = n.to_key,
    title = CASE to_kind WHEN 'number' THEN '' ELSE title END, routes = CASE to_kind WHEN 'number' THEN '{}' ELSE routes END
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) n (call, n, to_key, a) WHERE t.call = n.call AND t.n::text = n.n`

	clearAudit = `
SELECT id::text, '', object, '', detail::text FROM audit WHERE id > NULLIF($1, '')::bigint OR $1 = '' ORDER BY id LIMIT $2`

	scrubAudit = `
UPDATE audit a SET object = n.object, detail = n.detail::jsonb
FROM unnest($1::bigint[], $2::text[], $3::text[]) n (id, object, detail) WHERE a.id = n.id AND (a.object <> n.object OR a.detail <> n.detail::jsonb)`

	freeAudit = `ALTER TABLE audit DISABLE TRIGGER audit_append_only`
	bindAudit = `ALTER TABLE audit ENABLE TRIGGER audit_append_only`
)

// clearRow is a row that holds something in clear: its key, and what it holds.
type clearRow struct{ ID, Second, A, B, C string }

// sealKept seals what was kept in clear, a batch at a time, and removes the clear columns. Ended in the middle, it
// goes on where it was. What was once in clear stays in PostgreSQL's files until they are vacuumed.
func (s *Store) sealKept(ctx context.Context) error {
	cfg := s.ownerConfig()
	cfg.RuntimeParams["statement_timeout"], cfg.RuntimeParams["lock_timeout"] = "0", "0"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, addSealed); err != nil {
		return err
	}
	var clear bool
	if err := conn.QueryRow(ctx, hasClear).Scan(&clear); err != nil || !clear {
		return err
	}
	steps := []struct {
		read string
		seal func(context.Context, querier, []clearRow) error
	}{
		{clearCalls, s.sealClearCalls}, {clearCallbacks, s.sealClearCallbacks}, {clearNotes, s.sealClearNotes},
		{clearTransfers, s.sealClearTransfers}, {clearAudit, s.scrubClearAudit},
	}
	for _, step := range steps {
		if err := eachClear(ctx, conn, step.read, step.seal); err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { // what was written meanwhile, and nothing after it
		if _, err := tx.Exec(ctx, lockClear); err != nil {
			return err
		}
		for _, step := range steps {
			if err := eachClear(ctx, tx, step.read, step.seal); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, dropClear)
		return err
	})
}

func eachClear(ctx context.Context, db querier, read string, seal func(context.Context, querier, []clearRow) error) error {
	for from := ""; ; {
		rows, err := query(ctx, db, pgx.RowToStructByPos[clearRow], read, from, sealedAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := seal(ctx, db, rows); err != nil {
			return err
		}
		if last := rows[len(rows)-1].ID; last != from && len(rows) == sealedAtOnce {
			from = before(last, read)
		} else {
			return nil
		}
	}
}

// before is where the next batch begins: several rows of one call may lie on both sides of a batch's end, and those
// that were sealed do not come again.
func before(last, read string) string {
	if read == clearAudit {
		return last
	}
	letters := []rune(last)
	return string(letters[:len(letters)-1])
}

func column[T any](rows []clearRow, of func(clearRow) T) []T {
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = of(r)
	}
	return list
}

func idOf(r clearRow) string     { return r.ID }
func secondOf(r clearRow) string { return r.Second }

func (s *Store) sealed(purpose string, field func(clearRow) string) func(clearRow) []byte {
	return func(r clearRow) []byte { return s.seal(purpose, field(r)) }
}

func (s *Store) sealClearCalls(ctx context.Context, db querier, rows []clearRow) error {
	_, err := db.Exec(ctx, sealCalls, column(rows, idOf), column(rows, func(r clearRow) []byte { return s.numberHash(r.A) }),
		column(rows, s.sealed(purposeNumber, func(r clearRow) string { return r.A })),
		column(rows, s.sealed(purposeNumber, func(r clearRow) string { return r.B })),
		column(rows, s.sealed(purposeOrigin, func(r clearRow) string { return r.C })))
	return err
}

func (s *Store) sealClearCallbacks(ctx context.Context, db querier, rows []clearRow) error {
	_, err := db.Exec(ctx, sealCallbacks, column(rows, idOf), column(rows, func(r clearRow) []byte { return s.numberHash(r.A) }),
		column(rows, s.sealed(purposeNumber, func(r clearRow) string { return r.A })))
	return err
}

func (s *Store) sealClearNotes(ctx context.Context, db querier, rows []clearRow) error {
	_, err := db.Exec(ctx, sealNotes, column(rows, idOf), column(rows, secondOf),
		column(rows, s.sealed(purposeNote, func(r clearRow) string { return r.A })))
	return err
}

func (s *Store) sealClearTransfers(ctx context.Context, db querier, rows []clearRow) error {
	keys, documents := make([]string, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		var t sealedTransfer
		if err := json.Unmarshal([]byte(r.C), &t); err != nil {
			return fmt.Errorf("transfer of %s: %w", r.ID, err)
		}
		keys[i] = r.B
		if target.Kind(r.A) == target.Number {
			keys[i] = caller.Number(r.B).String()
		} else {
			t = sealedTransfer{Reason: t.Reason}
		}
		documents[i] = s.seal(purposeTransfer, t.document())
	}
	_, err := db.Exec(ctx, sealTransfers, column(rows, idOf), column(rows, secondOf), keys, documents)
	return err
}

func (s *Store) scrubClearAudit(ctx context.Context, db querier, rows []clearRow) error {
	details := make([]string, len(rows))
	for i, r := range rows {
		detail, err := s.scrubDetail([]byte(r.C))
		if err != nil {
			return fmt.Errorf("audit row %s: %w", r.ID, err)
		}
		details[i] = string(detail)
	}
	if _, err := db.Exec(ctx, freeAudit); err != nil {
		return err
	}
	_, err := db.Exec(ctx, scrubAudit, column(rows, idOf), column(rows, func(r clearRow) string { return caller.Scrub(r.A) }), details)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, bindAudit)
	return err
}
