package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
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
	c.noLongSilence(t, pressed, time.Now())
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
