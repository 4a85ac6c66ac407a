package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

const his = "13800002222"

// came keeps a call of a number that came so long before t0.
func came(j *store.Journal, id string, number string, before time.Duration, direction call.Direction) {
	at := t0.Add(-before)
	j.Append(switchboard.Entry{Call: &call.Record{ID: call.ID(id), Direction: direction, Number: number, Line: "12345",
		State: call.Ended, Version: 1, ArrivedAt: at, EndedAt: at.Add(time.Minute), Result: call.Answered}})
}

func TestCallsOfACallerAreCounted(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	const day = 24 * time.Hour
	for i, before := range []time.Duration{time.Hour, day - 1e9, day + 1e9, 2*day - 1e9, 2*day + 1e9, 7*day + 1e9, 30*day - 1e9, 30*day + 1e9} {
		came(j, fmt.Sprint("c.", i), his, before, call.Inbound)
	}
	came(j, "out", his, time.Hour, call.Outbound)
	came(j, "other", "13800003333", time.Hour, call.Inbound)
	came(j, "later", his, -time.Hour, call.Inbound)
	came(j, "now", his, 0, call.Inbound)
	flush(t, j)
	known, err := s.Caller(t.Context(), his, "now", 3)
	if want := (caller.Counts{Hours24: 2, Hours48: 4, Days7: 5, Days30: 7}); err != nil || known.Profile.Counts != want {
		t.Errorf("%v: %+v, want %+v", err, known.Profile.Counts, want)
	}
	if len(known.Calls) != 3 || known.Calls[0].ID != "out" && known.Calls[0].ID != "c.0" {
		t.Errorf("%+v", known.Calls)
	}
	if known, err := s.Caller(t.Context(), "13999999999", "now", 3); err != nil || known.Profile.Counts != (caller.Counts{}) || known.Calls != nil {
		t.Errorf("a stranger: %v, %+v", err, known)
	}
}

func TestCountsAreBounded(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	for i := range caller.MostCounted + 50 {
		came(j, fmt.Sprint("c.", i), his, time.Duration(i)*time.Minute, call.Inbound)
	}
	flush(t, j)
	known, err := s.Caller(t.Context(), his, "c.0", 1)
	if c := known.Profile.Counts; err != nil || c.Days30 != caller.MostCounted || c.Hours24 != caller.MostCounted {
		t.Errorf("%v: %+v", err, c)
	}
}

