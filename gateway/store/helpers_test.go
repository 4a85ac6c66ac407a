package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// t0 is when the stories of the tests begin.
var t0 = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// nowhere is the address of a PostgreSQL that is never there.
const nowhere = "postgres://nobody@127.0.0.1:1/none?sslmode=disable"

// journal runs a journal until the test ends, or until the function returned stops it.
func journal(t testing.TB, s *store.Store, dir string, opts store.JournalOptions) (*store.Journal, func()) {
	t.Helper()
	opts.Log = storetest.Log(t)
	j, err := store.NewJournal(s, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return j, runUntil(t, j.Run)
}

// runUntil runs something long-lived until the test ends or the function returned is called.
func runUntil(t testing.TB, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(stop)
	return stop
}

func flush(t testing.TB, j *store.Journal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := j.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// change is the n-th change of a call, and record the call after it.
func change(id call.ID, n int) switchboard.Entry {
	return switchboard.Entry{Change: &call.Change{Call: id, Seq: n, At: t0.Add(time.Duration(n) * time.Millisecond),
		From: call.Waiting, To: call.Offered, Cause: fmt.Sprint("event ", n)}}
}

func record(id call.ID, version int) switchboard.Entry {
	return switchboard.Entry{Call: &call.Record{ID: id, Number: "13800001111", DNIS: "12345", Line: "12345",
		State: call.Waiting, Version: version, ArrivedAt: t0}}
}

// connect opens a plain connection to look at tables with.
func connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// one returns the single value of a SELECT.
func one[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) (v T) {
	t.Helper()
	if err := conn.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// connectTo opens a plain connection to a store's database.
func connectTo(t testing.TB, s *store.Store) *pgx.Conn {
	t.Helper()
	return connect(t, s.DSN())
}
