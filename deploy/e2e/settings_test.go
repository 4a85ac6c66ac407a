package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

// inEffect is how soon a change must be.
const inEffect = 2 * time.Second

// A bulletin is heard by whoever calls two seconds after it was switched on, spoken from its text, and by nobody two
// seconds after it was switched off.
func TestBulletin(t *testing.T) {
	h := theHall(t)
	boss := h.signedIn(t, "9001")
	turn := func(on bool) {
		t.Helper()
		switched := time.Now()
		status, text := boss.ask(t, http.MethodPut, "/api/settings/bulletins/hall_storm/on", map[string]bool{"on": on})
		if status != http.StatusOK {
			t.Fatalf("switch the bulletin %v: %d %s", on, status, text)
		}
		time.Sleep(time.Until(switched.Add(inEffect))) // nothing tells that it is, which is what is to be shown
	}
	turn(true)
	c := h.dial(t, dialled{line: "7007", number: "13500000161"})
	id := h.callOf(t, "13500000161")
	until(t, "the bulletin is played", 5*time.Second, func() bool { return len(h.of(id)) > 0 })
	turn(false) // who hears it hears it to the end
	prompt := h.of(id)[0].prompt
	if !strings.HasPrefix(prompt, "bulletin_") {
		t.Errorf("he was played %v", names(h.of(id)))
	}
	from, to := h.plays(t, id, 1, 20*time.Second, prompt)
	if lasts := to.Sub(from); lasts < 2*time.Second {
		t.Errorf("the bulletin lasts %v", lasts)
	}
	c.noLongSilence(t, from, to)
	c.hangUp()
	h.record(t, "13500000161").wantResult(t, "abandoned", "caller", "")

	after := h.dial(t, dialled{line: "7007", number: "13500000162"})
	r := h.reaches(t, "13500000162", "waiting")
	after.hearsMusic(t, after.began, 5*time.Second)
	if got := names(h.of(r.ID)); len(got) != 0 {
		t.Errorf("with the bulletin off he was played %v", got)
	}
}

// What is edited while calls run takes effect at the next step of each call.
func TestRingTimeoutIsEditedWhileItRings(t *testing.T) {
	h := theHall(t)
	admin := h.signedIn(t, "9003")
	first := h.staff(t, "8101", agentTone)
	second := h.staff(t, "8102", agentTone2)
	c := h.dial(t, dialled{line: "7008", number: "13500000171"})
	ring := first.phone.ringing(patience)
	var q settings.QueueDoc
	version := admin.setting(t, "queues/edited", &q)
	q.RingTimeout = 2
	if status, text := admin.put(t, "queues/edited", version, q); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	time.Sleep(inEffect) // nothing tells that it is
	ring.reject(486, "Busy Here")
	next := second.phone.ringing(5 * time.Second)
	rang := time.Now()
	waitFor(t, "the telephone stops ringing", next.cancelled, 5*time.Second)
	if rings := time.Since(rang); rings < 1500*time.Millisecond || rings > 3500*time.Millisecond {
		t.Errorf("the next offer rings for %v, want 2 s", rings)
	}
	c.onTheLine()
	c.hangUp()
	second.sees("that the caller left", func(d switchboard.Desk) bool { return d.Call == nil && d.Agent.State != agent.Reserved })
	h.record(t, "13500000171").wantResult(t, "abandoned", "caller", "")
}

// problem is what an editor is told who cannot have his way.
type problem struct {
	Detail   string
	Conflict *struct {
		Who string
		At  time.Time
	}
	InUse *struct {
		By      []string
		Waiting int
	} `json:"in_use"`
}

// A queue in which somebody waits stays, and the second of two editors learns who was faster.
func TestEditorsAreToldWhatStandsInTheWay(t *testing.T) {
	h := theHall(t)
	one, two := h.signedIn(t, "9003"), h.signedIn(t, "9004")
	var q settings.QueueDoc
	one.setting(t, "queues/nobody", &q)
	q.Title = "要删除的"
	if status, text := one.put(t, "queues/doomed", 0, q); status != http.StatusOK {
		t.Fatalf("make a queue: %d %s", status, text)
	}
	line := directory.Line{Name: "短命", Mode: directory.Main, Queue: "doomed", Greeting: []string{}, Routes: []string{}}
	if status, text := one.put(t, "lines/7010", 0, line); status != http.StatusOK {
		t.Fatalf("make a line: %d %s", status, text)
	}
	c := h.dial(t, dialled{line: "7010", number: "13500000181"})
	h.reaches(t, "13500000181", "waiting")

	seen := one.setting(t, "lines/7010", &line)
	line.Queue = settings.General
	began := time.Now()
	if status, text := one.put(t, "lines/7010", seen, line); status != http.StatusOK {
		t.Fatalf("lead the line elsewhere: %d %s", status, text)
	}
	line.Name = "另一个名字"
	status, text := two.put(t, "lines/7010", seen, line)
	var p problem
	if err := json.Unmarshal(text, &p); err != nil || status != http.StatusConflict || p.Conflict == nil {
		t.Fatalf("the second editor gets %d %s", status, text)
	}
	if p.Conflict.Who != "9003" || p.Conflict.At.Before(began.Add(-time.Second)) || p.Conflict.At.After(time.Now().Add(time.Second)) {
		t.Errorf("the second editor learns %+v", p.Conflict)
	}

	remove := func() (int, problem) {
		version := one.setting(t, "queues/doomed", &q)
		status, text := one.ask(t, http.MethodDelete, fmt.Sprintf("/api/settings/queues/doomed?version=%d", version), nil)
		var p problem
		_ = json.Unmarshal(text, &p)
		return status, p
	}
	if status, p := remove(); status != http.StatusConflict || p.InUse == nil || p.InUse.Waiting != 1 || len(p.InUse.By) != 0 {
		t.Errorf("removing a queue in which one waits: %d %+v", status, p)
	}
	c.onTheLine()
	c.hangUp()
	h.record(t, "13500000181").wantResult(t, "abandoned", "caller", "")
	if status, p := remove(); status != http.StatusNoContent {
		t.Errorf("removing it when he is gone: %d %+v", status, p)
	}
}
