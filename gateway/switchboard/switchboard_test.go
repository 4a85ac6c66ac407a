package switchboard_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

func TestAWholeCall(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.told()
		b.ChannelEntered("c1", switchboard.Channel{Inbound: true, Number: "+8613800001234", DNIS: "12345"})
		b.ChannelUp("c1")
		b.pass(5 * time.Second)
		b.PlaybackEnded("c1", "c1.p1", false)
		synctest.Wait()
		leg := "c1.a1.8001"
		b.pass(2 * time.Second)
		b.Done("c1", call.Command{Verb: call.MakeBridge})
		b.ChannelUp(leg)
		b.ChannelEntered(leg, switchboard.Channel{Up: true})
		b.pass(10 * time.Second)
		b.must("8001", switchboard.CmdHold, "c1", nil)
		b.must("8001", switchboard.CmdResume, "c1", nil)
		b.must("8001", switchboard.CmdMute, "c1", switchboard.MuteArgs{On: true})
		b.must("8001", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{Note: "路灯"})
		b.must("8001", switchboard.CmdHangUp, "c1", nil)
		b.ChannelGone("c1", 16)
		b.ChannelGone(leg, 16)
		b.ChannelGone(leg, 16) // said twice
		b.pass(5 * time.Second)
		b.must("8001", switchboard.CmdFinish, "c1", switchboard.WrapUpArgs{Disposition: "help", Note: "路灯"})
		golden(t, "testdata/whole_call.txt", b.told())
		if r := b.results(); r["c1"] != call.Answered {
			t.Errorf("result %q", r["c1"])
		}
		last := b.entries[len(b.entries)-2]
		if d := last.Disposition; d == nil || d.Kind != "help" || d.Note != "路灯" || d.Agent != "8001" {
			t.Errorf("the disposition was not kept: %+v", last)
		}
		if today := b.desk("8001").Today; today.Answered != 4 || today.TalkSeconds != 610 {
			t.Errorf("today: %+v", today)
		}
	})
}

var update = flag.Bool("update", false, "write what the story produces into testdata")

// golden compares what the surroundings were told with a file.
func golden(t *testing.T, path string, got []string) {
	t.Helper()
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("the story goes differently (-want +got; -update to take it):\n%s", diff)
	}
}

// Whatever happens, an agent's screen is on its way before his telephone rings.
func TestTheScreenComesBeforeTheTelephone(t *testing.T) {
	play(t, func(b *board) {
		for n := range 20 {
			no, id := fmt.Sprint(8000+n), fmt.Sprint("c", n)
			if n%2 == 0 {
				b.ready(no)
				b.caller(id)
			} else {
				b.caller(id)
				b.ready(no)
			}
			screen, rings := b.find("screen "+no+": call.ringing"), b.find("leg="+id+".a1."+no+" endpoint=")
			if screen < 0 || rings < 0 || screen > rings {
				t.Fatalf("call %s: screen at %d, telephone at %d: %v", id, screen, rings, b.told())
			}
		}
	})
}

func TestWhoWaitedLongestGetsWhoIsIdleLongest(t *testing.T) {
	play(t, func(b *board) {
		for _, id := range []string{"c1", "c2", "c3"} {
			b.caller(id)
			b.pass(time.Second)
		}
		for i, no := range []string{"8001", "8002"} {
			b.ready(no)
			if c := b.desk(no).Call; c == nil || string(c.ID) != fmt.Sprint("c", i+1) {
				t.Errorf("agent %s has %+v", no, c)
			}
		}
		b.pass(time.Second)
		if q := b.ticks["queue"].(switchboard.QueueTick); q.Waiting != 1 || q.Busy != 2 || q.LongestSince == nil {
			t.Errorf("queue: %+v", q)
		}
		b.ChannelGone("c2", 16) // leaves as it rings: the agent is free for the next at once
		synctest.Wait()
		if c := b.desk("8002").Call; c == nil || c.ID != "c3" {
			t.Errorf("agent 8002 has %+v", c)
		}
	})
}

