package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/gateway/abuse"
	"hotline/gateway/blocklist"
	"hotline/gateway/call"
	"hotline/gateway/evidence"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

const abuser, citizen = "13700009001", "13700009002"

// marked writes calls of a number and what was noted of them.
func marked(t *testing.T, s *store.Store, notes ...abuse.Entry) {
	t.Helper()
	j, stop := journal(t, s, t.TempDir(), store.JournalOptions{})
	defer stop()
	for i, id := range []call.ID{"a1", "a2", "a3", "c1"} {
		number := abuser
		if id == "c1" {
			number = citizen
		}
		at := t0.Add(time.Duration(i) * time.Hour)
		j.Append(switchboard.Entry{Call: &call.Record{
			ID: id, Number: number, DNIS: "12345", Line: "12345", Queue: "general", State: call.Ended, Version: 9, ArrivedAt: at,
			TalkingAt: at.Add(time.Minute), ReleasedAt: at.Add(3 * time.Minute), EndedAt: at.Add(3 * time.Minute), Agent: "8001", Result: call.Answered, Recording: string(id),
		}})
	}
	for i := range notes {
		j.Append(switchboard.Entry{Abuse: &notes[i]})
	}
	j.Append(switchboard.Entry{Transfer: &call.Transfer{Call: "a1", N: 1, Kind: "one_key", By: "8001", ToKind: "emergency", ToKey: "110", At: t0, Result: call.Connected}})
	flush(t, j)
}

func note(id string, c call.ID, act abuse.Act, kind abuse.Kind, after time.Duration) abuse.Entry {
	return abuse.Entry{ID: id, Call: string(c), Agent: "8001", Act: act, Kind: kind, Note: "骂人", At: t0.Add(after)}
}

