package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hotline/deploy/stack"
)

// One key at the agent's page: undone while it rings, then a double click that dials once; three talk, the agent leaves
// and comes back.
func TestOneKeyAtThePage(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, ringsOnly(), answers(2*time.Second))
	p := h.atWork(t, "8001")
	c := h.dial(t, dialled{line: "12300", number: "13700000801"})
	p.phase("ringing", 30*time.Second)
	p.click("answer")
	p.phase("talking", patience)
	p.hears(callerTone, patience)

	pressed := time.Now()
	p.click("emergency-110")
	first := police.call(3 * time.Second)
	t.Logf("110's telephone is dialled %v after the click began", first.at.Sub(pressed))
	p.shows("emergency-110", "data-state", "ringing", patience)
	p.click("emergency-110")
	first.isOver(5 * time.Second)
	p.shows("emergency-110", "data-state", "none", patience)

	button := at("emergency-110") // the second click of a double click says so, and comes where the button takes back by now
	p.do("double click", chromedp.Click(button, chromedp.NodeEnabled), chromedp.DoubleClick(button, chromedp.NodeEnabled))
	second := police.call(3 * time.Second)
	second.isAnswered(10 * time.Second)
	p.shows("emergency-110", "data-state", "in", patience)
	p.phase("three_way", patience)
	p.hears(serviceTone, patience)
	p.hears(callerTone, patience)
	p.picture("20-three-way")
	p.click("leave")
	p.state("wrap_up", patience)
	if said := p.text("handed"); !strings.Contains(said, "110") {
		t.Errorf("the agent is told %q of the caller whom he left to 110", said)
	}
	p.picture("21-handed-over")
	p.click("take-back-call")
	p.phase("three_way", patience)
	p.hears(serviceTone, patience)
	second.hangUp()
	p.phase("talking", patience)
	police.notCalled()
	c.hangUp()
	p.click("disposition-consultation")
	p.click("wrap-finish")
	p.state("ready", patience)
}
