package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// atTheFloor opens a supervisor's page, signs him in and shows him the floor.
func (h *house) atTheFloor(t *testing.T, no string) *page {
	t.Helper()
	p := h.newPage(t, no)
	p.login()
	p.signIn()
	t.Cleanup(func() { h.signOut(t, no) })
	p.click("to-floor")
	p.do("the floor", chromedp.WaitVisible(at("floor")))
	return p
}

// seesAgent waits until the floor shows an agent in a state.
func (p *page) seesAgent(no, state string, within time.Duration) time.Duration {
	p.t.Helper()
	return until(p.t, fmt.Sprintf("supervisor %s sees %s %s", p.no, no, state), within, func() bool {
		is, _ := eval[string](p, fmt.Sprintf(`document.querySelector('[data-testid="agent-row"][data-no=%q]')?.dataset.state ?? ''`, no))
		return is == state
	})
}

// 监听, 密语 and 强插 from the floor's page, whose telephone answers by itself: who hears whom is measured at each step.
func TestSupervisionAtThePage(t *testing.T) {
	h := theExchange(t)
	boss := h.atTheFloor(t, "9001")
	a := h.staff(t, "8101", agentTone2)
	k := &talk{agent: a, t: t, h: h, caller: h.dial(t, dialled{line: "12301", number: "13700000601"})}
	k.ring = a.phone.ringing(30 * time.Second)
	k.ring.answer()
	k.id = a.seesPhase("talking").ID
	t.Logf("the floor shows the conversation %v after it began", boss.seesAgent("8101", "talking", 2*time.Second))
	if row := boss.text("agent-row"); !strings.Contains(row, "话机8101") || strings.Contains(row, "✕") {
		t.Errorf("the floor says of the agent who talks by his telephone: %q", row)
	}
	c, o, v := k.caller.party, a.phone.party, &party{tone: agentTone} // what others hear of the supervisor
	hearing{c: {o}, o: {c}, v: nil}.now(t, 4*time.Second)
	since := time.Now()

	boss.click("listen-8101")
	boss.shows("supervise-bar", "data-how", "listen", 2*time.Second)
	boss.hears(c.tone, 4*time.Second)
	boss.hears(o.tone, 4*time.Second)
	from := time.Now()
	boss.says("supervise-time", func(s string) bool { return strings.HasPrefix(s, "0:0") && s > "0:01" }, 4*time.Second)
	hearing{c: {o}, o: {c}, v: nil}.always(t, from, time.Now().Add(-windowLength))
	boss.picture("40-floor-listening")

	boss.click("with-whisper")
	boss.shows("supervise-bar", "data-how", "whisper", 2*time.Second)
	hearing{c: {o}, o: {c, v}, v: nil}.now(t, 4*time.Second)
	boss.hears(c.tone, 4*time.Second)
	boss.picture("41-floor-whispering")

	boss.click("with-barge")
	hearing{c: {o, v}, o: {c, v}, v: nil}.now(t, 4*time.Second)
	boss.hears(c.tone, 4*time.Second)
	boss.hears(o.tone, 4*time.Second)
	boss.picture("42-floor-barging")

	boss.click("leave")
	boss.shows("supervise-bar", "data-how", "", 2*time.Second)
	hearing{c: {o}, o: {c}, v: nil}.now(t, 4*time.Second)
	boss.hearsNot(c.tone, 4*time.Second)
	boss.state("not_ready", 2*time.Second)
	k.caller.noLongSilence(t, since, time.Now())
	k.caller.hangUp()
	a.finish()
}

// An agent calls for help: supervisors see and hear of it at once, one comes, and all see that he did.
func TestHelpAtThePage(t *testing.T) {
	h := theExchange(t)
	boss := h.atTheFloor(t, "9001")
	p := h.atWork(t, "8001")
	k := h.talkingAt(t, p, dialled{line: "12301", number: "13700000602"})
	boss.seesAgent("8001", "talking", 2*time.Second)
	p.click("help")
	p.shows("help", "data-on", "true", 2*time.Second)
	var id string
	until(t, "the alert is there", 2*time.Second, func() bool {
		id = boss.attr("alert", "data-id")
		return id != "" && boss.text("help-sign") != ""
	})
	if text := boss.text("alert"); !strings.Contains(text, "网页8001") {
		t.Errorf("the alert says %q", text)
	}
	boss.picture("43-floor-help")
	p.picture("44-help-asked")
	boss.click("ack-" + id)
	boss.says("acked", func(s string) bool { return strings.Contains(s, "9001") }, 2*time.Second)
	until(t, "no alert is open", 2*time.Second, func() bool { return boss.text("alerts-open") == "0" })
	boss.click("listen-8001")
	boss.shows("supervise-bar", "data-how", "listen", 2*time.Second)
	boss.hears(callerTone, 4*time.Second)
	boss.click("with-barge")
	p.shows("party-9001", "data-state", "in", 3*time.Second)
	p.hears(agentTone, 4*time.Second) // all pages' microphones have this tone
	boss.picture("45-floor-acknowledged")
	p.picture("46-supervisor-in-the-call")
	p.click("hangup")
	k.caller.gone(5 * time.Second)
	boss.shows("supervise-bar", "data-how", "", 3*time.Second)
	p.finish()
}
