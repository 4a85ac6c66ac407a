package e2e

import (
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// A refused call rings at the next agent, and the one who refused is not ready.
func TestRefusedCallGoesToTheNextAgent(t *testing.T) {
	h := theHouse(t)
	const number = "13700000001"
	p := h.atWork(t, "8001") // idle for longest: first in turn
	second := h.staff(t, "8101", agentTone2)
	third := h.staff(t, "8102", agentTone2)

	c := h.dial(t, dialled{line: "12300", number: number})
	p.phase("ringing", patience)
	p.click("refuse")
	until(t, "the reasons are shown", 3*time.Second, func() bool { return p.text("refuse-paperwork") != "" })
	p.picture("13-refuse")
	p.click("refuse-paperwork")
	ring := second.phone.ringing(3 * time.Second)
	p.state("not_ready", 3*time.Second)
	p.shows("state-label", "data-reason", "refused", time.Second)
	p.phase("idle", time.Second)
	p.picture("14-refused")

	// The second refuses too, by his telephone's button.
	ring.reject(486, "Busy Here")
	last := third.phone.ringing(3 * time.Second)
	second.sees("that he refused", func(d switchboard.Desk) bool {
		return d.Agent.State == agent.NotReady && d.Agent.Reason == agent.ReasonRefused && d.Call == nil
	})
	answered := time.Now()
	last.answer()
	t.Logf("the caller hears the third agent after %v", c.hears(t, agentTone2, answered, 3*time.Second))
	third.phone.hears(t, callerTone, answered, 3*time.Second)
	last.hangUp()
	c.gone(3 * time.Second)
	third.finish()
	r := h.record(t, number)
	r.wantResult(t, "answered", "agent", "8102")
	if got, want := h.offers(t, r.ID), "8001 refused/paperwork, 8101 refused, 8102 answered"; got != want {
		t.Errorf("offers: %s, want %s", got, want)
	}
}

// Three calls that ring in vain make an agent not ready; the caller waits on and keeps hearing something.
func TestUnansweredCallGoesOn(t *testing.T) {
	h := ownHouse(t, "HOTLINE_RING_TIMEOUT=2s")
	const number = "13700000002"
	idle := h.present(t, "8101", agentTone)
	c := h.dial(t, dialled{line: "12300", number: number})
	c.hearsMusic(t, c.began, 5*time.Second)
	waiting := time.Now()
	idle.must(switchboard.CmdReady, struct{}{}, "")
	for range agent.MaxNoAnswers {
		ring := idle.phone.ringing(5 * time.Second)
		waitFor(t, "the telephone stops ringing", ring.cancelled, 5*time.Second)
	}
	idle.sees("that he did not answer", func(d switchboard.Desk) bool {
		return d.Agent.State == agent.NotReady && d.Agent.Reason == agent.ReasonNoAnswer && d.Call == nil
	})

	// One whose telephone is not plugged in is found out at the first call.
	absent := h.sit(t, "8103")
	absent.must(switchboard.CmdSignIn, struct{}{}, "")
	absent.must(switchboard.CmdReady, struct{}{}, "")
	absent.sees("that his telephone cannot be reached", func(d switchboard.Desk) bool {
		return d.Agent.State == agent.NotReady && d.Agent.Reason == agent.ReasonUnreachable && d.Call == nil
	})

	other := h.staff(t, "8102", agentTone2)
	ring := other.phone.ringing(3 * time.Second)
	c.onTheLine()
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone2, answered, 3*time.Second)
	c.noLongSilence(t, waiting, time.Now())
	c.hangUp()
	other.finish()
	r := h.record(t, number)
	r.wantResult(t, "answered", "caller", "8102")
	if got, want := h.offers(t, r.ID), "8101 no_answer, 8101 no_answer, 8101 no_answer, 8103 unreachable, 8102 answered"; got != want {
		t.Errorf("offers: %s, want %s", got, want)
	}
}
