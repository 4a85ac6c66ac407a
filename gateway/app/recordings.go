package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"hotline/gateway/ari"
	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
	"hotline/gateway/vault"
)

// Folders are where a gateway keeps what is not in PostgreSQL.
type Folders struct {
	SpoolDir      string `env:"HOTLINE_SPOOL_DIR" default:"/var/spool/hotline" type:"path" help:"Folder that keeps records while PostgreSQL is away."`
	RecordingsDir string `env:"HOTLINE_RECORDINGS_DIR" type:"path" help:"Folder of the encrypted recordings; recordings in the spool folder when empty."`
}

// recordingsDir is where sealed recordings lie.
func (f *Folders) recordingsDir() string {
	if f.RecordingsDir != "" {
		return f.RecordingsDir
	}
	return filepath.Join(f.SpoolDir, "recordings")
}

// studio is the vault's Source: Asterisk, and the loop that knows which calls go on. board is nil where nobody serves.
type studio struct {
	ari   *ari.Client
	board *switchboard.Switchboard
}

// Finished are the recordings of calls that are over. A conversation may pause, and its recording with it.
func (s studio) Finished(ctx context.Context) ([]string, error) {
	names, err := s.ari.StoredRecordings(ctx)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	live, err := s.board.LiveCalls(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool {
		if live[call.ID(name)] {
			return true
		}
		on, err := s.ari.RecordingGoesOn(ctx, name)
		return on || err != nil
	}), nil
}

func (s studio) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	file, size, err := s.ari.Recording(ctx, name)
	if errors.Is(err, ari.ErrNotFound) {
		err = fmt.Errorf("%w: %w", vault.ErrNotFound, err)
	}
	return file, size, err
}

func (s studio) Remove(ctx context.Context, name string) error {
	return s.ari.RemoveRecording(ctx, name)
}

// recordings is the web's Recordings.
type recordings struct{ vault *vault.Vault }

func (r recordings) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	file, size, err := r.vault.Open(ctx, name)
	if errors.Is(err, vault.ErrNotFound) {
		err = fmt.Errorf("%w: %w", store.ErrNotFound, err)
	}
	return file, size, err
}
