package switchboard_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// An Asterisk that is stopped hangs up everybody before it goes: that is no caller's doing.
func TestCallersOfAnAsteriskThatStops(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.caller("c2")
		b.CallerCut("c1")
		b.CallerCut("c2")
		b.ChannelGone("c2", 16) // said twice
		synctest.Wait()
		ended := map[call.ID]call.Record{}
		for _, e := range b.entries {
			if e.Call != nil && e.Call.State == call.Ended {
				ended[e.Call.ID] = *e.Call
			}
		}
		if r := ended["c1"]; r.Result != call.Answered || r.EndedBy != call.BySystem {
			t.Errorf("a conversation ended as %s by %s", r.Result, r.EndedBy)
		}
		if r := ended["c2"]; r.Result != call.LostSystem || r.EndedBy != call.BySystem {
			t.Errorf("a waiting caller ended as %s by %s", r.Result, r.EndedBy)
		}
	})
}

// The screen counts from when a state began: an agent never seen before has been signed out since now, not since the
// year 1.
func TestAnAgentNeverSeenBefore(t *testing.T) {
	play(t, func(b *board) {
		b.Linked(profile("8001"), "s", "page-1", false)
		synctest.Wait()
		if d := b.desk("8001").Agent; d.State != agent.SignedOut || d.Since.IsZero() {
			t.Errorf("he is %s since %v", d.State, d.Since)
		}
	})
}

// A caller leaves while a sweep's census is on its way: the census still lists him, and he must not come back to
// life as a call that nobody can be dialled for.
func TestASweepDoesNotAdoptWhoHasJustLeft(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.census = talking("c1", "8001")
		b.gate = make(chan struct{})
		b.pass(30 * time.Second) // the sweep asks
		b.ChannelGone("c1", 16)
		b.ChannelGone("c1.a1.8001", 16)
		synctest.Wait()
		b.told()
		b.census = switchboard.Census{}
		close(b.gate)
		b.pass(40 * time.Second)
		if b.has("phone:") || len(b.swept) != 0 {
			t.Errorf("the dead call was dealt with: %v, swept %v", b.told(), b.swept)
		}
	})
}

// A caller whose channel is gone is found out by the dialling for him; his agents are not blamed.
func TestDiallingForACallerWhoIsGoneEndsHisCall(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.caller("c1")
		b.Failed("c1", call.Command{Verb: call.Originate, Leg: "c1.a1.8001"}, true)
		synctest.Wait()
		if b.results()["c1"] != call.Abandoned || b.state("8001") != agent.Ready {
			t.Errorf("call %v, agent %s", b.results(), b.state("8001"))
		}
	})
}

// An agent's page is left in a call: the caller hears at once that he should wait, and the page's next load gets him.
func TestAPageThatIsLeftInACall(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.told()
		b.Unlinked("8001", "session-8001", true)
		synctest.Wait()
		if !b.has("phone: play leg=c1 playback=c1.p1 media=please_wait") || b.phase("8001") != "reconnecting" {
			t.Fatalf("%s, told %v", b.phase("8001"), b.told())
		}
		b.Linked(profile("8001"), "session-2", "page-2", false)
		b.must("8001", switchboard.CmdRegistered, "", nil)
		leg := "c1.a3.8001"
		b.ChannelUp(leg)
		b.ChannelEntered(leg, switchboard.Channel{Up: true})
		synctest.Wait()
		if b.phase("8001") != "talking" || !b.has("phone: join leg="+leg) {
			t.Errorf("%s, told %v", b.phase("8001"), b.told())
		}
	})
}

// The page is loaded anew while the caller is on hold: afterwards the two talk, and the agent is shown talking.
func TestAPageThatIsLeftDuringAHold(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdHold, "c1", nil)
		b.Unlinked("8001", "session-8001", true)
		b.Linked(profile("8001"), "session-2", "page-2", false)
		if code := b.do("8001", switchboard.CmdResume, "c1", nil); code != switchboard.CodeWrongState {
			t.Errorf("resume while the leg is replaced: %q", code)
		}
		b.must("8001", switchboard.CmdRegistered, "", nil)
		leg := "c1.a3.8001"
		b.ChannelUp(leg)
		b.ChannelEntered(leg, switchboard.Channel{Up: true})
		synctest.Wait()
		if b.phase("8001") != "talking" || b.state("8001") != agent.Talking {
			t.Errorf("call %s, agent %s", b.phase("8001"), b.state("8001"))
		}
		b.must("8001", switchboard.CmdHold, "c1", nil)
	})
}
