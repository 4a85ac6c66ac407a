package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The whole way of one call: a citizen waits, is answered in the browser, held, muted and served; what is kept of it
// is right, and the next time he calls the agent sees it.
func TestFirstCall(t *testing.T) {
	h := theHouse(t)
	const number = "13800001234"
	p := h.newPage(t, "8001")
	p.picture("01-login")
	p.login()
	p.shows("selfcheck-gateway", "data-state", "pending", patience)
	p.picture("02-selfcheck")
	t.Cleanup(func() { h.signOut(t, "8001") })
	p.signIn()
	p.picture("03-not-ready")

	c := h.dial(t, dialled{line: "12345", number: number})
	h.reaches(t, number, "waiting")
	c.hearsMusic(t, time.Now(), 3*time.Second)
	p.ready()
	p.phase("ringing", patience)
	p.picture("04-ringing")
	for id, want := range map[string]string{"ringing-strip": number, "caller-number": number} {
		p.shows(id, "data-number", want, time.Second)
	}
	p.shows("caller-line", "data-dnis", "12345", time.Second)
	if text := p.text("caller-line"); text != "12345政务服务便民热线" {
		t.Errorf("the line is shown as %q", text)
	}

	answered := time.Now()
	p.click("answer")
	conversation(t, p, c, answered)
	waited := c.longestSilence(c.began, answered)
	t.Logf("before the answer the caller heard %s; longest silence %v", c.summary(c.began, answered), waited)
	if waited > time.Second {
		t.Errorf("the waiting caller heard nothing for %v", waited)
	}
	p.shows("recording", "data-on", "true", time.Second)
	p.picture("05-talking")

	holdAndMute(t, p, c)
	c.noLongSilenceButMuted(t)
	p.fill("note", "人民路路灯不亮，已转城管。")
	p.click("disposition-help")
	p.click("hangup")
	c.gone(3 * time.Second)
	p.phase("wrap_up", patience)
	p.picture("08-wrap-up")
	p.click("wrap-finish")
	p.state("ready", patience)

	id := kept(t, h, number)
	playedBack(t, h, id)
	againFromTheSameNumber(t, h, p, number)
}

// conversation proves that caller and agent hear one another, and says how soon.
func conversation(t *testing.T, p *page, c *caller, since time.Time) {
	t.Helper()
	p.phase("talking", 3*time.Second)
	p.hears(callerTone, 3*time.Second)
	agentHears := time.Since(since)
	callerHears := c.hears(t, agentTone, since, 3*time.Second)
	t.Logf("the agent hears the caller after %v, the caller the agent after %v", agentHears.Round(time.Millisecond), callerHears)
}

func holdAndMute(t *testing.T, p *page, c *caller) {
	t.Helper()
	p.click("hold")
	p.phase("held", 3*time.Second)
	p.hearsNot(callerTone, 3*time.Second)
	held := time.Now()
	c.hearsMusic(t, held, 4*time.Second)
	p.picture("06-held")
	if p.hearing(callerTone) {
		t.Error("the agent hears a caller on hold")
	}
	c.never(t, agentTone, held, time.Now())

	resumed := time.Now()
	p.click("resume")
	conversation(t, p, c, resumed)

	p.click("mute")
	p.shows("mute", "data-on", "true", 3*time.Second)
	muted := time.Now()
	c.hearsNothing(t, muted, 3*time.Second)
	p.hears(callerTone, time.Second)
	p.picture("07-muted")
	p.click("mute")
	p.shows("mute", "data-on", "false", 3*time.Second)
	c.hears(t, agentTone, time.Now(), 3*time.Second)
}

// noLongSilenceButMuted checks that outside of the muting the caller always heard something.
func (c *caller) noLongSilenceButMuted(t *testing.T) {
	t.Helper()
	t.Logf("the caller heard %s", c.summary(c.began, time.Now()))
	longest, run := 0, 0
	muting := 0
	for _, w := range c.heard(c.began.Add(500*time.Millisecond), time.Now()) {
		if run++; w.level > audible {
			if run > 10 {
				muting++
			} else {
				longest = max(longest, run)
			}
			run = 0
		}
	}
	if muting > 1 {
		t.Errorf("%d silences of more than a second, only the muting may be one", muting)
	}
}

