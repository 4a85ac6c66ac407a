package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"hotline/gateway/abuse"
	"hotline/gateway/seal"
)

var arrived = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

func ring(t *testing.T, first byte) *seal.KeyRing {
	t.Helper()
	r, err := seal.NewKeyRing([seal.KeySize]byte{first}, seal.Key{ID: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func oneOf(i int) Call {
	id := fmt.Sprintf("hotline-%d.1", i)
	at := arrived.Add(time.Duration(i) * time.Minute)
	return Call{
		ID: id, DNIS: "12345", Line: "12345", Agent: "8001", Result: "answered", EndedBy: "agent",
		ArrivedAt: at, TalkingAt: at.Add(5 * time.Second), EndedAt: at.Add(65 * time.Second), Recording: id,
		Notes: []abuse.Entry{
			{Call: id, Agent: "8001", Act: abuse.Marked, Kind: abuse.Abusive, Note: "=1+1", At: at.Add(25 * time.Second)},
			{Call: id, Agent: "8001", Act: abuse.Played, At: at.Add(30 * time.Second)},
		},
		HandOvers: []HandOver{{Service: "110", By: "8001", At: at.Add(40 * time.Second), Result: "connected"}},
	}
}

func some(n int) Calls {
	return func() iter.Seq2[Call, error] {
		return func(yield func(Call, error) bool) {
			for i := range n {
				if !yield(oneOf(i), nil) {
					return
				}
			}
		}
	}
}

func order(t *testing.T, n int) Order {
	return Order{
		Subject: Subject{Number: "13700000001", To: arrived.Add(time.Hour)}, MadeAt: arrived, MadeBy: "9001", Reason: "报案", Calls: some(n),
		Open: func(name string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("RIFF " + name)), nil },
		Key:  Key(ring(t, 1).Hash),
	}
}

func made(t *testing.T, o Order) ([]byte, Manifest) {
	t.Helper()
	var file bytes.Buffer
	m, err := Write(&file, o)
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), m
}

func check(t *testing.T, file []byte, first byte) (Manifest, error) {
	t.Helper()
	public, err := ReadPublic(Public(Key(ring(t, first).Hash)))
	if err != nil {
		t.Fatal(err)
	}
	return Verify(bytes.NewReader(file), int64(len(file)), public)
}

func TestABundleIsWhatItSays(t *testing.T) {
	t.Parallel()
	file, _ := made(t, order(t, 3))
	m, err := check(t, file, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m.Calls != 3 || len(m.Files) != 5 || m.MadeBy != "9001" || m.Reason != "报案" || m.Subject.Number != "13700000001" {
		t.Errorf("%+v", m)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(notesFile)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	mark := rows[1]
	if mark[0] != "hotline-0.1" || mark[1] != "2026-11-21T10:00:25.000+08:00" || mark[2] != "20.0" || mark[4] != "abuse" || mark[6] != "'=1+1" {
		t.Errorf("%q", mark)
	}
}

func TestABundleThatWasTouchedIsFoundOut(t *testing.T) {
	t.Parallel()
	file, _ := made(t, order(t, 2))
	if _, err := check(t, file, 2); !errors.Is(err, ErrSignature) {
		t.Errorf("signed by another hotline: %v", err)
	}
	if _, err := check(t, file[:len(file)/2], 1); !errors.Is(err, ErrNotWhole) {
		t.Errorf("cut off: %v", err)
	}
	for name, touch := range map[string]func(name string, text []byte) (string, []byte){
		"a recording": func(n string, b []byte) (string, []byte) {
			return n, bytes.Replace(b, []byte("RIFF h"), []byte("RIFF H"), 1)
		},
		"a note": func(n string, b []byte) (string, []byte) {
			return n, bytes.Replace(b, []byte("abuse"), []byte("Abuse"), 1)
		},
		"the manifest": func(n string, b []byte) (string, []byte) {
			return n, bytes.Replace(b, []byte("9001"), []byte("9002"), 1)
		},
		"a file's name": func(n string, b []byte) (string, []byte) {
			return strings.Replace(n, "recordings/00001", "recordings/00009", 1), b
		},
		"a file less": func(n string, b []byte) (string, []byte) {
			if n == callsFile {
				return "", nil
			}
			return n, b
		},
	} {
		if _, err := check(t, rezipped(t, file, touch), 1); !errors.Is(err, ErrChanged) && !errors.Is(err, ErrSignature) {
			t.Errorf("%s was changed: %v", name, err)
		}
	}
	added := rezipped(t, file, func(n string, b []byte) (string, []byte) { return n, b }, "more.txt")
	if _, err := check(t, added, 1); !errors.Is(err, ErrChanged) {
		t.Errorf("a file more: %v", err)
	}
}

// rezipped is a bundle with its files changed.
func rezipped(t *testing.T, file []byte, touch func(string, []byte) (string, []byte), more ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r)
		if name, text := touch(f.Name, text); name != "" {
			into, _ := w.Create(name)
			_, _ = into.Write(text)
		}
	}
	for _, name := range more {
		_, _ = w.Create(name)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAMissingRecordingIsNamed(t *testing.T) {
	t.Parallel()
	o := order(t, 3)
	o.Open = func(name string) (io.ReadCloser, error) {
		if name == "hotline-1.1" {
			return nil, errors.New("gone")
		}
		return io.NopCloser(strings.NewReader(name)), nil
	}
	file, _ := made(t, o)
	m, err := check(t, file, 1)
	if err != nil || len(m.Missing) != 1 || m.Missing[0] != "hotline-1.1" || len(m.Files) != 4 {
		t.Errorf("%+v %v", m, err)
	}
}

func TestABundleThatFailsHasNoEnd(t *testing.T) {
	t.Parallel()
	away := errors.New("the database is away")
	o := order(t, 0)
	asked := 0
	o.Calls = func() iter.Seq2[Call, error] {
		asked++
		return func(yield func(Call, error) bool) {
			if yield(oneOf(0), nil) && asked == 3 {
				yield(Call{}, away)
			}
		}
	}
	var file bytes.Buffer
	if _, err := Write(&file, o); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	if _, err := check(t, file.Bytes(), 1); !errors.Is(err, ErrNotWhole) {
		t.Errorf("half a bundle: %v", err)
	}
}

// Very many calls go through in bounded memory; what is too much for one bundle is counted.
func TestVeryManyCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("many rows")
	}
	const many = 60_000
	o := order(t, many)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	seen := 0
	o.Open = func(name string) (io.ReadCloser, error) {
		if seen++; seen%2000 == 0 {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
		return io.NopCloser(strings.NewReader(name)), nil
	}
	m, err := Write(io.Discard, o)
	if err != nil || m.Calls != many || len(m.Files) != MaxRecordings+2 || m.LeftOut != many-MaxRecordings {
		t.Errorf("%d calls, %d files, %d left out, %v", m.Calls, len(m.Files), m.LeftOut, err)
	}
	t.Logf("at most %d MB", most>>20)
	if most > 64<<20 {
		t.Errorf("%d MB for a bundle", most>>20)
	}
}
