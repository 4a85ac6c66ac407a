package store_test

import (
	"testing"

	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

// BenchmarkAppend is what the switchboard's loop pays for an entry.
func BenchmarkAppend(b *testing.B) {
	j, err := store.NewJournal(nil, b.TempDir(), store.JournalOptions{Queue: b.N + 1})
	if err != nil {
		b.Fatal(err)
	}
	e := record("bench.1", 1)
	b.ReportAllocs()
	for b.Loop() {
		j.Append(e)
	}
}

// BenchmarkJournal is an entry's whole way into PostgreSQL, as after an outage.
func BenchmarkJournal(b *testing.B) {
	s := storetest.New(b)
	j, _ := journal(b, s, b.TempDir(), store.JournalOptions{Queue: b.N + 1})
	b.ResetTimer()
	for n := range b.N {
		id := call.ID([]string{"bench.a", "bench.b", "bench.c", "bench.d"}[n%4])
		if n%2 == 0 {
			j.Append(change(id, n))
		} else {
			j.Append(record(id, n))
		}
	}
	flush(b, j)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
