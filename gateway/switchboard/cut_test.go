package switchboard_test

import (
	"testing"
	"testing/synctest"

	"hotline/agent"
	"hotline/gateway/call"
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
