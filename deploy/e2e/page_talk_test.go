package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"hotline/gateway/call"
)

// pageTalk is a caller who talks to an agent at his page.
type pageTalk struct {
	*caller
	page  *page
	voice *party // what others hear of the agent; what he hears himself, the page tells
	id    call.ID
	t     *testing.T
	h     *house
}

// voiceOnly tells whether the party stands for the voice of somebody at a page.
func (p *party) voiceOnly() bool { return p.conn == nil }

// talkingAt lets a citizen call and an agent answer him at his page, until they hear one another.
func (h *house) talkingAt(t *testing.T, p *page, c dialled) *pageTalk {
	t.Helper()
	k := &pageTalk{caller: h.dial(t, c), page: p, voice: &party{tone: agentTone}, t: t, h: h}
	p.phase("ringing", 30*time.Second)
	k.id = call.ID(p.attr("ringing-strip", "data-call"))
	p.click("answer")
	p.phase("talking", 3*time.Second)
	k.together([]*party{k.caller.party, k.voice}, k.caller.party, k.voice)
	return k
}

// together asserts that some hear one another and no others of the test do, the agent at his page among them.
func (k *pageTalk) together(all []*party, in ...*party) {
	k.t.Helper()
	together(k.t, all, in)
	for _, p := range all {
		switch {
		case p == k.voice:
		case slices.Contains(in, k.voice) && slices.Contains(in, p):
			k.page.hears(p.tone, 4*time.Second)
		default:
			k.page.hearsNot(p.tone, 4*time.Second)
		}
	}
}

// doubleClick clicks twice as a hurried hand does, each click a whole one.
func (p *page) doubleClick(id string) {
	p.t.Helper()
	where, err := eval[[]float64](p, fmt.Sprintf("(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector('[data-testid=%q]').getBoundingClientRect())", id))
	if err != nil {
		p.t.Fatal(err)
	}
	p.do("double click "+id, chromedp.MouseClickXY(where[0], where[1]), chromedp.MouseClickXY(where[0], where[1], chromedp.ClickCount(2)))
}

// finish ends the call's wrap-up.
func (p *page) finish() {
	p.t.Helper()
	p.phase("wrap_up", patience)
	p.click("disposition-consultation")
	p.click("wrap-finish")
	p.state("ready", patience)
}

// shortcut presses Ctrl+Alt and a key, such as "Digit1".
func (p *page) shortcut(code, key string) {
	p.t.Helper()
	press := func(k *input.DispatchKeyEventParams) { k.Code, k.Key = code, key }
	p.do("press Ctrl+Alt+"+key, chromedp.KeyEvent(key, press, chromedp.KeyModifiers(chromedp.ModifierCtrl, chromedp.ModifierAlt)))
}

// says waits until the element's text is so.
func (p *page) says(id string, good func(string) bool, within time.Duration) {
	p.t.Helper()
	until(p.t, "agent "+p.no+" reads "+id, within, func() bool { return good(p.text(id)) }, func() string { return "it says " + p.text(id) })
}
