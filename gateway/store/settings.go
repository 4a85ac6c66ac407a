package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/directory"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
)

const (
	lockSettings = `
SELECT pg_advisory_xact_lock(7312345)`

	selectSettings = `
SELECT '%s', key, position, doc, version, changed_by, changed_at FROM %s`

	insertSetting = `
INSERT INTO %s (key, position, doc, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)`

	updateSetting = `
UPDATE %s SET position = $2, doc = $3, changed_by = $4, changed_at = $5, version = nextval('setting_version')
WHERE key = $1`

	deleteSetting = `
DELETE FROM %s WHERE key = $1`

	insertSettingChange = `
INSERT INTO setting_change (at, who, kind, key, old, new) VALUES ($1, $2, $3, $4, $5, $6)`

	selectSettingChanges = `
SELECT at, who, kind, key, old, new FROM setting_change
WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR key = $2)
ORDER BY id DESC LIMIT $3`
)

// SystemUser is who changed what no person did.
const SystemUser = "system"

// allSettings reads every table of settings at once.
var allSettings = func() string {
	parts := make([]string, len(settings.Kinds))
	for i, kind := range settings.Kinds {
		parts[i] = fmt.Sprintf(selectSettings, kind, kind)
	}
	return strings.Join(parts, "\nUNION ALL")
}()

// LoadSettings returns all settings as they are kept; none before the first SeedSettings.
func (s *Store) LoadSettings(ctx context.Context) (settings.Rows, error) {
	rows, err := query(ctx, s.pool, scanSetting, allSettings)
	return rows, wrap(err, "read the settings")
}

func scanSetting(row pgx.CollectableRow) (r settings.Row, err error) {
	return r, row.Scan(&r.Kind, &r.Key, &r.Position, &r.Doc, &r.Version, &r.Who, into(&r.At))
}

// SeedSettings keeps what is shipped where no line is kept yet, and returns what is kept then.
func (s *Store) SeedSettings(ctx context.Context, shipped settings.Snapshot) (settings.Rows, error) {
	rows, _, err := s.changeSettings(ctx, SystemUser, false, func(rows settings.Rows) ([]settings.Change, error) {
		if len(rows.Of(settings.Line)) > 0 {
			return nil, nil
		}
		var changes []settings.Change
		for _, r := range shipped.Rows() {
			if _, found := rows.Find(r.Kind, r.Key); !found {
				changes = append(changes, settings.Change{Kind: r.Kind, Key: r.Key, Doc: r.Doc, Position: r.Position})
			}
		}
		return changes, nil
	})
	return rows, err
}

// ChangeSettings makes changes, all or none, and returns what is kept then. The error is *settings.Conflict where
// somebody else was faster, directory.Faults (and ErrInvalid) where the settings would not fit together.
func (s *Store) ChangeSettings(ctx context.Context, who string, changes ...settings.Change) (settings.Rows, error) {
	rows, _, err := s.changeSettings(ctx, who, false, func(settings.Rows) ([]settings.Change, error) { return changes, nil })
	return rows, err
}

// ImportLines makes d the whole list of lines, or with dryRun says what that would do. The revision is that of the
// lines the editor compared with; empty does not ask.
func (s *Store) ImportLines(ctx context.Context, who string, d *directory.Directory, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	return s.importSettings(ctx, who, settings.Line, revision, dryRun, func(rows settings.Rows) []settings.Change { return rows.ReplaceLines(d) })
}

// ImportScope does the same with what is not accepted.
func (s *Store) ImportScope(ctx context.Context, who string, items []scope.Item, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	return s.importSettings(ctx, who, settings.Scope, revision, dryRun, func(rows settings.Rows) []settings.Change { return rows.ReplaceScope(items) })
}