func TestThreeUnansweredOffersMakeNotReady(t *testing.T) {
	play(t, func(b *board) {
		b.unswept()
		b.ready("8001")
		for n := range 3 {
			id := fmt.Sprint("c", n)
			b.caller(id)
			if b.state("8001") != agent.Reserved {
				t.Fatalf("offer %d: %s", n+1, b.state("8001"))
			}
			b.ChannelGone(id, 16)
			b.pass(time.Second)
		}
		if b.state("8001") != agent.Ready {
			t.Fatalf("callers who left are not his fault: %s", b.state("8001"))
		}
		b.caller("c9")
		b.pass(3*ringTimeout + time.Second) // the same caller rings thrice
		if d := b.desk("8001").Agent; d.State != agent.NotReady || d.Reason != agent.ReasonNoAnswer {
			t.Errorf("after three: %s %q", d.State, d.Reason)
		}
		b.pass(ringTimeout)
		if b.phase("8001") != "none" {
			t.Error("and still offered")
		}
		b.ready("8002")
		if c := b.desk("8002").Call; c == nil || c.ID != "c9" {
			t.Error("the caller lost his place")
		}
	})
}

func TestCommandsAreRefusedWithTheirCode(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8002")
		b.must("8002", switchboard.CmdNotReady, "", switchboard.NotReadyArgs{Reason: "training"})
		b.connected("c1", "8001")
		long := strings.Repeat("长", 33)
		for _, c := range []struct {
			no, name, id string
			args         any
			want         switchboard.Code
		}{
			{"8001", "call.explode", "c1", nil, switchboard.CodeUnknownCommand},
			{"8001", "", "", nil, switchboard.CodeUnknownCommand},
			{"9999", switchboard.CmdReady, "", nil, switchboard.CodeNotSignedIn},
			{"8002", switchboard.CmdHangUp, "c1", nil, switchboard.CodeNoSuchCall}, // not his
			{"8002", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{}, switchboard.CodeNoSuchCall},
			{"8001", switchboard.CmdHangUp, "c2", nil, switchboard.CodeNoSuchCall}, // never was
			{"8001", switchboard.CmdHold, "", nil, switchboard.CodeNoSuchCall},
			{"8001", switchboard.CmdSignOut, "", nil, switchboard.CodeWrongState},
			{"8001", switchboard.CmdResume, "c1", nil, switchboard.CodeWrongState},
			{"8001", switchboard.CmdRefuse, "c1", nil, switchboard.CodeWrongState},
			{"8001", switchboard.CmdFinish, "c1", switchboard.WrapUpArgs{Disposition: "help"}, switchboard.CodeWrongState},
			{"8001", switchboard.CmdNotReady, "", nil, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdNotReady, "", switchboard.NotReadyArgs{Reason: long}, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdRest, "", switchboard.RestArgs{Minutes: 0}, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdRest, "", switchboard.RestArgs{Minutes: 121}, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdRest, "", `{"minutes":1e99}`, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdMute, "c1", `[]`, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdMute, "c1", `{"on":"yes"}`, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdMute, "c1", ``, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdRefuse, "c1", switchboard.RefuseArgs{Reason: long}, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{Disposition: "nonsense"}, switchboard.CodeBadRequest},
			{"8001", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{Note: strings.Repeat("长", 10_001)}, switchboard.CodeBadRequest},
		} {
			b.told()
			if got := b.do(c.no, c.name, c.id, c.args); got != c.want {
				t.Errorf("%s %s %s %v: %q, want %q", c.no, c.name, c.id, c.args, got, c.want)
			}
			if told := b.told(); len(told) > 0 {
				t.Errorf("%s was refused and yet did %v", c.name, told)
			}
		}
		if code := b.send(switchboard.Command{Agent: "8001", Name: switchboard.CmdHold, Call: "c1", Ver: 1}, nil); code != switchboard.CodeCallMovedOn {
			t.Errorf("an old screen: %q", code)
		}
		if code := b.send(switchboard.Command{Agent: "8001", Name: switchboard.CmdHold, Call: "c1", Ver: b.desk("8001").Call.Ver}, nil); code != "" {
			t.Errorf("the newest screen: %q", code)
		}
		b.LinkDown()
		if code := b.do("8001", switchboard.CmdResume, "c1", nil); code != switchboard.CodeUnavailable {
			t.Errorf("without Asterisk: %q", code)
		}
		b.must("8001", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{Note: "still written down"})
		b.census = talking("c1", "8001")
		b.LinkUp(b.ctx)
		synctest.Wait()
		b.must("8001", switchboard.CmdHangUp, "c1", nil)
		if code := b.do("8001", switchboard.CmdHold, "c1", nil); code == "" { // over
			t.Error("held a call that was over")
		}
		if code := b.do("8001", switchboard.CmdFinish, "c1", switchboard.WrapUpArgs{}); code != switchboard.CodeBadRequest {
			t.Errorf("finished without a disposition: %q", code)
		}
	})
}

