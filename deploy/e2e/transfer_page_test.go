package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hotline/deploy/stack"
	"hotline/gateway/calldata"
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

// 通话转 by the directory, with the keyboard alone up to the call: found by its name's initials or by its number.
func TestConsultationAtThePage(t *testing.T) {
	h := theExchange(t)
	office := h.newService(t, stack.SubCentres, serviceTone2, refuses(486, 200*time.Millisecond), answers(time.Second))
	p := h.atWork(t, "8001")
	k := h.talkingAt(t, p, dialled{line: "12301", number: "13700000511"})
	two := []*party{k.caller.party, k.voice}

	p.shortcut("KeyC", "c")
	p.choose("12366", "12366", kb.Enter)
	office.call(3 * time.Second)
	p.says("transfer-failure", func(s string) bool { return strings.Contains(s, "税务") && strings.Contains(s, "占线") }, 5*time.Second)
	k.together(two, two...)
	p.picture("34-busy")

	p.click("open-consult")
	p.picture("35-directory")
	p.choose("sw", "12366", kb.ArrowDown+kb.Enter)
	c := office.call(3 * time.Second)
	all := append(two, c.party)
	p.shows("party-12366", "data-state", "ringing", 3*time.Second)
	k.together(all)
	p.shows("party-12366", "data-state", "in", 5*time.Second)
	p.phase("consulting", time.Second)
	k.together(all, k.voice, c.party)
	k.caller.hearsMusic(t, time.Now(), 3*time.Second)
	p.picture("36-consulting")
	p.click("swap-12366")
	k.together(all, two...)
	p.picture("37-swapped")
	p.click("merge")
	p.phase("three_way", 3*time.Second)
	k.together(all, all...)
	p.picture("38-merged")
	p.click("drop-12366")
	c.isOver(5 * time.Second)
	k.together(all, two...)
	p.click("hangup")
	k.caller.gone(5 * time.Second)
	p.finish()
	h.wantTransfer(t, k.id, keptTransfer{N: 2, Kind: "consult", ToKey: "12366", Tried: 1, Result: "connected", Ringed: true, Ended: true})
}

// choose types into the open directory's search, waits for what is looked for, and chooses it with keys.
func (p *page) choose(typed, key, keys string) {
	p.t.Helper()
	p.do("type "+typed, chromedp.WaitVisible(at("targets")), chromedp.KeyEvent(typed))
	p.shows("target-row", "data-key", key, 3*time.Second)
	if n, err := eval[int](p, `document.querySelectorAll('[data-testid="target-row"]').length`); err != nil || n != 1 {
		p.t.Errorf("%s finds %d targets, %v", typed, n, err)
	}
	p.do("choose "+key, chromedp.KeyEvent(keys))
}

// 110 hands a call on to us: it says whose call it was and why, and the caller goes first.
func TestHandedOverBy110(t *testing.T) {
	h := theExchange(t)
	const number = "13700000521"
	data := calldata.Data{CallID: "cz110-20261125-0042", From: "110", Number: number, Name: "王女士", Note: "邻居深夜装修扰民，非警情", Agent: "110接警员023", Reason: "非警务"}
	var headers []string
	for _, h := range data.Headers() {
		headers = append(headers, h.Name+": "+h.Value)
	}
	p := h.atWork(t, "8001")
	k := h.talkingAt(t, p, dialled{line: "110", number: number, address: stack.Address110, headers: headers})
	for _, word := range []string{"110", "邻居深夜装修扰民", "非警务", "王女士"} {
		p.says("came-from", func(s string) bool { return strings.Contains(s, word) }, 2*time.Second)
	}
	p.picture("39-handed-over-by-110")
	type row struct{ Priority, DNIS string }
	until(t, "the record says so", 5*time.Second, func() bool {
		list := rows[row](t, h, `SELECT priority, dnis FROM call WHERE id = %s`, string(k.id))
		return len(list) == 1 && list[0] == row{"from_110", "12345110"}
	})
	k.caller.hangUp()
	p.finish()
}