func TestTagsFollowTheNumber(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	came(j, "c.1", his, time.Hour, call.Inbound)
	came(j, "withheld", "", time.Hour, call.Inbound)
	tag := func(id call.ID, tag caller.Tag, on bool, at time.Time) {
		j.Append(switchboard.Entry{Tag: &switchboard.TagChange{Call: id, Tag: tag, On: on, By: "8001", At: at}})
	}
	tag("c.1", caller.Nuisance, true, t0)
	tag("c.1", caller.Elderly, true, t0)
	tag("c.1", caller.Nuisance, false, t0.Add(time.Second))
	tag("c.1", caller.Nuisance, true, t0) // comes again, late
	tag("withheld", caller.Disabled, true, t0)
	tag("unknown", caller.Disabled, true, t0)
	flush(t, j)
	known, err := s.Caller(t.Context(), his, "c.2", 1)
	if err != nil || !slices.Equal(known.Profile.Tags, []caller.Tag{caller.Elderly}) {
		t.Errorf("%v: %v", err, known.Profile.Tags)
	}
	if err := s.SetTag(t.Context(), "c.1", caller.Disabled, true, "9001"); err != nil {
		t.Error(err)
	}
	for _, id := range []call.ID{"withheld", "unknown"} {
		if err := s.SetTag(t.Context(), id, caller.Disabled, true, "9001"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if known, _ := s.Caller(t.Context(), his, "c.2", 1); len(known.Profile.Tags) != 2 || j.Rejected() != 0 {
		t.Errorf("%v, %d refused", known.Profile.Tags, j.Rejected())
	}
}

func TestRequestsFollowTheNumber(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	put := func(order string, state caller.RequestState, after time.Duration) bool {
		t.Helper()
		kept, err := s.PutRequest(t.Context(), his, caller.Request{OrderNo: order, Title: "噪音 " + his, State: state,
			Answer: "已答复王先生", Basis: "无新事实", MadeAt: t0, ChangedAt: t0.Add(after)})
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	if !put("A", caller.Open, 0) || !put("B", caller.Open, time.Hour) || !put("A", caller.Final, 2*time.Hour) || put("A", caller.Open, time.Hour) {
		t.Error("a request was kept that should not be, or the other way round")
	}
	known, err := s.Caller(t.Context(), his, "c.1", 1)
	got := known.Profile.Requests
	if err != nil || len(got) != 2 || got[0].OrderNo != "B" || got[1].State != caller.Final || got[1].Answer != "已答复王先生" || got[1].Title != "噪音 "+his {
		t.Errorf("%v: %+v", err, got)
	}
	conn := connectTo(t, s)
	if clear := one[bool](t, conn, `SELECT EXISTS (SELECT FROM request r WHERE r::text LIKE '%' || $1 || '%' OR r::text LIKE '%王先生%')`, his); clear {
		t.Error("a number or a name is kept in clear")
	}
	if err := s.DeleteRequest(t.Context(), "B"); err != nil {
		t.Error(err)
	}
	if err := s.DeleteRequest(t.Context(), "B"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	if _, err := s.PutRequest(t.Context(), "", caller.Request{OrderNo: "C", State: caller.Open}); !errors.Is(err, store.ErrInvalid) {
		t.Error(err)
	}
	for i := range caller.MostRequests + 5 {
		put(fmt.Sprint("D", i), caller.Closed, time.Duration(i)*time.Minute)
	}
	if known, _ := s.Caller(t.Context(), his, "c.1", 1); len(known.Profile.Requests) != caller.MostRequests {
		t.Errorf("%d requests", len(known.Profile.Requests))
	}
}

func TestWhatIsNotAcceptedIsKept(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if _, err := s.SeedSettings(t.Context(), settings.Default()); err != nil {
		t.Fatal(err)
	}
	items := []scope.Item{{Code: "02", Title: "仲裁", Script: "请", Channel: "12348"}, {Code: "01", Title: "诉讼", Script: "请", Channel: "12368"}}
	_, plan, err := s.ImportScope(t.Context(), "9003", items, "", true)
	if err != nil || len(plan.Added) != 2 {
		t.Fatalf("%v: %+v", err, plan)
	}
	if _, _, err := s.ImportScope(t.Context(), "9003", items, plan.Revision, false); err != nil {
		t.Fatal(err)
	}
	rows, done, err := s.ImportScope(t.Context(), "9003", items[1:], "", false)
	if err != nil || len(done.Removed) != 1 || len(done.Changed) != 1 { // its place
		t.Errorf("%v: %+v", err, done)
	}
	now, err := settings.Assemble(rows)
	if err != nil || !slices.Equal(now.Scope, items[1:]) {
		t.Errorf("%v: %+v", err, now.Scope)
	}
	var conflict *settings.Conflict
	if _, _, err := s.ImportScope(t.Context(), "9003", items, plan.Revision, false); !errors.As(err, &conflict) {
		t.Error(err)
	}
}

func TestADispositionSaysWhatIsNotAccepted(t *testing.T) {
	t.Parallel()
	s := filled(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	j.Append(switchboard.Entry{Disposition: &call.Disposition{Call: "c.24", Agent: "8000", Kind: "legal_channel", Note: "n", At: t0, Scope: "01"}})
	flush(t, j)
	d, err := s.Call(t.Context(), "c.24")
	if err != nil || d.Disposition == nil || d.Disposition.Scope != "01" || d.Disposition.Kind != "legal_channel" {
		t.Errorf("%v: %+v", err, d.Disposition)
	}
}