func TestNumbersWithMarkedCalls(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	slip := note("5", "c1", abuse.Marked, abuse.Silent, 3*time.Hour)
	taken := slip
	taken.Withdrawn = true
	marked(t, s, note("1", "a1", abuse.Marked, abuse.Abusive, 2*time.Minute), note("2", "a1", abuse.Played, "", 2*time.Minute),
		note("3", "a1", abuse.HungUp, abuse.Abusive, 3*time.Minute), note("4", "a2", abuse.Marked, abuse.Vulgar, time.Hour),
		note("4", "a2", abuse.Marked, abuse.Vulgar, time.Hour), slip, taken)

	list, err := s.Offenders(t.Context(), t0, 1, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	o := list[0]
	if o.Number != abuser || o.Calls != 2 || o.Warnings != 1 || o.HangUps != 1 || o.TalkSeconds != 240 || o.Kinds[abuse.Abusive] != 1 || o.Kinds[abuse.Vulgar] != 1 || o.Block != "" {
		t.Errorf("%+v", o)
	}
	if few, _ := s.Offenders(t.Context(), t0, 3, 10); len(few) != 0 {
		t.Errorf("three calls: %+v", few)
	}
	if n, err := s.MarkedCalls(t.Context(), abuser, "a2", t0); n != 1 || err != nil {
		t.Errorf("beside a2: %d %v", n, err)
	}
	if n, err := s.MarkedCalls(t.Context(), citizen, "", t0); n != 0 || err != nil {
		t.Errorf("a slip counts: %d %v", n, err)
	}
	var calls []evidence.Call
	for c, err := range s.MarkedCallsOf(t.Context(), o.Key, time.Time{}, t0.Add(time.Hour*9)) {
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	if len(calls) != 2 || calls[0].ID != "a1" || len(calls[0].Notes) != 3 || calls[0].Notes[0].Note != "骂人" || len(calls[0].HandOvers) != 1 || calls[0].HandOvers[0].Service != "110" {
		t.Errorf("%+v", calls)
	}
	if _, number, err := s.EvidenceOfCall(t.Context(), "a3"); number != abuser || err != nil {
		t.Errorf("a call that was not marked: %q %v", number, err)
	}
	if _, _, err := s.EvidenceOfCall(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such call: %v", err)
	}
	if _, err := s.NumberOf(t.Context(), "'; DROP TABLE call"); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no key: %v", err)
	}
}

func trusts(number string) bool { return number == citizen }

func TestABlockNeedsTwoPeopleAndEvidence(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	marked(t, s, note("1", "a1", abuse.Marked, abuse.Abusive, 0))
	p := store.BlockProposal{Call: "a1", Reason: "四个月内辱骂四十八次", Calls: []string{"a1", "a2", "a1"}, Days: 30, Who: "9001", Trusts: trusts}
	refused := func(what string, change func(*store.BlockProposal), want error) {
		t.Helper()
		other := p
		change(&other)
		if _, err := s.ProposeBlock(t.Context(), other); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	refused("a trusted number", func(p *store.BlockProposal) { p.Call, p.Calls = "c1", []string{"c1"} }, store.ErrTrusted)
	refused("another's call as evidence", func(p *store.BlockProposal) { p.Calls = []string{"c1"} }, store.ErrNotEvidence)
	refused("no such call", func(p *store.BlockProposal) { p.Call = "nobody" }, store.ErrNotFound)
	b, err := s.ProposeBlock(t.Context(), p)
	if err != nil || b.State != blocklist.Proposed || !slices.Equal(b.Calls, []string{"a1", "a2"}) || b.Number != abuser || b.Reason != p.Reason {
		t.Fatalf("%+v %v", b, err)
	}
	refused("twice", func(*store.BlockProposal) {}, store.ErrExists)
	if _, _, err := s.DecideBlock(t.Context(), b.ID, "9001", true, "", trusts); !errors.Is(err, store.ErrSamePerson) {
		t.Errorf("by himself: %v", err)
	}
	if list, _ := s.Blocked(t.Context(), time.Now()); list.Len() != 0 {
		t.Error("a proposal blocks")
	}
	b, _, err = s.DecideBlock(t.Context(), b.ID, "9002", true, "属实", trusts)
	if err != nil || b.State != blocklist.Approved || b.Decision != "属实" || b.Until.Sub(b.DecidedAt) != 30*24*time.Hour {
		t.Fatalf("%+v %v", b, err)
	}
	if _, _, err := s.DecideBlock(t.Context(), b.ID, "9002", false, "", trusts); !errors.Is(err, store.ErrExists) {
		t.Errorf("decided twice: %v", err)
	}
	list, err := s.Blocked(t.Context(), time.Now())
	hash, _ := blocklist.HashOf(storetest.Keys().Hash("number", abuser))
	if id, ok := list.Find(hash, "12345", time.Now()); err != nil || !ok || id != b.ID {
		t.Errorf("%q %t %v", id, ok, err)
	}

	renewed := store.BlockProposal{Entry: b.ID, Reason: "仍在辱骂", Calls: []string{"a3"}, Days: 60, Who: "9002", Trusts: trusts}
	n, err := s.ProposeBlock(t.Context(), renewed)
	if err != nil {
		t.Fatal(err)
	}
	n, replaced, err := s.DecideBlock(t.Context(), n.ID, "9001", true, "", trusts)
	if err != nil || replaced != b.ID || n.State != blocklist.Approved {
		t.Errorf("renewed: %+v, in the place of %q, %v", n, replaced, err)
	}
	if b, _ := s.Block(t.Context(), b.ID); b.State != blocklist.Lifted || b.LiftedBy != "9001" {
		t.Errorf("%+v", b)
	}
	if list, _ := s.Offenders(t.Context(), t0, 1, 10); len(list) != 1 || list[0].Block != "approved" {
		t.Errorf("%+v", list)
	}
	review, err := s.Blocks(t.Context(), "review", time.Now(), time.Now().AddDate(0, 0, 61))
	if err != nil || len(review) != 1 || review[0].ID != n.ID {
		t.Errorf("%+v %v", review, err)
	}
	if n, err = s.LiftBlock(t.Context(), n.ID, "9001", "已悔改"); err != nil || n.LiftedWhy != "已悔改" {
		t.Errorf("%+v %v", n, err)
	}
	if _, err := s.LiftBlock(t.Context(), n.ID, "9001", ""); !errors.Is(err, store.ErrExists) {
		t.Errorf("lifted twice: %v", err)
	}
	over, err := s.Blocks(t.Context(), "over", time.Now(), time.Now())
	if err != nil || len(over) != 2 {
		t.Errorf("%d over, %v", len(over), err)
	}
}

func TestWhatABlockDid(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	marked(t, s)
	b, err := s.ProposeBlock(t.Context(), store.BlockProposal{Call: "a1", Reason: "辱骂", Calls: []string{"a1"}, Days: 1, Who: "9001", Trusts: trusts})
	if err != nil {
		t.Fatal(err)
	}
	j, stop := journal(t, s, t.TempDir(), store.JournalOptions{})
	defer stop()
	for _, h := range []blocklist.Hit{
		{ID: "c9", Entry: b.ID, Channel: blocklist.ByPhone, Call: "c9", At: t0}, {ID: "c9", Entry: b.ID, Channel: blocklist.ByPhone, Call: "c9", At: t0},
		{ID: "w1", Entry: b.ID, Channel: "web", At: t0.Add(time.Hour)},
	} {
		j.Append(switchboard.Entry{Hit: &h})
	}
	flush(t, j)
	list, err := s.Blocks(t.Context(), "proposed", time.Now(), time.Now())
	if err != nil || len(list) != 1 || list[0].ByPhone != 1 || list[0].Online != 1 || !list[0].LastHit.Equal(t0.Add(time.Hour)) {
		t.Errorf("%+v %v", list, err)
	}
}

// A call-back number on the block list is refused: its task is closed with a reason that names the entry.
func TestWhoIsBlockedIsNotCalledBack(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a1", abuser, call.Abandoned, 1, 0, 2)
	d.ended("c1", citizen, call.Abandoned, 1, 0, 2)
	d.policies.BlockList.On = true
	if open := d.gather(3); len(open) != 2 {
		t.Fatalf("%+v", open)
	}
	block := func(id string) store.Block {
		b, err := d.store.ProposeBlock(t.Context(), store.BlockProposal{Call: id, Line: "12333", Reason: "辱骂", Calls: []string{id}, Days: 3650, Who: "9001", Trusts: func(string) bool { return false }})
		if err == nil {
			b, _, err = d.store.DecideBlock(t.Context(), b.ID, "9002", true, "", func(string) bool { return false })
		}
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := block("a1")
	block("c1")
	d.policies.BlockList.Trusted = []string{citizen} // since
	if open := d.gather(4); len(open) != 1 || open[0].ID != "c1" {
		t.Errorf("%+v", open)
	}
	if c := d.wantClosed("a1", store.OutcomeBlocked); !strings.Contains(c.ClosedReason, b.ID) || c.ClosedBy != store.SystemUser {
		t.Errorf("%+v", c)
	}
	d.ended("a2", abuser, call.Abandoned, 5, 0, 6)
	if open := d.gather(7); len(open) != 1 {
		t.Errorf("he calls again: %+v", open)
	}
	d.policies.BlockList.On = false
	d.ended("a3", abuser, call.Abandoned, 8, 0, 9)
	if open := d.gather(10); len(open) != 2 {
		t.Errorf("with the policy off: %+v", open)
	}
}
