package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hotline/deploy/stack"
)

// The red key on the page: one click dials 110, one more undoes it, a double click is one; the page is loaded anew while
// three talk, and the agent leaves them.
func TestOneKeyAtThePage(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, ringsOnly(), answers(2*time.Second), answers(0))
	p := h.atWork(t, "8001")
	k := h.talkingAt(t, p, dialled{line: "12301", number: "13700000501"})
	two := []*party{k.caller.party, k.voice}
	since := time.Now()
	p.click("emergency-110")
	c := police.call(3 * time.Second)
	t.Logf("110's telephone is dialled %v after the click began", c.at.Sub(since))
	p.shows("emergency-110", "data-state", "ringing", 2*time.Second)
	k.together(append(two, c.party), two...)
	p.picture("30-one-key-rings")
	p.click("emergency-110") // 撤销
	c.isOver(3 * time.Second)
	if !c.Cancelled() {
		t.Error("110's telephone was not cancelled")
	}
	p.shows("emergency-110", "data-state", "none", 2*time.Second)

	p.doubleClick("emergency-110")
	c = police.call(3 * time.Second)
	all := []*party{k.caller.party, k.voice, c.party}
	k.together(all, two...)
	p.shows("emergency-110", "data-state", "in", 5*time.Second)
	p.shows("phase", "data-phase", "three_way", time.Second)
	k.together(all, all...)
	p.picture("31-three-way")

	k.reloaded(c)
	k.together(all, all...)
	p.shows("emergency-110", "data-state", "in", time.Second)
	p.picture("32-three-way-reloaded")

	p.click("leave")
	p.phase("wrap_up", 3*time.Second)
	k.together(all, k.caller.party, c.party)
	p.says("take-back-call", func(s string) bool { return strings.Contains(s, "接回") }, time.Second)
	p.picture("33-after-leaving")
	k.caller.noLongSilence(t, since, time.Now())
	k.caller.hangUp()
	c.isOver(5 * time.Second)
	p.finish()
	police.notCalled()
	h.wantTransfer(t, k.id, keptTransfer{N: 2, Kind: "one_key", ToKey: "110", Tried: 1, Result: "connected", Ringed: true, Handed: true, Ended: true})
	h.record(t, "13700000501").wantResult(t, "answered", "caller", "8001")

	k = h.talkingAt(t, p, dialled{line: "12301", number: "13700000502"})
	pressed := time.Now()
	p.shortcut("Digit1", "1")
	c = police.call(3 * time.Second)
	t.Logf("110's telephone is dialled %v after the shortcut", c.at.Sub(pressed))
	p.shows("emergency-110", "data-state", "in", 5*time.Second)
	k.caller.hangUp()
	c.isOver(5 * time.Second)
	p.finish()
}

// reloaded loads the page anew while the caller talks to a third party too: neither notices, and within five seconds the
// agent is in it again.
func (k *pageTalk) reloaded(c *serviceCall) {
	k.t.Helper()
	pressed := time.Now()
	k.page.do("reload", chromedp.Reload())
	k.page.phase("three_way", 5*time.Second)
	k.page.hears(c.tone, 5*time.Second)
	back := time.Since(pressed)
	k.t.Logf("the agent is back in the three-way %v after the page was loaded anew", back)
	if back > 5*time.Second {
		k.t.Error("that is more than five seconds")
	}
	till := time.Now().Add(-2 * windowLength)
	if !hears(k.caller.party, c.tone, pressed, till) || !hears(c.party, k.caller.tone, pressed, till) {
		k.t.Errorf("caller and third party lost one another: the caller heard %s, the third party %s", k.caller.summary(pressed, till), c.summary(pressed, till))
	}
}
