package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hotline/gateway/switchboard"
)

// F5 in a call: the caller stays, hears that he is to wait, and has the same agent back within five seconds.
func TestPageReloadedInACall(t *testing.T) {
	h := theHouse(t)
	const number = "13600000001"
	p := h.atWork(t, "8001")
	c := h.dial(t, dialled{line: "12345", number: number})
	p.phase("ringing", 30*time.Second)
	answered := time.Now()
	p.click("answer")
	conversation(t, p, c, answered)
	p.fill("note", "还没写完")

	pressed := time.Now()
	p.do("reload", chromedp.Reload())
	back := p.phase("talking", 10*time.Second)
	p.picture("15-reloaded")
	p.hears(callerTone, 10*time.Second)
	agentBack := time.Since(pressed)
	until(t, "the caller hears the agent again", 10*time.Second, func() bool {
		w := c.heard(time.Now().Add(-4*windowLength), time.Now().Add(-windowLength))
		return w[0].is(agentTone) && w[1].is(agentTone) && w[2].is(agentTone)
	}, func() string { return c.summary(pressed, time.Now()) })
	callerBack := time.Since(pressed) - 4*windowLength
	t.Logf("same call on the page %v after it was loaded, sound back for the agent after %v, for the caller after %v; meanwhile he heard %s",
		back, agentBack, callerBack, c.summary(pressed, time.Now()))
	if agentBack > 5*time.Second || callerBack > 5*time.Second {
		t.Error("that is more than five seconds")
	}
	if silence := c.longestSilence(pressed, time.Now()); silence > time.Second {
		t.Errorf("the caller heard nothing for %v", silence)
	}
	c.onTheLine()
	if note := p.text("note"); note != "还没写完" {
		t.Errorf("of the note is left: %q", note)
	}
	p.shows("sound-banner", "role", "", time.Second)
	p.picture("16-reloaded-talking")

	p.click("hangup")
	c.gone(3 * time.Second)
	p.click("disposition-consultation")
	p.click("wrap-finish")
	p.state("ready", patience)
	r := h.record(t, number)
	r.wantResult(t, "answered", "agent", "8001")
	if got, want := h.changes(t, r.ID), "waiting offered talking reconnecting talking ended"; got != want {
		t.Errorf("the call was %s, want %s", got, want)
	}
}

// The agent's computer dies in a call: the caller is told to wait within seconds, and when the agent does not come
// back he is the next to be served by another.
func TestPageGoneInACall(t *testing.T) {
	h := theHouse(t)
	const number = "13600000002"
	p := h.atWork(t, "8001")
	other := h.present(t, "8101", agentTone2)
	c := h.dial(t, dialled{line: "12300", number: number})
	p.phase("ringing", patience)
	answered := time.Now()
	p.click("answer")
	conversation(t, p, c, answered)

	gone := time.Now()
	p.close()
	c.hearsMusic(t, gone, 8*time.Second) // first a voice that asks him to wait
	silence := c.longestSilence(gone, time.Now())
	t.Logf("the caller heard nothing for %v", silence.Round(time.Millisecond))
	if silence > 5*time.Second {
		t.Error("that is too long")
	}
	music := time.Now()
	other.must(switchboard.CmdReady, struct{}{}, "")
	ring := other.phone.ringing(40 * time.Second)
	t.Logf("he is offered to another agent after %v", time.Since(gone).Round(time.Millisecond))
	answered = time.Now()
	ring.answer()
	c.hears(t, agentTone2, answered, 3*time.Second)
	c.noLongSilence(t, music, time.Now())
	c.hangUp()
	other.finish()
	r := h.record(t, number)
	r.wantResult(t, "answered", "caller", "8101")
	if got, want := h.changes(t, r.ID), "offered talking reconnecting waiting offered talking ended"; got != want && got != "waiting "+want {
		t.Errorf("the call was %s, want %s", got, want)
	}
	if got, want := h.offers(t, r.ID), "8001 answered, 8101 answered"; got != want {
		t.Errorf("offers: %s, want %s", got, want)
	}
}