// talking is a census of one call in conversation.
func talking(id, no string) switchboard.Census {
	leg := id + ".a1." + no
	return switchboard.Census{
		Channels: map[string]switchboard.Channel{
			id: {Up: true, Inbound: true, Number: "13800001234", DNIS: "12333"}, leg: {Up: true},
		},
		Bridges: map[string][]string{id + ".b": {id, leg}},
	}
}

func TestRefusing(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.caller("c1")
		b.must("8001", switchboard.CmdRefuse, "c1", switchboard.RefuseArgs{Reason: "ill"})
		if d := b.desk("8001"); d.Agent.State != agent.NotReady || d.Agent.Reason != agent.ReasonRefused || d.Call != nil {
			t.Errorf("after refusing: %+v", d.Agent)
		}
		b.must("8001", switchboard.CmdReady, "", nil)
		if b.phase("8001") != "ringing" {
			t.Error("ready again, and the waiting caller is not offered")
		}
	})
}

func TestWrapUpEndsByItself(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdRest, "", switchboard.RestArgs{Reason: "lunch", Minutes: 30})
		if d := b.desk("8001").Agent; d.Next != agent.Rest || d.NextReason != "lunch" {
			t.Errorf("asked for in the call: %+v", d)
		}
		b.ChannelGone("c1", 16)
		synctest.Wait()
		if b.state("8001") != agent.WrapUp || b.phase("8001") != "wrap_up" {
			t.Fatalf("after the call: %s, %s", b.state("8001"), b.phase("8001"))
		}
		b.pass(wrapUp - time.Second)
		if b.state("8001") != agent.WrapUp {
			t.Error("too early")
		}
		b.told()
		b.pass(2 * time.Second)
		if b.state("8001") != agent.Rest || b.phase("8001") != "none" || !b.has("wrap_up.ended") {
			t.Errorf("after wrap-up: %s, %s, %v", b.state("8001"), b.phase("8001"), b.told())
		}
	})
}

func TestAnEmptyDeskIsSignedOutButNeverInACall(t *testing.T) {
	play(t, func(b *board) {
		b.unswept()
		b.connected("c1", "8001")
		b.ready("8002")
		b.Unlinked("8001", "session-8001", false)
		b.Unlinked("8002", "another session", false) // an old one ends late
		b.Unlinked("8002", "session-8002", false)
		b.pass(agent.LinkGrace - time.Second)
		b.caller("c2")
		if b.phase("8002") != "none" {
			t.Error("a call was offered to an empty desk")
		}
		b.pass(2 * time.Second)
		if b.state("8002") != agent.SignedOut {
			t.Errorf("an empty desk is %s", b.state("8002"))
		}
		b.pass(time.Hour)
		b.Linked(profile("8001"), "session-2", "page-2", false)
		synctest.Wait()
		if d := b.desk("8001"); d.Agent.State != agent.Talking || d.Call == nil || d.Call.ID != "c1" {
			t.Errorf("back in his call: %+v", d)
		}
		b.told()
		b.must("8001", switchboard.CmdRegistered, "", nil) // a new page: its telephone is dialled instead of the old
		if !b.has("leg=c1.a2.8001 endpoint=") || !b.has("X-Hotline-Auto-Answer=1") || b.phase("8001") != "reconnecting" {
			t.Errorf("a page loaded anew: %v", b.told())
		}
	})
}

func TestHistoryMayComeLateOrNever(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer error
		late   time.Duration
		want   string
	}{
		"late":   {nil, time.Second, "ready"},
		"failed": {errors.New("no database"), 0, "unavailable"},
		"never":  {nil, time.Hour, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(b *board) {
				b.historyBy = make(chan error, 1)
				b.earlier = []switchboard.EarlierCall{{ID: "old", Agent: "8007", Result: call.Answered}}
				b.ready("8001")
				b.caller("c1")
				if d := b.desk("8001").Call; d == nil || d.HistoryState != "loading" {
					t.Fatalf("rings without waiting for it: %+v", d)
				}
				if c.late < time.Minute {
					b.pass(c.late)
					b.historyBy <- c.answer
				}
				b.pass(3 * time.Second)
				d := b.desk("8001").Call
				if d.HistoryState != c.want || (c.want == "ready") != (len(d.History) == 1) {
					t.Errorf("history is %s: %v", d.HistoryState, d.History)
				}
				if !b.has("call.history") {
					t.Error("the screen was not told")
				}
			})
		})
	}
}

