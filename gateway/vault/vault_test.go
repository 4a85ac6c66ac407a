package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"hotline/gateway/seal"
	"hotline/gateway/vault"
)

// studio is where recordings come from.
type studio struct {
	mu    sync.Mutex
	files map[string][]byte
	fails error
}

func (s *studio) Finished(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.files)), nil
}

func (s *studio) Open(_ context.Context, name string) (io.ReadCloser, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.files[name]
	if !ok {
		return nil, 0, vault.ErrNotFound
	}
	if s.fails != nil {
		return io.NopCloser(io.MultiReader(bytes.NewReader(text[:10]), broken{s.fails})), int64(len(text)), nil
	}
	return io.NopCloser(bytes.NewReader(text)), int64(len(text)), nil
}

func (s *studio) Remove(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, name)
	return nil
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func ring(t testing.TB, ids ...byte) *seal.KeyRing {
	t.Helper()
	var keys []seal.Key
	for _, id := range ids {
		keys = append(keys, seal.Key{ID: id, Secret: [seal.KeySize]byte{id}})
	}
	r, err := seal.NewKeyRing([seal.KeySize]byte{9}, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB, dir string, s *studio, ids ...byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(vault.Options{Dir: dir, Keys: ring(t, ids...), Source: s, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var words = []byte(strings.Repeat("RIFF 13800001234 王女士 ", 20_000))

func plays(t *testing.T, v *vault.Vault, name string, want []byte) {
	t.Helper()
	r, size, err := v.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil || size != int64(len(want)) || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, said %d, want %d: %v", name, len(got), size, len(want), err)
	}
}

func files(t *testing.T, dir string) (all []byte, n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		text, err := os.ReadFile(path)
		all, n = append(all, text...), n+1
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, n
}

func TestAFinishedRecordingIsSealedAndPlayed(t *testing.T) {
	t.Parallel()
	s, dir := &studio{files: map[string][]byte{"hotline-1.1": words, "empty": {}, "../evil": words}}, t.TempDir()
	v := open(t, dir, s, 1)
	plays(t, v, "hotline-1.1", words) // not sealed yet
	if err := v.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.files) != 1 {
		t.Errorf("in clear are left %v", slices.Collect(maps.Keys(s.files)))
	}
	plays(t, v, "hotline-1.1", words)
	plays(t, v, "empty", nil)
	if all, n := files(t, dir); n != 2 || bytes.Contains(all, []byte("13800001234")) || bytes.Contains(all, []byte("RIFF")) {
		t.Errorf("%d files, or something in clear", n)
	}
	r, _, err := v.Open(t.Context(), "hotline-1.1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.(io.Seeker).Seek(-20, io.SeekEnd); err != nil {
		t.Error(err)
	}
	if end, err := io.ReadAll(r); err != nil || !bytes.Equal(end, words[len(words)-20:]) {
		t.Errorf("its end: %q, %v", end, err)
	}
}

func TestNoNameLeadsElsewhere(t *testing.T) {
	t.Parallel()
	v := open(t, t.TempDir(), &studio{}, 1)
	for _, name := range []string{"", ".", "..", "../keys", "a/b", "a\x00b", ".hidden", strings.Repeat("a", 200), "/etc/passwd", "a\nb"} {
		if _, _, err := v.Open(t.Context(), name); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("open %q: %v", name, err)
		}
		if err := v.Remove(t.Context(), name); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("remove %q: %v", name, err)
		}
	}
}

func TestAHalfFetchedRecordingIsNotTaken(t *testing.T) {
	t.Parallel()
	s, dir := &studio{files: map[string][]byte{"c1": words}, fails: fmt.Errorf("the line broke")}, t.TempDir()
	v := open(t, dir, s, 1)
	if err := v.Sweep(t.Context()); err == nil || !strings.Contains(err.Error(), "c1") {
		t.Errorf("it was taken: %v", err)
	}
	if _, n := files(t, dir); n != 0 || len(s.files) != 1 {
		t.Errorf("%d files are left, %d at the source", n, len(s.files))
	}
	s.fails = nil
	if err := v.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	plays(t, v, "c1", words)
}

func TestRemovedIsGone(t *testing.T) {
	t.Parallel()
	s, dir := &studio{files: map[string][]byte{"c1": words}}, t.TempDir()
	v := open(t, dir, s, 1)
	if err := v.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := v.Remove(t.Context(), "c1"); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := v.Open(t.Context(), "c1"); !errors.Is(err, vault.ErrNotFound) {
		t.Error(err)
	}
	if _, n := files(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestAnotherKey(t *testing.T) {
	t.Parallel()
	s, dir := &studio{files: map[string][]byte{"c1": words, "c2": words}}, t.TempDir()
	if err := open(t, dir, s, 1).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := open(t, dir, s, 2).Open(t.Context(), "c1"); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("without the old key: %v", err)
	}
	both := open(t, dir, s, 2, 1)
	plays(t, both, "c1", words)
	for _, want := range []int{2, 0} {
		if n, err := both.Reseal(t.Context()); n != want || err != nil {
			t.Errorf("%d sealed anew, want %d: %v", n, want, err)
		}
	}
	plays(t, open(t, dir, s, 2), "c2", words)
}

// BenchmarkTake is what keeping a recording of three minutes costs: in clear, copied as it is, and sealed.
func BenchmarkTake(b *testing.B) {
	text := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7, 8}, 3*60*16000/8)
	b.Run("clear", func(b *testing.B) {
		dir := b.TempDir()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			f, err := os.Create(filepath.Join(dir, "c1"))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(f, struct{ io.Reader }{bytes.NewReader(text)}); err != nil {
				b.Fatal(err)
			}
			if err := errors.Join(f.Sync(), f.Close()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sealed", func(b *testing.B) {
		s := &studio{files: map[string][]byte{}}
		v := open(b, b.TempDir(), s, 1)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s.files["c1"] = text
			if err := v.Sweep(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
