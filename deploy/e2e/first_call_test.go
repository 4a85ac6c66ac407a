package e2e

import (
	"testing"
	"time"
)

func TestFirstCall(t *testing.T) {
	h := theHouse(t)
	const number = "13800001234"
	p := h.newPage(t, "8001")
	p.picture("01-login")
	p.login()
	p.shows("selfcheck-gateway", "data-state", "pending", patience)
	p.picture("02-selfcheck")
	p.signIn()
	p.picture("03-not-ready")
	t.Cleanup(func() { h.signOut(t, "8001") })

	c := h.dial(t, dialled{line: "12345", number: number})
	c.hearsMusic(t, c.began, 20*time.Second)
	p.ready()
	p.phase("ringing", patience)
	p.picture("04-ringing")
	p.click("answer")
	clicked := time.Now()
	t.Logf("the agent hears the caller %v after the click", p.hears(callerTone, 3*time.Second))
	t.Logf("the caller hears the agent %v after the click", c.hears(t, agentTone, clicked, 3*time.Second))
	p.picture("05-talking")
	t.Log(c.summary(c.began, time.Now()))
	p.click("hangup")
	c.gone(5 * time.Second)
	p.phase("wrap_up", patience)
	p.picture("06-wrap-up")
}
