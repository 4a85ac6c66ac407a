// Package vault keeps recordings encrypted. Asterisk writes a conversation as it goes on; when it is over the vault
// fetches the recording, seals it into a file of its own, and has Asterisk's removed. Who plays one gets it opened as
// it is read, from any place on.
package vault

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"hotline/gateway/seal"
)

// Source is where recordings are made: Asterisk.
type Source interface {
	// Finished lists the stored recordings of conversations that are over.
	Finished(ctx context.Context) ([]string, error)
	// Open returns a recording from its beginning and its size in bytes, -1 when unknown. One that is not there is
	// ErrNotFound.
	Open(ctx context.Context, name string) (io.ReadCloser, int64, error)
	// Remove removes one; what is not there is no error.
	Remove(ctx context.Context, name string) error
}

// ErrNotFound says that there is no such recording.
var ErrNotFound = errors.New("no such recording")

// Options say where and with what.
type Options struct {
	Dir    string // made if need be
	Keys   *seal.KeyRing
	Source Source
	Every  time.Duration // between two looks for finished recordings; 0 is two seconds
	Log    *slog.Logger
}

// Vault keeps recordings. Its methods may be called from any goroutine.
type Vault struct{ o Options }

// suffix ends the name of a sealed recording's file.
const suffix = ".sealed"

// name is what a recording may be called: a call's id. It becomes a file's name, so nothing in it leads elsewhere.
var name = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$`)

// New makes the vault's folder.
func New(o Options) (*Vault, error) {
	if o.Every <= 0 {
		o.Every = 2 * time.Second
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the recordings' folder: %w", err)
	}
	return &Vault{o}, nil
}

// Run seals what is finished until ctx ends.
func (v *Vault) Run(ctx context.Context) error {
	tick := time.NewTicker(v.o.Every)
	defer tick.Stop()
	said := ""
	for {
		err := v.Sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			said = ""
		case err.Error() != said: // once, not every two seconds
			said = err.Error()
			v.o.Log.Error("recordings stay in clear in Asterisk's folder", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Sweep seals all recordings that are finished.
func (v *Vault) Sweep(ctx context.Context) error {
	names, err := v.o.Source.Finished(ctx)
	if err != nil {
		return fmt.Errorf("look for finished recordings: %w", err)
	}
	var faults error
	for _, one := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !name.MatchString(one) {
			continue // none of ours
		}
		faults = errors.Join(faults, v.take(ctx, one))
	}
	return faults
}

// take seals one recording and has the clear one removed, in this order.
func (v *Vault) take(ctx context.Context, one string) error {
	from, size, err := v.o.Source.Open(ctx, one)
	if errors.Is(err, ErrNotFound) {
		return nil // somebody else was faster
	}
	if err != nil {
		return fmt.Errorf("fetch recording %s: %w", one, err)
	}
	defer from.Close()
	if err := v.put(one, from, size); err != nil {
		return fmt.Errorf("seal recording %s: %w", one, err)
	}
	if err := v.o.Source.Remove(ctx, one); err != nil {
		return fmt.Errorf("remove recording %s, which is sealed: %w", one, err)
	}
	return nil
}

// put writes a sealed file, whole or not at all.
func (v *Vault) put(one string, from io.Reader, size int64) (err error) {
	path := v.path(one)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	out := bufio.NewWriterSize(f, 128<<10)
	n, err := v.o.Keys.SealStream(out, from, purpose(one))
	if err == nil && size >= 0 && n != size {
		err = fmt.Errorf("%d bytes came of %d", n, size)
	}
	if err = errors.Join(err, out.Flush(), f.Sync()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func purpose(one string) string { return "recording " + one }

// path spreads the files over 256 folders.
func (v *Vault) path(one string) string {
	sum := sha256.Sum256([]byte(one))
	return filepath.Join(v.o.Dir, fmt.Sprintf("%02x", sum[0]), one+suffix)
}

// file is an open sealed recording.
type file struct {
	*seal.Stream
	f *os.File
}

func (o file) Close() error { return o.f.Close() }

// Open returns a recording from its beginning and its size. One that is not sealed yet comes from the source; a sealed
// one is an io.Seeker too.
func (v *Vault) Open(ctx context.Context, one string) (io.ReadCloser, int64, error) {
	if !name.MatchString(one) {
		return nil, 0, fmt.Errorf("recording %q: %w", one, ErrNotFound)
	}
	f, err := os.Open(v.path(one))
	if errors.Is(err, fs.ErrNotExist) {
		from, size, missing := v.o.Source.Open(ctx, one)
		if !errors.Is(missing, ErrNotFound) {
			return from, size, missing
		}
		if f, err = os.Open(v.path(one)); errors.Is(err, fs.ErrNotExist) { // it may have been sealed just now
			return nil, 0, missing
		}
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open recording %s: %w", one, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	s, err := v.o.Keys.OpenStream(f, info.Size(), purpose(one))
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open recording %s: %w", one, err), f.Close())
	}
	return file{s, f}, s.Size(), nil
}

// Remove removes a recording for good, sealed or not; what is not there is no error.
func (v *Vault) Remove(ctx context.Context, one string) error {
	if !name.MatchString(one) {
		return fmt.Errorf("recording %q: %w", one, ErrNotFound)
	}
	if err := v.o.Source.Remove(ctx, one); err != nil {
		return fmt.Errorf("remove recording %s: %w", one, err)
	}
	if err := os.Remove(v.path(one)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove recording %s: %w", one, err)
	}
	return nil
}

// Reseal gives every file whose header another key made a header of the ring's first key, and returns how many. A
// header is less than a sector of a disk: it is written whole or not at all.
func (v *Vault) Reseal(ctx context.Context) (n int, err error) {
	err = filepath.WalkDir(v.o.Dir, func(path string, d fs.DirEntry, err error) error {
		one, sealed := strings.CutSuffix(filepath.Base(path), suffix)
		if err != nil || ctx.Err() != nil || d.IsDir() || !sealed {
			return errors.Join(err, ctx.Err())
		}
		changed, err := v.reseal(path, one)
		if changed {
			n++
		}
		return err
	})
	return n, err
}

func (v *Vault) reseal(path, one string) (changed bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, fmt.Errorf("seal recording %s anew: %w", one, err)
	}
	header, err := v.o.Keys.Reheader(f, purpose(one))
	if err == nil && header != nil {
		_, err = f.WriteAt(header, 0)
		changed = err == nil
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		err = fmt.Errorf("seal recording %s anew: %w", one, err)
	}
	return changed, err
}
