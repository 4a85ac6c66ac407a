package blocklist

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"runtime"
	"strconv"
	"testing"
	"time"

	"hotline/gateway/seal"
)

var now = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func hashOf(n int) (h Hash) {
	binary.BigEndian.PutUint64(h[:], uint64(n))
	return h
}

func TestWhoIsBlockedWhereAndHowLong(t *testing.T) {
	t.Parallel()
	var l List
	l.Put(Entry{ID: "all", Number: hashOf(1), Until: now.Add(time.Hour)})
	l.Put(Entry{ID: "line", Number: hashOf(2), Line: "12333", Until: now.Add(time.Hour)})
	l.Put(Entry{ID: "other", Number: hashOf(2), Line: "12345", Until: now.Add(2 * time.Hour)})
	for name, c := range map[string]struct {
		number int
		line   string
		after  time.Duration
		want   string
	}{
		"on every line":           {1, "12345", 0, "all"},
		"until it ends":           {1, "12345", time.Hour - time.Second, "all"},
		"and no longer":           {1, "12345", time.Hour, ""},
		"on its line":             {2, "12333", 0, "line"},
		"on the other":            {2, "12345", 0, "other"},
		"on no third":             {2, "12366", 0, ""},
		"each to its own end":     {2, "12345", time.Hour, "other"},
		"who is not on the list":  {3, "12345", 0, ""},
		"a number of zeros is no": {0, "12345", 0, ""},
	} {
		if id, ok := l.Find(hashOf(c.number), c.line, now.Add(c.after)); id != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %t", name, id, ok)
		}
	}
}

func TestEntriesGoAndComeBack(t *testing.T) {
	t.Parallel()
	l := New(0)
	for i, line := range []string{"a", "b", "c"} {
		l.Put(Entry{ID: strconv.Itoa(i), Number: hashOf(1), Line: line, Until: now.Add(time.Hour)})
	}
	l.Remove(hashOf(1), "0")
	l.Remove(hashOf(1), "0")
	l.Remove(hashOf(1), "never")
	l.Remove(hashOf(9), "1")
	want := func(line, id string) {
		t.Helper()
		if got, _ := l.Find(hashOf(1), line, now); got != id {
			t.Errorf("line %s: %q, want %q", line, got, id)
		}
	}
	want("a", "")
	want("b", "1")
	want("c", "2")
	l.Put(Entry{ID: "1", Number: hashOf(1), Line: "b", Until: now}) // ends now
	want("b", "")
	l.Remove(hashOf(1), "1")
	l.Remove(hashOf(1), "2")
	if want("c", ""); l.Len() != 0 || len(l.entries)+len(l.more) != 0 {
		t.Errorf("%d left", l.Len())
	}
}

// A number without a hash, a withheld one, is nobody's.
func TestWithheldIsNobody(t *testing.T) {
	t.Parallel()
	if _, ok := HashOf(nil); ok {
		t.Error("withheld has a hash")
	}
	if _, ok := HashOf(make([]byte, 17)); ok {
		t.Error("17 bytes are a hash")
	}
}

const million = 1_000_000

func full(tb testing.TB) (*List, *seal.KeyRing) {
	tb.Helper()
	var key [seal.KeySize]byte
	_, _ = rand.Read(key[:])
	ring, err := seal.NewKeyRing(key, seal.Key{ID: 1, Secret: key})
	if err != nil {
		tb.Fatal(err)
	}
	l := New(million)
	for i := range million {
		h, _ := HashOf(ring.Hash("number", number(i)))
		l.Put(Entry{ID: "01J" + strconv.Itoa(i), Number: h, Until: now.Add(time.Hour)})
	}
	return l, ring
}

func number(i int) string { return "1" + strconv.Itoa(3_000_000_000+i) }

// A million entries are found, and fit into memory.
func TestAMillionEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("a million hashes")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l, ring := full(t)
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%d entries take %d MB", l.Len(), (after.HeapAlloc-before.HeapAlloc)>>20)
	if grown := after.HeapAlloc - before.HeapAlloc; grown > 400<<20 {
		t.Errorf("%d MB", grown>>20)
	}
	for i := 0; i < million; i += 997 {
		h, _ := HashOf(ring.Hash("number", number(i)))
		if id, ok := l.Find(h, "12345", now); !ok || id != "01J"+strconv.Itoa(i) {
			t.Fatalf("%d: %q", i, id)
		}
	}
	if h, _ := HashOf(ring.Hash("number", number(million))); l.entries[h].id != "" {
		t.Error("one too many is blocked")
	}
}

// BenchmarkCheck is what every call costs: the hash of its number and the look-up among a million.
func BenchmarkCheck(b *testing.B) {
	l, ring := full(b)
	numbers := make([]string, 4096)
	for i := range numbers {
		numbers[i] = number(i * (2 * million / len(numbers))) // half of them are blocked
	}
	runtime.GC()
	blocked := 0
	b.ResetTimer()
	for i := range b.N {
		h, _ := HashOf(ring.Hash("number", numbers[i%len(numbers)]))
		if _, ok := l.Find(h, "12345", now); ok {
			blocked++
		}
	}
	if share := float64(blocked) / float64(b.N); b.N > 1<<20 && math.Abs(share-.5) > .1 {
		b.Errorf("%.2f are blocked", share)
	}
}

// BenchmarkFind is the look-up alone.
func BenchmarkFind(b *testing.B) {
	l, ring := full(b)
	hashes := make([]Hash, 4096)
	for i := range hashes {
		hashes[i], _ = HashOf(ring.Hash("number", number(i*(2*million/len(hashes)))))
	}
	b.ResetTimer()
	for i := range b.N {
		l.Find(hashes[i%len(hashes)], "12345", now)
	}
}