func TestAWithheldNumberHasNoHistory(t *testing.T) {
	play(t, func(b *board) {
		b.historyBy = make(chan error)
		b.ready("8001")
		b.ChannelEntered("c1", switchboard.Channel{Inbound: true, Number: "'; DROP TABLE call", DNIS: "12333"})
		synctest.Wait()
		if d := b.desk("8001").Call; d.Number != "" || d.NumberKind != "withheld" || d.HistoryState != "ready" {
			t.Errorf("%+v", d)
		}
	})
}

// ---- after a gap

func TestCallersOfAnEarlierRunAreAdopted(t *testing.T) {
	t.Parallel()
	playFrom(t, nil, func(b *board) {
		b.census = talking("c1", "8001")
		b.census.Channels["c2"] = switchboard.Channel{Up: true, Inbound: true, DNIS: "12333"} // waits
		b.census.Channels["c3"] = switchboard.Channel{Inbound: true, DNIS: "12333"}           // just came
		b.census.Channels["c4.a1.8003"] = switchboard.Channel{Up: true}                       // its caller is gone
		b.census.Channels["c5"] = switchboard.Channel{Up: true}                               // somebody else's
		b.census.Bridges["c6.b"], b.census.Bridges["conference"] = nil, []string{"c5"}        // ours, not ours
		b.census.Endpoints = map[string]bool{"8001": true}
		b.Linked(profile("8001"), "s", "page-1", false)
		b.LinkUp(b.ctx)
		synctest.Wait()
		for text, want := range map[string]bool{
			"phone: hang_up leg=c4.a1.8003": true, "phone: drop_bridge leg=c6 bridge=c6.b": true,
			"leg=c5": false, "conference": false, "hang_up leg=c1": false, "hang_up leg=c2": false, "phone: start_music leg=c2": true,
		} {
			if b.has(text) != want {
				t.Errorf("%q: want %v in %v", text, want, b.trace)
			}
		}
		if !slices.Contains(b.swept, "channel") || !slices.Contains(b.swept, "bridge") || len(b.swept) != 2 {
			t.Errorf("swept: %v", b.swept)
		}
		b.must("8001", switchboard.CmdSignIn, "", nil)
		b.pass(31 * time.Second) // the next sweep finds him in his call
		if d := b.desk("8001"); d.Agent.State != agent.Talking || d.Call == nil || d.Call.ID != "c1" {
			t.Errorf("8001: %+v", d)
		}
		b.ready("8002")
		if c := b.desk("8002").Call; c == nil || (c.ID != "c2" && c.ID != "c3") {
			t.Errorf("the adopted callers are not served: %+v", c)
		}
		if err := b.Synced(b.ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatHappensWhileInStepIsAwaitedComesAfter(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.LinkDown()
		b.gate = make(chan struct{})
		b.census = talking("c1", "8001")
		b.LinkUp(b.ctx)
		b.told()
		b.caller("c2")
		b.ChannelGone("c1", 16)
		synctest.Wait()
		if err := b.Synced(b.ctx); !errors.Is(err, switchboard.ErrNoLink) {
			t.Errorf("in step before the census: %v", err)
		}
		if told := b.told(); len(told) != 0 {
			t.Errorf("acted before the census: %v", told)
		}
		close(b.gate)
		synctest.Wait()
		if b.state("8001") != agent.WrapUp || b.results()["c1"] != call.Answered {
			t.Errorf("the hang-up was lost: %s, %v", b.state("8001"), b.results())
		}
		b.must("8001", switchboard.CmdFinish, "c1", switchboard.WrapUpArgs{Disposition: "help"})
		if c := b.desk("8001").Call; c == nil || c.ID != "c2" {
			t.Errorf("the caller who came meanwhile was lost: %+v", c)
		}
	})
}

func TestWhatWasMissedInTheGapIsMadeUpFor(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.ready("8002")
		b.caller("c2") // rings at 8002
		b.ready("8003")
		b.caller("c3") // rings at 8003
		b.LinkDown()
		b.census = talking("c3", "8003") // answered meanwhile; c1 and c2 are gone
		b.LinkUp(b.ctx)
		synctest.Wait()
		if r := b.results(); r["c1"] != call.Answered || r["c2"] != call.Abandoned {
			t.Errorf("results: %v", r)
		}
		for no, want := range map[string]agent.State{"8001": agent.WrapUp, "8002": agent.Ready, "8003": agent.Talking} {
			if b.state(no) != want {
				t.Errorf("%s is %s, want %s", no, b.state(no), want)
			}
		}
	})
}