// importSettings replaces all settings of a kind.
func (s *Store) importSettings(ctx context.Context, who string, kind settings.Kind, revision string, dryRun bool,
	replace func(settings.Rows) []settings.Change) (settings.Rows, settings.Import, error) {
	var before string
	rows, edits, err := s.changeSettings(ctx, who, dryRun, func(rows settings.Rows) ([]settings.Change, error) {
		if before = rows.Revision(kind); revision != "" && revision != before {
			return nil, &settings.Conflict{Kind: kind}
		}
		return replace(rows), nil
	})
	return rows, settings.ImportOf(edits, before), err
}

// changeSettings makes the changes that plan wants of what is kept. Writers take turns, so that no two changes that
// are good by themselves are bad together.
func (s *Store) changeSettings(ctx context.Context, who string, dryRun bool,
	plan func(settings.Rows) ([]settings.Change, error)) (after settings.Rows, edits []settings.Edit, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockSettings); err != nil {
			return err
		}
		rows, err := query(ctx, tx, scanSetting, allSettings)
		if err != nil {
			return err
		}
		changes, err := plan(rows)
		if err == nil {
			after, edits, err = settings.Rows(rows).Apply(changes...)
		}
		if err != nil {
			return whoWasFaster(ctx, tx, err)
		}
		if _, err := settings.Assemble(after); err != nil && len(edits) > 0 {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		if dryRun || len(edits) == 0 {
			return nil
		}
		if err := writeSettings(ctx, tx, edits, key(who), time.Now()); err != nil {
			return err
		}
		after, err = query(ctx, tx, scanSetting, allSettings)
		return err
	})
	var conflict *settings.Conflict
	switch {
	case errors.As(err, &conflict):
		return nil, nil, fmt.Errorf("change the settings: %w", err)
	case errors.Is(err, ErrInvalid):
		return nil, nil, fmt.Errorf("change the settings: %w", err)
	}
	return after, edits, wrap(err, "change the settings")
}

func writeSettings(ctx context.Context, tx pgx.Tx, edits []settings.Edit, who string, at time.Time) error {
	batch := &pgx.Batch{}
	for _, e := range edits {
		switch n := e.New; {
		case n.Doc == nil:
			batch.Queue(fmt.Sprintf(deleteSetting, n.Kind), n.Key)
		case e.Old.Doc == nil:
			batch.Queue(fmt.Sprintf(insertSetting, n.Kind), n.Key, n.Position, n.Doc, who, at)
		default:
			batch.Queue(fmt.Sprintf(updateSetting, n.Kind), n.Key, n.Position, n.Doc, who, at)
		}
		batch.Queue(insertSettingChange, at, who, e.New.Kind, e.New.Key, e.Old.Doc, e.New.Doc)
	}
	return tx.SendBatch(ctx, batch).Close()
}

// whoWasFaster completes a conflict from the history, which also knows who removed a row.
func whoWasFaster(ctx context.Context, tx pgx.Tx, err error) error {
	var conflict *settings.Conflict
	if !errors.As(err, &conflict) {
		return err
	}
	last, failed := query(ctx, tx, scanSettingChange, selectSettingChanges, conflict.Kind, conflict.Key, 1)
	if failed == nil && len(last) == 1 {
		conflict.Key, conflict.Who, conflict.At = last[0].Key, last[0].Who, last[0].At
	}
	return err
}

// SettingChange is one change in the history of the settings.
type SettingChange struct {
	At   time.Time
	Who  string
	Kind settings.Kind
	Key  string
	Old  []byte // JSON; nil: it was new
	New  []byte // JSON; nil: it was removed
}

// SettingChanges returns the latest changes, newest first, of a kind and of a key; empty means any.
func (s *Store) SettingChanges(ctx context.Context, kind settings.Kind, of string, limit int) ([]SettingChange, error) {
	changes, err := query(ctx, s.pool, scanSettingChange, selectSettingChanges, kind, key(of), limit)
	return changes, wrap(err, "read the history of the settings")
}

func scanSettingChange(row pgx.CollectableRow) (c SettingChange, err error) {
	return c, row.Scan(into(&c.At), &c.Who, &c.Kind, &c.Key, &c.Old, &c.New)
}
