package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// TestAnOutageCostsNothingButDelay stops PostgreSQL twice while entries are appended all along.
func TestAnOutageCostsNothingButDelay(t *testing.T) {
	t.Parallel()
	server := storetest.Server(t)
	s := storetest.Open(t, server.DSN())
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{SegmentBytes: 64 << 10})
	sessions := store.NewSessions(s)
	runUntil(t, sessions.Run)
	commit(t, sessions, "early")

	n := 0
	outage := func() {
		server.Stop()
		n = appendFor(j, n, 500*time.Millisecond)
		commit(t, sessions, "during") // and consoles reconnect meanwhile
		if data, found, err := sessions.Find("early"); err != nil || !found || string(data) != "early" {
			t.Errorf("a session is gone in the outage: %q, %v, %v", data, found, err)
		}
		if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) || s.Healthy() {
			t.Errorf("ping in the outage: %v", err)
		}
		if j.Pending() == 0 {
			t.Error("nothing pending in the outage")
		}
		server.Start()
		n = appendFor(j, n, 200*time.Millisecond)
	}
	n = appendFor(j, n, 100*time.Millisecond)
	outage()
	outage()
	flush(t, j)

	conn := connect(t, server.DSN())
	if got := one[int](t, conn, "SELECT count(*) FROM call_change"); got != n {
		t.Errorf("%d appended, %d stored", n, got)
	}
	if got := one[int](t, conn, "SELECT count(*) FROM call WHERE version = (SELECT max(seq) FROM call_change WHERE call = id)"); got != 7 {
		t.Errorf("%d of 7 calls have their last record", got)
	}
	if j.Dropped()+j.Rejected() != 0 || !s.Healthy() || j.LastError() != nil {
		t.Error(j.Dropped(), j.Rejected(), s.Healthy(), j.LastError())
	}
	eventually(t, func() bool { return one[int](t, conn, "SELECT count(*) FROM web_session") == 2 })
	if got := one[int](t, conn, "SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY id) AS early FROM agent_change) x WHERE early"); got != 0 {
		t.Errorf("%d changes of agents are out of order", got)
	}
	if got := one[int](t, conn, "SELECT count(*) FROM agent_change"); got != n {
		t.Errorf("%d changes of agents, want %d", got, n)
	}
	t.Logf("%d times three entries", n)
}

// appendFor appends a change and a record of seven calls in turn for a while, counting changes on from n.
func appendFor(j *store.Journal, n int, d time.Duration) int {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		n++
		id := call.ID("outage." + string(rune('a'+n%7)))
		j.Append(change(id, n))
		j.Append(record(id, n))
		j.Append(switchboard.Entry{Agent: &agent.Change{Agent: "8001", At: t0.Add(time.Duration(n) * time.Second), State: agent.Ready}})
	}
	return n
}

func TestTheGatewayStartsWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	server := storetest.Server(t)
	dsn, dir := server.DSN(), t.TempDir()
	s := storetest.Open(t, dsn)
	sessions := store.NewSessions(s)
	stop := runUntil(t, sessions.Run)
	commit(t, sessions, "yesterday")
	stop()
	server.Stop()

	s = storetest.Open(t, dsn)
	sessions = store.NewSessions(s)
	runUntil(t, sessions.Run)
	j, _ := journal(t, s, dir, store.JournalOptions{})
	j.Append(record("early.1", 1))
	if _, _, err := sessions.Find("yesterday"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("an unread session: %v", err)
	}
	if err := s.Migrate(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("migrate: %v", err)
	}
	migrated := make(chan error, 1)
	go func() { migrated <- s.MigrateWhenUp(context.Background()) }()
	if _, err := s.HoldLease(t.Context(), "ari/hotline"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("lease: %v", err)
	}
	server.Start()
	flush(t, j)
	if err := <-migrated; err != nil {
		t.Error(err)
	}
	eventually(t, func() bool { _, found, _ := sessions.Find("yesterday"); return found })
	if _, err := s.Call(t.Context(), "early.1"); err != nil {
		t.Error(err)
	}
}

func TestOnlyAMalformedAddressIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := store.Open(t.Context(), "postgres://a:b@[::1/x", storetest.Keys(), storetest.Log(t)); err == nil {
		t.Error("a malformed address was taken")
	}
}

func commit(t testing.TB, s *store.Sessions, token string) {
	t.Helper()
	if err := s.CommitCtx(context.Background(), token, []byte(token), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// eventually waits for what another goroutine does on its own time.
func eventually(t testing.TB, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("did not happen within 30 s")
		}
	}
}
