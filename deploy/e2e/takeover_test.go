package e2e

import (
	"testing"
	"time"
)

// An agent who signs in at a second place takes his work along, also out of a call; the first place says so.
func TestSecondPlaceTakesOver(t *testing.T) {
	h := theHouse(t)
	const number = "13300000001"
	first := h.atWork(t, "8001")
	c := h.dial(t, dialled{line: "12300", number: number})
	first.phase("ringing", patience)
	answered := time.Now()
	first.click("answer")
	conversation(t, first, c, answered)

	second := h.newPage(t, "8001")
	second.login()
	moved := time.Now()
	first.shows("taken-over", "data-why", "taken", patience)
	first.picture("20-taken-over")
	second.phase("talking", patience)
	second.hears(callerTone, patience)
	t.Logf("the call is at the second place %v after signing in there", time.Since(moved).Round(time.Millisecond))
	c.hears(t, agentTone, time.Now(), 3*time.Second)
	c.noLongSilence(t, moved, time.Now())
	second.picture("21-second-place")
	if first.hearing(callerTone) {
		t.Error("the first place still hears the caller")
	}
	second.click("hangup")
	c.gone(3 * time.Second)
	second.click("disposition-suggestion")
	second.click("wrap-finish")
	second.state("ready", patience)

	// And back again, to take the next call.
	first.click("take-back")
	second.shows("taken-over", "data-why", "taken", patience)
	first.state("ready", patience)
	first.shows("phone-health", "data-state", "ok", patience)
	again := h.dial(t, dialled{line: "12300", number: number})
	first.phase("ringing", patience)
	answered = time.Now()
	first.click("answer")
	conversation(t, first, again, answered)
	again.hangUp()
	first.phase("wrap_up", patience)
	first.click("disposition-suggestion")
	first.click("wrap-finish")
	first.state("ready", patience)
	h.record(t, number).wantResult(t, "answered", "caller", "8001")
}
