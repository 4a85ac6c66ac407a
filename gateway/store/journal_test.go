package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// story is one call with everything the journal can carry.
func story(id call.ID, number string) (store.CallDetail, []switchboard.Entry) {
	at := func(s int) time.Time { return t0.Add(time.Duration(s) * time.Second) }
	d := store.CallDetail{
		Call: call.Record{ID: id, Direction: call.Inbound, Number: number, DNIS: "12333", Line: "人社", Queue: "general", UnknownNo: true,
			Recorded: true, State: call.Ended, Version: 3, ArrivedAt: at(0), AnsweredAt: at(1), QueuedAt: at(2),
			TalkingAt: at(5), EndedAt: at(65), Agent: "8001", Result: call.Answered, EndedBy: call.ByCaller, Recording: "r.wav",
			Pauses:   []call.Span{{From: at(8), To: at(9)}, {From: at(60)}},
			CameFrom: &calldata.Data{CallID: "cz-7", From: "12345 常州", Secret: true, Tags: []string{"急"}}},
		Legs: []call.LegRecord{
			{ID: call.LegID(id), Call: id, Role: call.RoleCaller, CreatedAt: at(0), UpAt: at(1), GoneAt: at(65), Cause: 16,
				Together: []call.Span{{From: at(5), To: at(20)}, {From: at(22), To: at(65)}}},
			{ID: call.LegID(id + ".a1.8001"), Call: id, Role: call.RoleAgent, Agent: "8001", CreatedAt: at(3), UpAt: at(5), GoneAt: at(65), Cause: 16}},
		Changes: []call.Change{{Call: id, Seq: 1, At: at(2), From: call.Greeting, To: call.Waiting, Cause: "greeted"},
			{Call: id, Seq: 2, At: at(5), From: call.Offered, To: call.Talking, Cause: "up"},
			{Call: id, Seq: 3, At: at(65), From: call.Talking, To: call.Ended, Cause: "hangup"}},
		Offers: []call.OfferRecord{{Call: id, N: 1, Agent: "8002", At: at(2), EndedAt: at(3), Outcome: call.OfferRefused, Reason: "busy"},
			{Call: id, N: 2, Agent: "8001", At: at(3), EndedAt: at(5), Outcome: call.OfferAnswered}},
		Disposition: &call.Disposition{Call: id, Agent: "8001", Kind: "complaint", Note: "路灯不亮 🙂", At: at(70)},
	}
	handed, ringing := handOver(id)
	cancelled := call.Transfer{Call: id, N: 2, Kind: call.Consult, By: "8001", ToKind: "agent", ToKey: "8002", Agent: "8002",
		At: at(40), EndedAt: at(45), Result: call.Cancelled}
	d.Transfers = []call.Transfer{handed, cancelled}
	waiting := d.Call
	waiting.State, waiting.Version, waiting.TalkingAt, waiting.EndedAt, waiting.Result = call.Waiting, 1, time.Time{}, time.Time{}, ""
	entries := []switchboard.Entry{{Call: &waiting}, {Call: &d.Call}, {Disposition: d.Disposition}}
	for i := range d.Legs {
		entries = append(entries, switchboard.Entry{Leg: &d.Legs[i]})
	}
	for i := range d.Changes {
		entries = append(entries, switchboard.Entry{Change: &d.Changes[i]})
	}
	for _, one := range []call.Transfer{ringing, cancelled, handed} {
		entries = append(entries, switchboard.Entry{Transfer: &one})
	}
	for i := range d.Offers {
		entries = append(entries, switchboard.Entry{Offer: &d.Offers[i]})
	}
	return d, entries
}

func TestACallComesBackAsItWentIn(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	want, entries := story("hotline-1.1", "13800001111")
	for _, e := range entries {
		j.Append(e)
	}
	j.Append(entries[0]) // an older record comes late, as after a crash
	flush(t, j)
	got, err := s.Call(t.Context(), want.Call.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if j.Pending() != 0 || j.Dropped() != 0 || j.Rejected() != 0 || j.LastError() != nil {
		t.Error(j.Pending(), j.Dropped(), j.Rejected(), j.LastError())
	}
}

func TestAFlushTakesFiftyMillisecondsAtMost(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	j.Append(record("warm.1", 1))
	flush(t, j)
	best := time.Hour
	for n := range 20 {
		began := time.Now()
		j.Append(change("hotline-1.1", n))
		flush(t, j)
		best = min(best, time.Since(began))
	}
	t.Logf("best of 20: %v", best)
	if best > 50*time.Millisecond {
		t.Errorf("took %v at best", best)
	}
}

func TestHostileTextIsStored(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	for name, c := range map[string]struct{ in, want string }{
		"injection": {"'; DROP TABLE call; --", "'; DROP TABLE call; --"},
		"long":      {strings.Repeat("9", 300), strings.Repeat("9", 300)},
		"NUL":       {"138\x0000\x00", "13800"},
		"not UTF-8": {"138\xff\xfe0", "138\uFFFD\uFFFD0"},
		"emoji":     {"📞👨‍👩‍👧", "📞👨‍👩‍👧"},
		"endless":   {strings.Repeat("市", 100_000), strings.Repeat("市", 500)},
	} {
		id := call.ID("hostile." + name)
		j.Append(switchboard.Entry{Call: &call.Record{ID: id, Number: c.in, ArrivedAt: t0}})
		j.Append(switchboard.Entry{Disposition: &call.Disposition{Call: id, Note: strings.Repeat(c.in, 2)}})
		flush(t, j)
		got, err := s.Call(t.Context(), id)
		if err != nil || got.Call.Number != c.want || got.Disposition == nil {
			t.Errorf("%s: %v: %q, %+v", name, err, got.Call.Number, got.Disposition)
		}
	}
	if j.Rejected() != 0 {
		t.Errorf("%d rejected", j.Rejected())
	}
}

func TestARefusedEntryIsSetAsideAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	s, dir := storetest.New(t), t.TempDir()
	var told atomic.Int64
	j, _ := journal(t, s, dir, store.JournalOptions{OnRejected: func() { told.Add(1) }})
	for n := range 100 {
		j.Append(change("hotline-1.1", n))
		if n%25 == 0 {
			j.Append(record("", n)) // an empty id breaks a CHECK
		}
	}
	j.Append(switchboard.Entry{})
	flush(t, j)
	conn := connectTo(t, s)
	if n := one[int](t, conn, "SELECT count(*) FROM call_change"); n != 100 {
		t.Errorf("%d changes stored", n)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "rejected.jsonl"))
	if n := bytes.Count(kept, []byte("\n")); err != nil || n != 5 || j.Rejected() != 5 || told.Load() != 5 {
		t.Errorf("%v: %d kept, %d counted, %d told", err, n, j.Rejected(), told.Load())
	}
	if !bytes.Contains(kept, []byte("call_id_check")) {
		t.Errorf("the reason is missing: %s", kept)
	}
}

func TestAgentChangesOfOneInstantKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), store.Account{AgentNo: "8001", Name: "甲", Roles: []agent.Role{agent.RoleAgent}}, "correct horse battery", false); err != nil {
		t.Fatal(err)
	}
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	for range 50 {
		for _, state := range []agent.State{agent.Reserved, agent.Ready, agent.Reserved, agent.Talking} {
			j.Append(switchboard.Entry{Agent: &agent.Change{Agent: "8001", At: t0, State: state}})
		}
	}
	j.Append(switchboard.Entry{Agent: &agent.Change{Agent: "ghost", At: t0, State: agent.Ready}})
	flush(t, j)
	got, err := s.LastAgentStates(t.Context(), t0)
	want := []store.AgentState{{Change: agent.Change{Agent: "8001", At: t0, State: agent.Talking},
		Profile: agent.Profile{No: "8001", Name: "甲", Phone: agent.PhoneBrowser, Roles: []agent.Role{agent.RoleAgent}}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if n := one[int](t, connectTo(t, s), "SELECT count(*) FROM agent_change"); n != 201 {
		t.Errorf("%d changes", n)
	}
}

func TestAFullSpoolDropsAndSaysSo(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, nowhere)
	var told atomic.Int64
	j, stop := journal(t, s, t.TempDir(), store.JournalOptions{SegmentBytes: 4 << 10, SpoolBytes: 32 << 10,
		OnDropped: func() { told.Add(1) }})
	for n := range 1000 {
		j.Append(change("hotline-1.1", n))
	}
	stop()
	if j.Dropped() == 0 || j.Dropped() != told.Load() || j.Pending()+j.Dropped() != 1000 {
		t.Errorf("%d dropped, %d told, %d pending", j.Dropped(), told.Load(), j.Pending())
	}
	if j.SpoolBytes() > 32<<10 {
		t.Errorf("the spool has %d bytes", j.SpoolBytes())
	}
	j.Append(change("hotline-1.1", 1000))
	if j.Pending()+j.Dropped() != 1001 {
		t.Error("an entry after the end was not counted")
	}
}

func TestAFullQueueDropsAndNeverBlocks(t *testing.T) {
	t.Parallel()
	j, err := store.NewJournal(nil, t.TempDir(), store.JournalOptions{Queue: 10}) // nothing runs
	if err != nil {
		t.Fatal(err)
	}
	for n := range 15 {
		j.Append(change("hotline-1.1", n))
	}
	if j.Dropped() != 5 || j.Pending() != 10 {
		t.Errorf("%d dropped, %d pending", j.Dropped(), j.Pending())
	}
}

func TestASpoolBelongsToOneProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := storetest.New(t)
	_, stop := journal(t, s, dir, store.JournalOptions{})
	if _, err := store.NewJournal(s, dir, store.JournalOptions{}); err == nil {
		t.Error("two journals on one spool")
	}
	stop()
	_, stop = journal(t, s, dir, store.JournalOptions{})
	stop()
}

func TestFlushEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, nowhere)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	j.Append(record("hotline-1.1", 1))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := j.Flush(ctx); err == nil {
		t.Error("flushed to nowhere")
	}
}

func TestAFailingDiskHoldsEntriesInMemory(t *testing.T) {
	t.Parallel()
	s, dir := storetest.New(t), filepath.Join(t.TempDir(), "spool")
	j, _ := journal(t, s, dir, store.JournalOptions{SegmentBytes: 1 << 10})
	j.Append(change("disk.1", 1))
	flush(t, j)
	if err := os.Rename(dir, dir+".away"); err != nil { // no new segment can be made
		t.Fatal(err)
	}
	for n := 2; n <= 100; n++ {
		j.Append(change("disk.1", n))
		time.Sleep(100 * time.Microsecond) // several writes, not one
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	flush(t, j)
	if n := one[int](t, connectTo(t, s), "SELECT count(*) FROM call_change"); n != 100 || j.Dropped() != 0 {
		t.Errorf("%d stored, %d dropped", n, j.Dropped())
	}
}
