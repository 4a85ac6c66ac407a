package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// callbackView is one row of GET /api/callbacks.
type callbackView struct {
	ID, Number, Reason string
	Attempts           int
	Dialling           bool
	LastReach          string `json:"last_reach"`
}

// pending is what the list of call-backs has of a masked number, nil when nothing.
func (d desk) pending(masked string) *callbackView {
	d.t.Helper()
	status, body := d.ask(d.t, http.MethodGet, "/api/callbacks?limit=1000", nil)
	var list struct{ Callbacks []callbackView }
	if err := json.Unmarshal(body, &list); err != nil || status != http.StatusOK {
		d.t.Fatalf("call-backs: %d %s %v", status, body, err)
	}
	for _, c := range list.Callbacks {
		if c.Number == masked {
			return &c
		}
	}
	return nil
}

// missed lets a citizen wait in vain, and returns his task.
func (h *house) missed(t *testing.T, d desk, number, masked string) (task callbackView) {
	t.Helper()
	c := h.dial(t, dialled{line: "12300", number: number})
	h.reaches(t, number, "waiting")
	c.hearsMusic(t, c.began, 5*time.Second)
	time.Sleep(time.Until(c.began.Add(6 * time.Second))) // who leaves within five seconds is not called back
	c.hangUp()
	h.record(t, number).wantResult(t, "abandoned", "caller", "")
	until(t, "there is a task for "+masked, 20*time.Second, func() bool {
		if found := d.pending(masked); found != nil {
			task = *found
		}
		return task.ID != ""
	})
	if task.Reason != "abandoned" || task.Attempts != 0 {
		t.Errorf("%+v", task)
	}
	return task
}

// dials lets the agent call back; the list on screen may be a moment ahead of the loop.
func (d desk) dials(id string) *ring {
	d.t.Helper()
	until(d.t, "the call-back is dialled", 10*time.Second, func() bool {
		return d.do(switchboard.CmdDial, switchboard.DialArgs{ID: id}, "") == nil
	})
	r := d.phone.ringing(3 * time.Second)
	d.sees("whom he calls back", func(k switchboard.Desk) bool {
		return k.Call != nil && k.Call.Phase == "ringing" && k.Call.Direction == call.Outbound && k.Call.Callback.ID == id
	})
	return r
}

type taskRow struct {
	State, Outcome string
	Attempts       int
	LastReach      string `json:"last_reach"`
	LastAgent      string `json:"last_agent"`
	ClosedBy       string `json:"closed_by"`
}

func (h *house) task(t *testing.T, id string) taskRow {
	t.Helper()
	return rows[taskRow](t, h, "SELECT * FROM callback WHERE id = %s", id)[0]
}

