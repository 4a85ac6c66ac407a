package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// hour is a store that the journal has told the scripted hour.
func hour(t testing.TB) *store.Store {
	t.Helper()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	conn := connectTo(t, s)
	calls := figurestest.Hour(t)
	for _, c := range calls {
		tell(j, c)
	}
	for _, stay := range figurestest.Stays(t) {
		j.Append(switchboard.Entry{Agent: &agent.Change{Agent: stay.Agent, At: stay.From, State: stay.State, Call: stay.Call}})
	}
	flush(t, j)
	var batch pgx.Batch
	for _, c := range calls {
		var overflowed *time.Time
		if !c.OverflowedAt.IsZero() {
			overflowed = &c.OverflowedAt
		}
		batch.Queue("UPDATE call SET overflowed_at = $2, refused = $3, rating = $4, lost_why = $5 WHERE id = $1",
			c.ID, overflowed, c.Refused, c.Rating, string(c.LostWhy))
	}
	if err := conn.SendBatch(t.Context(), &batch).Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func tell(j *store.Journal, c figures.Call) {
	id := call.ID(c.ID)
	j.Append(switchboard.Entry{Call: &call.Record{
		ID: id, Number: c.Number, DNIS: c.Line, Line: c.Line, Queue: c.Queue, State: call.Ended, Version: 9, ArrivedAt: c.ArrivedAt,
		QueuedAt: c.QueuedAt, TalkingAt: c.TalkingAt, EndedAt: c.EndedAt, Agent: c.Agent, Result: c.Result,
	}})
	for n := 1; n <= c.FailedOffers; n++ {
		outcome := []call.Outcome{call.OfferNoAnswer, call.OfferRefused, call.OfferUnreachable}[n%3]
		j.Append(switchboard.Entry{Offer: &call.OfferRecord{Call: id, N: n, At: c.ArrivedAt, EndedAt: c.EndedAt, Outcome: outcome}})
	}
	j.Append(switchboard.Entry{Offer: &call.OfferRecord{Call: id, N: 9, At: c.ArrivedAt, EndedAt: c.EndedAt, Outcome: call.OfferWithdrawn}})
	if c.Hold > 0 { // once for a second, then to the end
		for i, at := range []time.Time{c.TalkingAt, c.TalkingAt.Add(time.Second), c.EndedAt.Add(time.Second - c.Hold), c.EndedAt} {
			from, to := call.Talking, call.Held
			if i%2 == 1 {
				from, to = to, from
			}
			j.Append(switchboard.Entry{Change: &call.Change{Call: id, Seq: i + 1, At: at, From: from, To: to}})
		}
	}
}

func table(t testing.TB, s *store.Store, q figures.Query) *figures.Table {
	t.Helper()
	table := figures.NewTable(figures.Default(), q)
	if err := s.FigureCalls(t.Context(), q, table.Add); err != nil {
		t.Fatal(err)
	}
	if err := s.FigureStays(t.Context(), q.From, q.To, table.AddStay); err != nil {
		t.Fatal(err)
	}
	return table
}

func TestFiguresFromTheTablesAreThoseCountedByHand(t *testing.T) {
	t.Parallel()
	s := hour(t)
	q := figures.Query{From: figurestest.From, To: figurestest.To}
	for _, q.By = range []figures.By{figures.ByLine, figures.ByQueue, figures.ByAgent} {
		figurestest.CompareTable(t, table(t, s, q), true)
	}
	var got []figures.Call
	if err := s.FigureCalls(t.Context(), q, func(c figures.Call) { got = append(got, c) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(figurestest.Hour(t), got); diff != "" {
		t.Error(diff)
	}
	q.Line = "12333"
	n := 0
	if err := s.FigureCalls(t.Context(), q, func(figures.Call) { n++ }); err != nil || n != 140 {
		t.Errorf("%v: %d calls of one line", err, n)
	}
}

// TestPlainSQLCountsTheSame holds the program, the table counted by hand and SQL written for itself together.
func TestPlainSQLCountsTheSame(t *testing.T) {
	t.Parallel()
	s := hour(t)
	plain, err := os.ReadFile("testdata/hour.sql")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := connectTo(t, s).Query(t.Context(), string(plain), figurestest.From, figurestest.To)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	if err != nil {
		t.Fatal(err)
	}
	byHand := figurestest.ByHand(t, figures.ByLine)
	for _, text := range groups {
		var name struct{ Name string }
		var group map[string]any
		if err := errors.Join(json.Unmarshal(text, &group), json.Unmarshal(text, &name)); err != nil {
			t.Fatal(err)
		}
		for figure, want := range byHand[name.Name] {
			if v, known := group[figure].(float64); !want.Same(v, known) {
				t.Errorf("%s of %s is %v in SQL, %v by hand", figure, name.Name, group[figure], want)
			}
		}
		delete(byHand, name.Name)
	}
	if len(byHand) > 0 {
		t.Errorf("SQL has none of %v", byHand)
	}
}

func TestCallsAtTheEdgesOfDaysAreReadOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	from := figurestest.From
	for i, after := range []time.Duration{-1000, 0, 24*time.Hour - 1000, 24 * time.Hour, 49*time.Hour - 1000, 49 * time.Hour} {
		j.Append(switchboard.Entry{Call: &call.Record{ID: call.ID(rune('a' + i)), Version: 1, ArrivedAt: from.Add(after), EndedAt: from, Result: call.Abandoned}})
	}
	j.Append(switchboard.Entry{Agent: &agent.Change{Agent: "8001", At: from.Add(-time.Hour), State: agent.Talking}})
	flush(t, j)
	ids := ""
	q := figures.Query{From: from, To: from.Add(49 * time.Hour), By: figures.ByDay}
	if err := s.FigureCalls(t.Context(), q, func(c figures.Call) { ids += c.ID }); err != nil || ids != "bcde" {
		t.Errorf("%v: %s", err, ids)
	}
	busy := time.Duration(0)
	if err := s.FigureStays(t.Context(), from, q.To, func(s figures.Stay) { busy += s.To.Sub(s.From) }); err != nil || busy != 49*time.Hour {
		t.Errorf("%v: busy for %v", err, busy)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.FigureCalls(gone, q, func(figures.Call) {}); err == nil {
		t.Error("a report that nobody waits for goes on")
	}
}