// kept checks what PostgreSQL has of the first call.
func kept(t *testing.T, h *house, number string) string {
	t.Helper()
	r := h.record(t, number)
	r.wantResult(t, "answered", "agent", "8001")
	if r.DNIS != "12345" || r.Line != "12345政务服务便民热线" || r.Recording == "" {
		t.Errorf("the call's row: %+v", r)
	}
	if r.AnsweredAt == nil || r.QueuedAt == nil || r.TalkingAt == nil || r.EndedAt == nil {
		t.Fatalf("times are missing: %+v", r)
	}
	inOrder(t, "the call", r.ArrivedAt, *r.AnsweredAt, *r.QueuedAt, *r.TalkingAt, *r.EndedAt)
	if greeting := r.QueuedAt.Sub(*r.AnsweredAt); greeting < 3*time.Second || greeting > 20*time.Second {
		t.Errorf("the greeting took %v", greeting)
	}
	if got, want := h.changes(t, r.ID), "waiting offered talking held talking ended"; got != want {
		t.Errorf("the call was %s, want %s", got, want)
	}
	if got, want := h.offers(t, r.ID), "8001 answered"; got != want {
		t.Errorf("offers: %s, want %s", got, want)
	}
	type leg struct {
		Role, Agent     string
		CreatedAt, UpAt time.Time
		GoneAt          time.Time
	}
	legs := rows[leg](t, h, `SELECT role AS "Role", agent AS "Agent", created_at AS "CreatedAt", up_at AS "UpAt", gone_at AS "GoneAt"
		FROM call_leg WHERE call = %s ORDER BY created_at`, r.ID)
	if len(legs) != 2 || legs[0].Role != "caller" || legs[1].Role != "agent" || legs[1].Agent != "8001" {
		t.Fatalf("legs: %+v", legs)
	}
	for _, l := range legs {
		inOrder(t, "leg of "+l.Role, l.CreatedAt, l.UpAt, l.GoneAt)
	}
	type note struct{ Agent, Kind, Note string }
	notes := rows[note](t, h, "SELECT agent, kind, note_sealed AS note FROM disposition WHERE call = %s", r.ID)
	for i := range notes {
		notes[i].Note = h.opened(t, "note", notes[i].Note)
	}
	if fmt.Sprint(notes) != "[{8001 help 人民路路灯不亮，已转城管。}]" {
		t.Errorf("disposition: %+v", notes)
	}
	return r.ID
}

func inOrder(t *testing.T, what string, times ...time.Time) {
	t.Helper()
	for i := 1; i < len(times); i++ {
		if times[i].Before(times[i-1]) {
			t.Errorf("%s: time %d is before the one before it: %v", what, i, times)
		}
	}
}

// playedBack fetches the recording as a supervisor, and as an agent who had no part in the call.
func playedBack(t *testing.T, h *house, id string) {
	t.Helper()
	path := "/api/calls/" + id + "/recording"
	status, sound := h.signedIn(t, "9001").ask(t, http.MethodGet, path, nil)
	samples, rate, ok := readWAV(sound)
	if status != http.StatusOK || !ok {
		t.Fatalf("the recording: status %d, %d bytes", status, len(sound))
	}
	seconds := map[tone]float64{}
	for from := 0; from+rate/10 <= len(samples); from += rate / 10 {
		for _, f := range []tone{callerTone, agentTone} {
			if f.share(samples[from:from+rate/10], float64(rate)) > 0.2 {
				seconds[f] += 0.1
			}
		}
	}
	t.Logf("the recording has %.1f s, the caller in %.1f s of it, the agent in %.1f s", float64(len(samples))/float64(rate), seconds[callerTone], seconds[agentTone])
	if seconds[callerTone] < 1 || seconds[agentTone] < 1 {
		t.Error("a party is missing in the recording")
	}
	type row struct{ Who, Address string }
	audit := rows[row](t, h, "SELECT who, address FROM audit WHERE action = 'recording.play' AND object = %s", id)
	if len(audit) != 1 || audit[0].Who != "9001" || audit[0].Address == "" {
		t.Errorf("audit of the playback: %+v", audit)
	}
	other := h.signedIn(t, "8102")
	for _, path := range []string{path, "/api/calls/" + id} {
		if status, _ := other.ask(t, http.MethodGet, path, nil); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("an agent who had no part in the call gets %s with %d", path, status)
		}
	}
	if status, body := h.signedIn(t, "8001").ask(t, http.MethodGet, "/api/calls/"+id, nil); status != http.StatusOK || !strings.Contains(string(body), `"kind":"help"`) {
		t.Errorf("the agent who had the call gets it with %d: %s", status, body)
	}
}

// againFromTheSameNumber: the agent sees the earlier call before he answers.
func againFromTheSameNumber(t *testing.T, h *house, p *page, number string) {
	t.Helper()
	c := h.dial(t, dialled{line: "12300", number: number})
	p.phase("ringing", patience)
	p.shows("history-row", "data-result", "answered", 3*time.Second)
	if text := p.text("history-row"); !strings.Contains(text, "人民路路灯不亮") {
		t.Errorf("the earlier call is shown as %q", text)
	}
	p.picture("09-history")
	answered := time.Now()
	p.click("answer")
	conversation(t, p, c, answered)
	p.click("hangup")
	c.gone(3 * time.Second)
	p.click("disposition-praise")
	p.click("wrap-finish")
	p.state("ready", patience)
	h.record(t, number).wantResult(t, "answered", "agent", "8001")
}
