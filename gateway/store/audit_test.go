package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestTheAuditOnlyGrows(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e := store.AuditEntry{Who: "8001", Action: "recording.play", Object: "hotline-1.1", Address: "10.0.0.7",
		Detail: map[string]any{"reason": "'; DROP\x00 TABLE", "n\x00": []any{"a\x00", 1.5, nil}}}
	if err := s.Audit(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e.Detail = map[string]any{"reason": "'; DROP TABLE", "n": []any{"a", 1.5, nil}}
	got, err := s.AuditLog(t.Context(), "hotline-1.1", "8001", 10)
	if diff := cmp.Diff([]store.AuditEntry{e}, got, cmpopts.IgnoreFields(e, "At")); diff != "" || err != nil || got[0].At.IsZero() {
		t.Error(err, diff)
	}
	conn := connectTo(t, s)
	for _, sql := range []string{"DELETE FROM audit", "UPDATE audit SET who = 'x'", "TRUNCATE audit"} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
	s.Close()
	if err := s.Audit(t.Context(), e); err == nil {
		t.Error("an audit that was not written was taken for written")
	}
}

func TestMigrationsRunTwiceAndTogether(t *testing.T) {
	t.Parallel()
	dsn := storetest.EmptyDSN(t)
	a, b := storetest.Open(t, dsn), storetest.Open(t, dsn)
	done := make(chan error, 2)
	for _, s := range []*store.Store{a, b} {
		go func() { done <- s.Migrate(t.Context()) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := a.Migrate(t.Context()); err != nil {
		t.Errorf("once more: %v", err)
	}
	if _, err := a.OpenCalls(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheJournalWaitsForTheSchema(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.EmptyDSN(t))
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	j.Append(record("early.1", 1))
	eventually(t, func() bool { return j.LastError() != nil })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	flush(t, j)
	if _, err := s.Call(t.Context(), "early.1"); err != nil || j.Rejected() != 0 {
		t.Errorf("%v: %d rejected", err, j.Rejected())
	}
}
