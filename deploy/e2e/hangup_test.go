package e2e

import (
	"testing"
	"time"
)

// A caller may hang up at any point; the agent's screen says so at once.
func TestCallerHangsUp(t *testing.T) {
	h := theHouse(t)
	p := h.newPage(t, "8001")
	p.login()
	p.signIn()
	t.Cleanup(func() { h.signOut(t, "8001") })

	t.Run("greeting", func(t *testing.T) {
		c := h.dial(t, dialled{line: "12345", number: "13900000001"})
		h.reaches(t, "13900000001", "greeting")
		c.hearsMusic(t, c.began, 5*time.Second) // speech, in fact
		c.hangUp()
		h.record(t, "13900000001").wantResult(t, "abandoned_greeting", "caller", "")
	})
	t.Run("waiting", func(t *testing.T) {
		c := h.dial(t, dialled{line: "12300", number: "13900000002"})
		h.reaches(t, "13900000002", "waiting")
		c.hearsMusic(t, c.began, 5*time.Second)
		until(t, "the page counts him", 3*time.Second, func() bool { return p.text("queue-waiting") == "1" }, func() string { return p.text("queue-waiting") })
		p.picture("10-queue")
		c.hangUp()
		until(t, "the page counts nobody", 3*time.Second, func() bool { return p.text("queue-waiting") == "0" }, func() string { return p.text("queue-waiting") })
		r := h.record(t, "13900000002")
		r.wantResult(t, "abandoned", "caller", "")
		if offers := h.offers(t, r.ID); offers != "" {
			t.Errorf("he was offered to %s", offers)
		}
	})
	p.ready()
	t.Run("ringing, waiting with music", func(t *testing.T) {
		c := h.dial(t, dialled{line: "12301", number: "13900000003"})
		p.phase("ringing", 20*time.Second)
		c.hangUp()
		t.Logf("the strip is gone after %v", p.phase("idle", 2*time.Second))
		p.state("ready", time.Second)
		r := h.record(t, "13900000003")
		r.wantResult(t, "abandoned", "caller", "")
		if offers := h.offers(t, r.ID); offers != "8001 withdrawn" {
			t.Errorf("offers: %s", offers)
		}
	})
	t.Run("ringing, before any answer", func(t *testing.T) {
		c := h.dial(t, dialled{line: "12300", number: "13900000004"})
		p.phase("ringing", patience)
		c.hangUp() // a CANCEL
		t.Logf("the strip is gone after %v", p.phase("idle", 2*time.Second))
		p.state("ready", time.Second)
		p.picture("11-caller-left")
		r := h.record(t, "13900000004")
		r.wantResult(t, "abandoned", "caller", "")
		if r.AnsweredAt != nil {
			t.Error("the call was answered")
		}
	})
	t.Run("talking", func(t *testing.T) {
		c := h.dial(t, dialled{line: "12300", number: "13900000005"})
		p.phase("ringing", patience)
		answered := time.Now()
		p.click("answer")
		conversation(t, p, c, answered)
		c.hangUp()
		t.Logf("wrap-up after %v", p.phase("wrap_up", 2*time.Second))
		p.picture("12-caller-hung-up")
		p.hearsNot(callerTone, 2*time.Second)
		p.click("disposition-consultation")
		p.click("wrap-finish")
		p.state("ready", patience)
		h.record(t, "13900000005").wantResult(t, "answered", "caller", "8001")
	})
}
