package e2e

import (
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

// keptSettings offers callers after three seconds to be called back.
func keptSettings(set *settings.Snapshot) {
	for i := range set.Queues {
		set.Queues[i].Callback = 3 * time.Second
	}
}

// A caller who waits asks to be called back and keeps his place: he is called before one who came later, also by a
// gateway that was killed meanwhile.
func TestWhoKeepsHisPlaceIsCalledFirst(t *testing.T) {
	new(door).enter(t)
	const first, later = "13700000201", "13700000202"
	people := []stack.Account{{AgentNo: "8101", Name: "甲", Role: "agent", Phone: "desk", Password: password}}
	h, err := newHouseOf(people, lines, []func(*settings.Snapshot){keptSettings})
	if err != nil {
		t.Fatal(err)
	}
	h.visit(t, nil)

	c := h.dial(t, dialled{line: "12300", number: first})
	h.reaches(t, first, "waiting")
	time.Sleep(time.Until(c.began.Add(5 * time.Second))) // the offer is being spoken
	c.press("1")
	c.gone(40 * time.Second)
	r := h.record(t, first)
	r.wantResult(t, "callback_kept", "system", "")
	until(t, "his task is kept", 20*time.Second, func() bool {
		list, err := tryRows[taskRow](h, "SELECT * FROM callback WHERE id = %s AND kept_place", r.ID)
		return err == nil && len(list) == 1
	})

	second := h.dial(t, dialled{line: "12300", number: later})
	h.reaches(t, later, "waiting")
	h.KillGateway()
	h.restarted = true
	if err := h.StartGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "both wait again", 20*time.Second, func() bool {
		n, err := h.metric("hotline_calls_waiting")
		return err == nil && n == 2
	})

	citizen := h.citizen(t, called{number: first, shown: "12300", rings: time.Second})
	d := h.staff(t, "8101", agentTone)
	ring := d.phone.ringing(patience)
	d.sees("whom he calls back", func(k switchboard.Desk) bool {
		return k.Call != nil && k.Call.Direction == call.Outbound && k.Call.Number == first && k.Call.Callback.KeptPlace
	})
	ring.answer()
	d.seesPhase("talking")
	citizen.hears(t, agentTone, time.Now(), 3*time.Second)
	ring.hangUp()
	citizen.gone(3 * time.Second)
	d.finish()

	next := d.phone.ringing(patience) // then he who came later
	d.sees("who came later", func(k switchboard.Desk) bool { return k.Call != nil && k.Call.Number == later })
	next.answer()
	d.seesPhase("talking")
	next.hangUp()
	second.gone(3 * time.Second)
	d.finish()
	d.must(switchboard.CmdNotReady, switchboard.NotReadyArgs{Reason: "other"}, "")
	until(t, "the task is closed", 20*time.Second, func() bool { return h.task(t, r.ID).State == "closed" })
	if got := h.task(t, r.ID); got.Outcome != "reached" {
		t.Errorf("%+v", got)
	}
}