func TestACensusThatFailsIsTakenAgain(t *testing.T) {
	t.Parallel()
	playFrom(t, nil, func(b *board) {
		b.censusErr = errors.New("busy")
		b.LinkUp(b.ctx)
		b.pass(3 * time.Second)
		if err := b.Synced(b.ctx); err == nil || b.censuses < 3 {
			t.Errorf("after %d failures: %v", b.censuses, err)
		}
		b.mu.Lock()
		b.censusErr = nil
		b.mu.Unlock()
		b.pass(2 * time.Second)
		if err := b.Synced(b.ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestADeskTelephoneIsLookedForAtOnce(t *testing.T) {
	play(t, func(b *board) {
		b.mu.Lock()
		b.census = switchboard.Census{Endpoints: map[string]bool{"8101": true}}
		b.mu.Unlock()
		b.Linked(agent.Profile{No: "8101", Name: "乙", Phone: agent.PhoneDesk, Roles: []agent.Role{agent.RoleAgent}}, "session-8101", "page-1", false)
		synctest.Wait()
		if !b.desk("8101").Agent.PhoneOK || b.censuses != 2 {
			t.Errorf("after %d censuses his telephone is %v", b.censuses, b.desk("8101").Agent.PhoneOK)
		}
		b.must("8101", switchboard.CmdSignIn, "", nil)
		b.ready("8001") // whose page tells
		if b.censuses != 2 {
			t.Errorf("%d censuses for telephones that are known", b.censuses)
		}
	})
}

func TestTheSweepRemovesWhatHasNoOwner(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.mu.Lock()
		b.census = talking("c1", "8001")
		b.census.Channels["c9.a1.8009"] = switchboard.Channel{Up: true}
		b.mu.Unlock()
		b.told()
		b.pass(time.Minute)
		if !b.has("phone: hang_up leg=c9.a1.8009") {
			t.Errorf("a ghost goes on talking: %v", b.told())
		}
		if b.phase("8001") != "talking" {
			t.Error("a good call was disturbed")
		}
		b.mu.Lock()
		b.census = switchboard.Census{} // the caller vanished without an event
		b.mu.Unlock()
		b.pass(time.Minute)
		if b.state("8001") == agent.Talking || b.results()["c1"] != call.Answered {
			t.Errorf("a call without channels goes on: %s, %v", b.state("8001"), b.results())
		}
	})
}

func TestAnEarlierRunIsTakenUp(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	restore := func(b *board) {
		open := switchboard.OpenCall{
			Call: call.Record{ID: "c1", Number: "13800001234", DNIS: "12333", Line: "人社", Queue: "social", State: call.Talking,
				Version: 5, ArrivedAt: began, AnsweredAt: began, QueuedAt: began, TalkingAt: began, Agent: "8001"},
			Legs: []call.LegRecord{
				{ID: "c1", Call: "c1", Role: call.RoleCaller, CreatedAt: began, UpAt: began},
				{ID: "c1.a1.8001", Call: "c1", Role: call.RoleAgent, Agent: "8001", CreatedAt: began, UpAt: began},
			},
			Disposition: &call.Disposition{Kind: "help", Note: "half a note"},
		}
		b.Restore(time.Now(), []switchboard.OpenCall{open}, []switchboard.LastState{
			{Change: agent.Change{Agent: "8001", State: agent.Talking, Call: "c1", At: began}, Profile: profile("8001")},
		})
		b.census = talking("c1", "8001")
	}
	playFrom(t, restore, func(b *board) {
		b.LinkUp(b.ctx)
		synctest.Wait()
		b.Linked(profile("8001"), "s", "page-1", true)
		synctest.Wait()
		d := b.desk("8001")
		if d.Agent.State != agent.Talking || d.Call == nil || d.Call.Note != "half a note" || d.Call.Phase != "talking" {
			t.Errorf("the desk after a restart: %+v", d)
		}
		for _, line := range b.told() {
			if strings.Contains(line, "hang_up") {
				t.Errorf("a restart hung up: %s", line)
			}
		}
	})
}

func TestTheLoopAnswersWhileItLives(t *testing.T) {
	play(t, func(b *board) {
		if err := b.Alive(b.ctx); err != nil {
			t.Error(err)
		}
		b.pass(2 * time.Second)
		if link := b.ticks["link"].(switchboard.LinkTick); !link.Asterisk {
			t.Error("consoles are told that Asterisk is away")
		}
	})
}
