package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

// Who is handed over by the police goes before those who wait longer; equals are served in the order they came.
func TestPriorityAndOrder(t *testing.T) {
	h := theHall(t)
	numbers := []string{"13500000111", "13500000112", "13500000113"}
	for i, line := range []string{"12345", "12345", "110"} {
		h.dial(t, dialled{line: line, number: numbers[i]})
		h.reaches(t, numbers[i], "waiting")
	}
	d := h.staff(t, "8105", agentTone)
	for _, number := range []string{numbers[2], numbers[0], numbers[1]} {
		ring := d.phone.ringing(5 * time.Second)
		desk := d.seesPhase("ringing")
		if desk.Number != number {
			t.Errorf("%s is offered, want %s", desk.Number, number)
		}
		ring.answer()
		d.seesPhase("talking")
		ring.hangUp()
		h.record(t, number).wantResult(t, "answered", "agent", "8105")
	}
	type row struct{ Priority string }
	if got := rows[row](t, h.house, "SELECT priority FROM call WHERE number_hash = %s", h.hash(numbers[2])); len(got) != 1 || got[0].Priority != "from_110" {
		t.Errorf("the record does not say why he went first: %+v", got)
	}
}

// overflowRow is what is kept of a caller whom his queue could not take.
type overflowRow struct {
	Queue, To, Why string
	Refused        bool
}

func (h *hall) overflow(t *testing.T, number string) overflowRow {
	t.Helper()
	return rows[overflowRow](t, h.house, `SELECT queue, overflow_to AS "to", lost_why AS "why", refused FROM call WHERE number_hash = %s`, h.hash(number))[0]
}

// A full queue tells the next caller so and lets him go; one with somewhere to send him does that.
func TestFullQueues(t *testing.T) {
	h := theHall(t)
	waiting := h.dial(t, dialled{line: "7003", number: "13500000121"})
	longer := h.dial(t, dialled{line: "7004", number: "13500000122"})
	h.reaches(t, "13500000121", "waiting")
	h.reaches(t, "13500000122", "waiting")

	refused := h.dial(t, dialled{line: "7003", number: "13500000123", tone: callerTone2})
	from, to := h.plays(t, h.callOf(t, "13500000123"), 1, 15*time.Second, "queue_full")
	refused.noLongSilence(t, from, to)
	refused.gone(3 * time.Second)
	h.record(t, "13500000123").wantResult(t, "refused_full", "system", "")
	if got, want := h.overflow(t, "13500000123"), (overflowRow{"small", "", "full", true}); got != want {
		t.Errorf("the refused caller's row: %+v, want %+v", got, want)
	}

	d := h.staff(t, "8104", agentTone)
	c := h.dial(t, dialled{line: "7004", number: "13500000124", tone: callerTone2})
	ring := d.phone.ringing(10 * time.Second)
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	c.hangUp()
	h.record(t, "13500000124").wantResult(t, "answered", "caller", "8104")
	if got, want := h.overflow(t, "13500000124"), (overflowRow{"spilled_to", "queue:spilled_to", "", false}); got != want {
		t.Errorf("the row of who overflowed: %+v, want %+v", got, want)
	}
	for number, c := range map[string]*caller{"13500000121": waiting, "13500000122": longer} {
		c.onTheLine()
		c.hangUp()
		h.record(t, number).wantResult(t, "abandoned", "caller", "")
	}
}

// Where one in ten of the last fifty is lost and somebody waits, the next caller goes where he is served.
func TestOverflowByLossRate(t *testing.T) {
	h := theHall(t)
	admin := h.signedIn(t, "9003")
	var q settings.QueueDoc
	version := admin.setting(t, "queues/lossy", &q)
	q.Overflow = []settings.OverflowDoc{{LossRate: 0.1, Kind: queue.ToQueue, To: "spilled_to"}}
	if status, text := admin.put(t, "queues/lossy", version, q); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	time.Sleep(inEffect) // nothing tells that it is
	d := h.staff(t, "8104", agentTone)

	patient := h.dial(t, dialled{line: "7012", number: "13500000210"})
	h.reaches(t, "13500000210", "waiting")
	for n := range 5 { // the last of them is one in ten
		number := fmt.Sprint("1350000021", n+1)
		c := h.dial(t, dialled{line: "7012", number: number})
		h.reaches(t, number, "waiting")
		c.hangUp()
		h.record(t, number).wantResult(t, "abandoned", "caller", "")
		if got, want := h.overflow(t, number), (overflowRow{"lossy", "", "", false}); got != want {
			t.Errorf("the row of who was lost: %+v, want %+v", got, want)
		}
	}
	c := h.dial(t, dialled{line: "7012", number: "13500000219", tone: callerTone2})
	ring := d.phone.ringing(5 * time.Second)
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	c.hangUp()
	h.record(t, "13500000219").wantResult(t, "answered", "caller", "8104")
	if got, want := h.overflow(t, "13500000219"), (overflowRow{"spilled_to", "queue:spilled_to", "", false}); got != want {
		t.Errorf("the row of who overflowed: %+v, want %+v", got, want)
	}
	patient.onTheLine()
	patient.hangUp()
	h.record(t, "13500000210").wantResult(t, "abandoned", "caller", "")
}

// With skills as without: who refuses is passed over for the next who is able, three unanswered rings make not ready,
// and nobody who is not able is asked meanwhile, however long he has been ready.
func TestRefusedAndUnansweredWithSkills(t *testing.T) {
	h := theHall(t)
	const number = "13500000131"
	unable := h.staff(t, "8103", agentTone2)
	first := h.staff(t, "8101", agentTone)
	second := h.staff(t, "8102", agentTone2)
	c := h.dial(t, dialled{line: "7009", number: number})
	first.phone.ringing(patience).reject(486, "Busy Here")
	for range agent.MaxNoAnswers {
		waitFor(t, "the telephone stops ringing", second.phone.ringing(5*time.Second).cancelled, 5*time.Second)
	}
	second.sees("that he did not answer", func(d switchboard.Desk) bool {
		return d.Agent.State == agent.NotReady && d.Agent.Reason == agent.ReasonNoAnswer && d.Call == nil
	})
	first.seesState(agent.NotReady)
	first.must(switchboard.CmdReady, struct{}{}, "")
	ring := first.phone.ringing(5 * time.Second)
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	c.noLongSilence(t, *h.reaches(t, number, "talking").AnsweredAt, time.Now())
	unable.seesState(agent.Ready)
	c.hangUp()
	r := h.record(t, number)
	r.wantResult(t, "answered", "caller", "8101")
	if got, want := h.offers(t, r.ID), "8101 refused, 8102 no_answer, 8102 no_answer, 8102 no_answer, 8101 answered"; got != want {
		t.Errorf("offers: %s, want %s", got, want)
	}
}
