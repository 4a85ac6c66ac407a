package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

func TestWhatIsDueIsRemovedForGood(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	for id, days := range map[call.ID]int{"old": 400, "held": 400, "month": 40, "young": 1, "open": 0} {
		e := record(id, 1)
		e.Call.Recording, e.Call.ArrivedAt = string(id), t0.AddDate(0, 0, -days)
		if id != "open" {
			e.Call.EndedAt = e.Call.ArrivedAt.Add(time.Minute)
		}
		j.Append(e)
		j.Append(switchboard.Entry{Disposition: &call.Disposition{Call: id, Agent: "8001", Kind: "help", Note: "王女士", At: t0}})
	}
	flush(t, j)
	if err := s.Hold(t.Context(), "held", "9004", "诉讼"); err != nil {
		t.Fatal(err)
	}
	if err := s.Hold(t.Context(), "nobody", "9004", "诉讼"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a call that is not: %v", err)
	}
	policy := store.Retention{Recordings: 30, Personal: 365}
	var gone []string
	remove := func(_ context.Context, name string) error { gone = append(gone, name); return nil }

	if due, held, err := s.Due(t.Context(), store.Retention{}, t0); err != nil || due[0].Calls+due[1].Calls != 0 || held != 1 {
		t.Errorf("without a policy: %+v, %d, %v", due, held, err)
	}
	due, _, err := s.Due(t.Context(), policy, t0)
	if err != nil || due[0].Calls != 2 || due[1].Calls != 1 || !due[1].Oldest.Equal(t0.AddDate(0, 0, -400).Add(time.Minute)) {
		t.Errorf("the dry run: %+v, %v", due, err)
	}
	did, err := s.Forget(t.Context(), policy, t0, remove)
	slices.Sort(gone)
	if err != nil || did[0].Calls != 2 || did[1].Calls != 1 || !slices.Equal(gone, []string{"month", "old"}) {
		t.Errorf("%+v, %v, files %v", did, err, gone)
	}
	for id, want := range map[call.ID][3]bool{"old": {}, "month": {true, false, true}, "held": {true, true, true}, "young": {true, true, true}, "open": {true, true, true}} {
		d, err := s.Call(t.Context(), id)
		if got := [3]bool{d.Call.Number != "", d.Call.Recording != "", d.Disposition.Note != ""}; err != nil || got != want {
			t.Errorf("%s keeps number, recording, note: %v, want %v, %v", id, got, want, err)
		}
	}
	if again, err := s.Forget(t.Context(), policy, t0, remove); err != nil || again[0].Calls+again[1].Calls != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
	if err := s.Lift(t.Context(), "held", "9004"); err != nil {
		t.Error(err)
	}
	if did, err := s.Forget(t.Context(), policy, t0, remove); err != nil || did[0].Calls != 1 || did[1].Calls != 1 {
		t.Errorf("after it was lifted: %+v, %v", did, err)
	}
	if log, err := s.AuditLog(t.Context(), "", "system", 10); err != nil || len(log) != 4 || log[0].Action != "retention.personal" {
		t.Errorf("in the audit: %+v, %v", log, err)
	}
}

// A file that cannot be removed is not forgotten.
func TestARecordingThatStaysIsNotForgotten(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	e := record("c1", 1)
	e.Call.Recording, e.Call.EndedAt = "c1", t0
	j.Append(e)
	flush(t, j)
	full := errors.New("the disk is read-only")
	_, err := s.Forget(t.Context(), store.Retention{Recordings: 1}, t0.AddDate(0, 0, 9), func(context.Context, string) error { return full })
	if d, _ := s.Call(t.Context(), "c1"); !errors.Is(err, full) || d.Call.Recording != "c1" {
		t.Errorf("%v: %+v", err, d.Call)
	}
}
