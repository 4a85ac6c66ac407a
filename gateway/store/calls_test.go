package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// filled is a store with 25 ended calls a minute apart, two at each instant, and an open one.
func filled(t testing.TB) *store.Store {
	t.Helper()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	for n := range 25 {
		at := t0.Add(time.Duration(n/2) * time.Minute)
		r := call.Record{ID: call.ID(fmt.Sprintf("c.%02d", n)), Number: fmt.Sprint("1380000000", n%2), Line: "12345",
			State: call.Ended, Version: 1, ArrivedAt: at, TalkingAt: at.Add(time.Second), EndedAt: at.Add(11 * time.Second),
			Agent: fmt.Sprint("800", n%2), Result: call.Answered}
		j.Append(switchboard.Entry{Call: &r})
	}
	j.Append(switchboard.Entry{Disposition: &call.Disposition{Call: "c.22", Agent: "8000", Kind: "help", Note: "n", At: t0}})
	j.Append(switchboard.Entry{Call: &call.Record{ID: "open.1", Number: "13800000000", State: call.Talking, Version: 4,
		ArrivedAt: t0.Add(time.Hour), TalkingAt: t0.Add(time.Hour), Agent: "8000"}})
	j.Append(switchboard.Entry{Leg: &call.LegRecord{ID: "open.1", Call: "open.1", Role: call.RoleCaller, CreatedAt: t0}})
	j.Append(switchboard.Entry{Offer: &call.OfferRecord{Call: "open.1", N: 1, Agent: "8000", At: t0}})
	flush(t, j)
	return s
}

func TestCallsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	s := filled(t)
	seen, last := map[call.ID]bool{}, time.Now().Add(time.Hour*24*365)
	f := store.Filter{Limit: 7}
	for {
		page, err := s.Calls(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Calls {
			if seen[row.Call.ID] || row.Call.ArrivedAt.After(last) {
				t.Errorf("%s is twice or out of order", row.Call.ID)
			}
			seen[row.Call.ID], last = true, row.Call.ArrivedAt
			if (row.Call.ID == "c.22") != (row.Disposition != nil) {
				t.Errorf("%s: disposition %v", row.Call.ID, row.Disposition)
			}
		}
		if f.Before = page.Next; f.Before == "" {
			break
		}
	}
	if len(seen) != 26 {
		t.Errorf("%d calls", len(seen))
	}
}

func TestCallsAreFiltered(t *testing.T) {
	t.Parallel()
	s := filled(t)
	for name, c := range map[string]struct {
		f    store.Filter
		want int
	}{
		"agent":   {store.Filter{Agent: "8001"}, 12},
		"number":  {store.Filter{Number: "13800000000"}, 14},
		"from":    {store.Filter{From: t0.Add(10 * time.Minute)}, 6},
		"to":      {store.Filter{To: t0.Add(time.Minute)}, 2},
		"all":     {store.Filter{Agent: "8000", Number: "13800000000", From: t0, To: t0.Add(time.Minute)}, 1},
		"hostile": {store.Filter{Agent: "' OR ''='"}, 0},
	} {
		page, err := s.Calls(t.Context(), c.f)
		if err != nil || len(page.Calls) != c.want || page.Next != "" {
			t.Errorf("%s: %v: %d calls, want %d", name, err, len(page.Calls), c.want)
		}
	}
	for _, cursor := range []string{"x", "!!!", "OTk5"} {
		if _, err := s.Calls(t.Context(), store.Filter{Before: cursor}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
	if _, err := s.Call(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestACallersHistory(t *testing.T) {
	t.Parallel()
	s := filled(t)
	known, err := s.Caller(t.Context(), "13800000000", "c.24", 2)
	got := known.Calls
	want := []switchboard.EarlierCall{
		{ID: "c.22", At: t0.Add(11 * time.Minute), Line: "12345", Agent: "8000", Result: call.Answered, TalkSeconds: 10, Disposition: "help", Note: "n"},
		{ID: "c.20", At: t0.Add(10 * time.Minute), Line: "12345", Agent: "8000", Result: call.Answered, TalkSeconds: 10},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if got, err := s.Caller(t.Context(), "13800000000", "not.yet.stored", 100); len(got.Calls) != 14 || err != nil {
		t.Error(err, len(got.Calls))
	}
	if got, err := s.Caller(t.Context(), "", "c.24", 10); got.Calls != nil || err != nil {
		t.Error(err, got)
	}
}

func TestHistoryGivesUpInTime(t *testing.T) {
	t.Parallel()
	s := filled(t)
	conn := connectTo(t, s)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE call IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = s.Caller(t.Context(), "13800000000", "c.24", 2)
	if took := time.Since(began); !errors.Is(err, store.ErrUnavailable) || took > 2*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Caller(t.Context(), "13800000000", "c.24", 2); len(got.Calls) != 2 || err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestOpenCallsAreFoundForRecovery(t *testing.T) {
	t.Parallel()
	s := filled(t)
	got, err := s.OpenCalls(t.Context())
	want := []store.OpenCall{{
		Call: call.Record{ID: "open.1", Direction: call.Inbound, Number: "13800000000", State: call.Talking, Version: 4,
			ArrivedAt: t0.Add(time.Hour), TalkingAt: t0.Add(time.Hour), Agent: "8000"},
		Legs:   []call.LegRecord{{ID: "open.1", Call: "open.1", Role: call.RoleCaller, CreatedAt: t0}},
		Offers: []call.OfferRecord{{Call: "open.1", N: 1, Agent: "8000", At: t0}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	answered, seconds, err := s.AgentToday(t.Context(), "8000", t0.Add(10*time.Minute))
	if answered != 4 || seconds != 30 || err != nil {
		t.Errorf("%v: %d calls, %d s", err, answered, seconds)
	}
}
