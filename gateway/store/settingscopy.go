package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hotline/gateway/settings"
)

// copyName is the file that holds the last settings seen, beside the journal's spool.
const copyName = "settings.json"

// KeepSettings writes a copy of the settings to a folder on this machine, for a start while PostgreSQL is away. A
// reader sees the old copy or the new one, never a part.
func KeepSettings(dir string, rows settings.Rows) error {
	text, err := settings.Encode(rows)
	if err != nil {
		return fmt.Errorf("keep a copy of the settings: %w", err)
	}
	f, err := os.CreateTemp(dir, copyName+".*")
	if err != nil {
		return fmt.Errorf("keep a copy of the settings: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, copyName))
	}
	if err != nil {
		return fmt.Errorf("keep a copy of the settings: %w", err)
	}
	return nil
}

// StartSettings returns the settings to start with: those in PostgreSQL, where shipped is kept first if there are
// none; while it is away or what it holds does not fit, the copy in dir; without one, shipped. It never fails: what
// was wrong is in the log.
func (s *Store) StartSettings(ctx context.Context, dir string, shipped settings.Snapshot) (settings.Rows, settings.Snapshot) {
	rows, err := s.SeedSettings(ctx, shipped)
	if err == nil {
		var now settings.Snapshot
		if now, err = settings.Assemble(rows); err == nil {
			if err := KeepSettings(dir, rows); err != nil {
				s.log.Warn("a start without PostgreSQL would not know these settings", "err", err)
			}
			return rows, now
		}
	}
	text, fault := os.ReadFile(filepath.Join(dir, copyName))
	if fault == nil {
		var now settings.Snapshot
		if rows, now, fault = settings.Decode(text); fault == nil {
			s.log.Warn("settings cannot be read from PostgreSQL; the last copy is used", "err", err)
			return rows, now
		}
	}
	s.log.Error("settings cannot be read from PostgreSQL, and there is no good copy; those that are shipped are used", "err", err, "copy", fault)
	return shipped.Rows(), shipped
}