// A caller who waited in vain becomes a task; an agent calls him back, they talk, and the task is closed.
func TestWhoGaveUpIsCalledBack(t *testing.T) {
	h := theHouse(t)
	const number, masked = "13700000101", "137****0101"
	d := h.present(t, "8101", agentTone)
	p, err := newPlaylist(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	task := h.missed(t, d, number, masked)
	citizen := h.citizen(t, called{number: number, shown: "12300", rings: 3 * time.Second})

	answered := time.Now()
	r := d.dials(task.ID)
	r.answer()
	d.sees("that it rings", func(k switchboard.Desk) bool { return k.Call != nil && k.Call.Phase == "dialling" })
	d.phone.hearsMusic(t, answered, 3*time.Second) // the tone of ringing
	desk := d.sees("that they talk", func(k switchboard.Desk) bool { return k.Call != nil && k.Call.Phase == "talking" })
	talking := time.Now()
	t.Logf("the citizen hears the agent after %v", citizen.hears(t, agentTone, talking, 3*time.Second))
	d.phone.hears(t, callerTone, talking, 3*time.Second)
	from, _ := p.plays(t, string(desk.Call.ID), 1, 15*time.Second, "calling_back") // meanwhile
	if late := from.Sub(talking); late > time.Second {
		t.Errorf("he hears who calls %v after he answered", late)
	}
	if found := d.pending(masked); found == nil || !found.Dialling {
		t.Errorf("the list does not say that he is being called: %+v", found)
	}
	r.hangUp()
	citizen.gone(3 * time.Second)
	d.finish()
	d.seesState(agent.NotReady)

	row := h.record(t, number)
	row.wantResult(t, "answered", "agent", "8101")
	if row.DNIS != "12300" || row.TalkingAt == nil {
		t.Errorf("%+v", row)
	}
	until(t, "the task is closed", 20*time.Second, func() bool { return h.task(t, task.ID).State == "closed" })
	if got := h.task(t, task.ID); got.Outcome != "reached" || got.Attempts != 1 || got.LastAgent != "8101" {
		t.Errorf("%+v", got)
	}
	if d.pending(masked) != nil {
		t.Error("the list still has him")
	}
}

// The same from the page: a click in the list, and the telephone in the page answers by itself.
func TestThePageCallsBack(t *testing.T) {
	h := theHouse(t)
	const number, masked = "13700000103", "137****0103"
	task := h.missed(t, h.present(t, "8101", agentTone), number, masked)
	p := h.newPage(t, "8001")
	p.login()
	p.signIn()
	t.Cleanup(func() { h.signOut(t, "8001") })
	citizen := h.citizen(t, called{number: number, shown: "12300", rings: 2 * time.Second})

	until(t, "the page counts him", patience, func() bool { return p.text("callbacks") != "" && p.text("callbacks") != "回拨 0" },
		func() string { return p.text("callbacks") })
	p.click("callbacks")
	p.shows("callback-row", "data-id", task.ID, patience)
	p.picture("15-callbacks")
	p.click("callback-dial")
	p.phase("dialling", patience)
	p.shows("callback-note", "data-reason", "abandoned", time.Second)
	p.picture("16-dialling")
	p.phase("talking", patience)
	conversation(t, p, citizen, time.Now())
	p.picture("17-called-back")
	p.click("hangup")
	citizen.gone(3 * time.Second)
	p.phase("wrap_up", patience)
	p.click("disposition-help")
	p.click("wrap-finish")
	p.state("not_ready", patience)
	h.record(t, number).wantResult(t, "answered", "agent", "8001")
	until(t, "the task is closed", 20*time.Second, func() bool { return h.task(t, task.ID).State == "closed" })
}

// His line is busy: the agent is told, and the task waits for the next attempt. Then he calls himself and gets through.
func TestWhoIsBusyIsCalledAgain(t *testing.T) {
	h := theHouse(t)
	const number, masked = "13700000102", "137****0102"
	d := h.present(t, "8101", agentTone)
	task := h.missed(t, d, number, masked)
	h.citizen(t, called{number: number, shown: "12300", status: 486})

	d.dials(task.ID).answer()
	d.sees("that he is busy", func(k switchboard.Desk) bool {
		return k.Call != nil && k.Call.Phase == "wrap_up" && k.Call.Callback.Reach == call.Busy
	})
	until(t, "the attempt is counted", 20*time.Second, func() bool { return h.task(t, task.ID).Attempts == 1 })
	if got := h.task(t, task.ID); got.State != "open" || got.LastReach != "busy" {
		t.Errorf("%+v", got)
	}
	h.record(t, number).wantResult(t, "callback_failed", "system", "8101")

	d.must(switchboard.CmdReady, struct{}{}, "")
	c := h.dial(t, dialled{line: "12300", number: number})
	r := d.phone.ringing(5 * time.Second)
	answered := time.Now()
	r.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	r.hangUp()
	c.gone(3 * time.Second)
	d.finish()
	until(t, "the task is closed", 20*time.Second, func() bool { return h.task(t, task.ID).State == "closed" })
	if got := h.task(t, task.ID); got.Outcome != "got_through" || got.ClosedBy != "system" {
		t.Errorf("%+v", got)
	}
}
