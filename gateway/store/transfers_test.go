package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// handOver is a transfer to 110 that was answered and is over, and the same while it still rings.
func handOver(id call.ID) (over, ringing call.Transfer) {
	at := func(s int) time.Time { return t0.Add(time.Duration(s) * time.Second) }
	over = call.Transfer{
		Call: id, N: 1, Kind: call.OneKey, By: "8001", ToKind: "emergency", ToKey: "110", Title: "公安 110", Reason: "家暴",
		Routes: []string{"PJSIP/110@police", "PJSIP/110@city"}, Tried: 2, Leg: call.LegID(id + ".t2.110"), At: at(20),
		RingingAt: at(21), AnsweredAt: at(26), HandedAt: at(30), EndedAt: at(60), Result: call.Connected, Why: call.Reach("busy"),
	}
	ringing = over
	ringing.AnsweredAt, ringing.HandedAt, ringing.EndedAt, ringing.Result = time.Time{}, time.Time{}, time.Time{}, ""
	return over, ringing
}

func deed(id string) switchboard.Entry {
	return switchboard.Entry{Deed: &switchboard.Deed{ID: id, At: t0, Who: "8001", Action: "transfer.one_key", Object: "hotline-1.1",
		Detail: map[string]any{"reason": "家\x00暴", "routes": []string{"PJSIP/110@police"}}}}
}

func TestATransferNeverLosesItsEnd(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	over, ringing := handOver("open.1")
	out := over
	out.HandedAt, out.EndedAt, out.Aside = time.Time{}, time.Time{}, true
	j.Append(record("open.1", 1))
	for _, step := range []struct{ write, want call.Transfer }{
		{ringing, ringing}, {out, out}, {over, over}, {ringing, over}, {out, over},
	} {
		j.Append(switchboard.Entry{Transfer: &step.write})
		flush(t, j)
		open, err := s.OpenCalls(t.Context())
		if err != nil || len(open) != 1 {
			t.Fatal(err, open)
		}
		if diff := cmp.Diff([]call.Transfer{step.want}, open[0].Transfers); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatALaterWriteDoesNotSayIsKept(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	r := record("open.1", 1)
	r.Call.CameFrom = &calldata.Data{CallID: "cz-7", From: "12345 常州", Note: "路\x00灯", Tags: []string{"急"}}
	l := call.LegRecord{ID: "open.1", Call: "open.1", Role: call.RoleCaller, CreatedAt: t0,
		Together: []call.Span{{From: t0, To: t0.Add(time.Second)}, {From: t0.Add(2 * time.Second)}}}
	bare := l
	bare.Together, bare.GoneAt = nil, t0.Add(time.Minute)
	for _, e := range []switchboard.Entry{r, {Leg: &l}, record("open.1", 2), {Leg: &bare}} {
		j.Append(e)
		flush(t, j)
	}
	open, err := s.OpenCalls(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatal(err, open)
	}
	from := *r.Call.CameFrom
	from.Note = "路灯"
	if diff := cmp.Diff(&from, open[0].Call.CameFrom); diff != "" || open[0].Call.Version != 2 {
		t.Error(open[0].Call.Version, diff)
	}
	l.GoneAt = bare.GoneAt
	if diff := cmp.Diff([]call.LegRecord{l}, open[0].Legs); diff != "" {
		t.Error(diff)
	}
	if still := one[int](t, connectTo(t, s), "SELECT count(*) FROM call_leg WHERE together->1->'to' = 'null'"); still != 1 {
		t.Error("the time of a span that did not come is not null in the table")
	}
}

func TestADeedThatIsWrittenTwiceIsOneRow(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	if err := s.Audit(t.Context(), store.AuditEntry{Who: "9001", Action: "call.view", Object: "hotline-1.1"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"d1", "d2", "d1"} {
		j.Append(deed(id))
		flush(t, j)
	}
	if err := s.Audit(t.Context(), store.AuditEntry{Who: "9001", Action: "call.view", Object: "hotline-1.1"}); err != nil {
		t.Fatal(err) // those beside the journal are as many as they are
	}
	want := store.AuditEntry{Who: "8001", Action: "transfer.one_key", Object: "hotline-1.1",
		Detail: map[string]any{"reason": "家暴", "routes": []any{"PJSIP/110@police"}}}
	got, err := s.AuditLog(t.Context(), "hotline-1.1", "8001", 10)
	if diff := cmp.Diff([]store.AuditEntry{want, want}, got, cmpopts.IgnoreFields(store.AuditEntry{}, "At")); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if all, err := s.AuditLog(t.Context(), "", "", 10); len(all) != 4 || err != nil {
		t.Error(err, len(all))
	}
	if j.Rejected() != 0 || !got[0].At.Equal(t0) {
		t.Error(j.Rejected(), got[0].At)
	}
	if _, err := connectTo(t, s).Exec(t.Context(), "UPDATE audit SET journal = NULL"); err == nil {
		t.Error("the audit can be changed")
	}
}

func TestARefusedTransferOrDeedIsSetAside(t *testing.T) {
	t.Parallel()
	s, dir := storetest.New(t), t.TempDir()
	j, _ := journal(t, s, dir, store.JournalOptions{})
	over, _ := handOver("hotline-1.1")
	nobodys, nameless, timeless := over, deed("d1"), deed("d2")
	nobodys.Call = ""
	nameless.Deed.Action = ""
	timeless.Deed.At = time.Time{}
	unwritable := deed("d3")
	unwritable.Deed.Detail["f"] = func() {}
	for _, e := range []switchboard.Entry{{Transfer: &nobodys}, nameless, timeless, unwritable, {Transfer: &over}, deed("d4")} {
		j.Append(e)
	}
	flush(t, j)
	conn := connectTo(t, s)
	if n := one[int](t, conn, "SELECT count(*) FROM call_transfer"); n != 1 {
		t.Errorf("%d transfers", n)
	}
	if n := one[string](t, conn, "SELECT string_agg(journal, ' ') FROM audit"); n != "d4" {
		t.Errorf("deeds %s", n)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "rejected.jsonl"))
	if n := bytes.Count(kept, []byte("\n")); err != nil || n != 4 || j.Rejected() != 4 {
		t.Errorf("%v: %d kept, %d counted", err, n, j.Rejected())
	}
	for _, why := range []string{"call_transfer_call_check", "audit_action_check", "unsupported type"} {
		if !strings.Contains(string(kept), why) {
			t.Errorf("no %s in %s", why, kept)
		}
	}
}

func TestAnEmergencyInAnOutageIsKept(t *testing.T) {
	t.Parallel()
	server := storetest.Server(t)
	s := storetest.Open(t, server.DSN())
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	j.Append(record("hotline-1.1", 1))
	flush(t, j)
	server.Stop()
	over, ringing := handOver("hotline-1.1")
	j.Append(switchboard.Entry{Transfer: &ringing})
	j.Append(deed("d1"))
	j.Append(switchboard.Entry{Transfer: &over})
	eventually(t, func() bool { return j.LastError() != nil })
	server.Start()
	flush(t, j)
	d, err := s.Call(t.Context(), "hotline-1.1")
	if diff := cmp.Diff([]call.Transfer{over}, d.Transfers); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if log, err := s.AuditLog(t.Context(), "hotline-1.1", "8001", 10); len(log) != 1 || err != nil {
		t.Error(err, log)
	}
}
