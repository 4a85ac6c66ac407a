package e2e

import (
	"math"
	"slices"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// What callers are told while they wait, as they are answered and when the agent is gone. The three take long and
// have nothing to do with one another, so they run side by side.
func TestQueuesThatTalk(t *testing.T) {
	h := theHall(t)
	t.Run("queue", func(t *testing.T) {
		t.Run("position and wait", func(t *testing.T) {
			t.Parallel()
			positionAndWait(t, h)
		})
		t.Run("number and rating", func(t *testing.T) {
			t.Parallel()
			numberAndRating(t, h)
		})
	})
}

// learnt is more callers than it takes before waiting times are foretold.
const learnt = 22

// positionAndWait: who waits hears at the set interval how many are before him and how long it takes, music between.
func positionAndWait(t *testing.T, h *hall) {
	d := h.present(t, "8103", agentTone)
	h.crowd(t, "7001", learnt)
	d.must(switchboard.CmdReady, struct{}{}, "")
	before := call.ID("")
	for range learnt {
		d.phone.ringing(5 * time.Second).answer()
		desk := d.sees("the next call", func(d switchboard.Desk) bool {
			return d.Call != nil && d.Call.Phase == "talking" && d.Call.ID != before
		})
		before = desk.Call.ID
		d.must(switchboard.CmdHangUp, struct{}{}, before)
	}
	talking := h.dial(t, dialled{line: "7001", number: "13500000141"})
	ring := d.phone.ringing(patience)
	ring.answer()
	talking.hears(t, agentTone, time.Now(), 3*time.Second)
	next := h.dial(t, dialled{line: "7001", number: "13500000142"})
	h.reaches(t, "13500000142", "waiting")
	last := h.dial(t, dialled{line: "7001", number: "13500000143", tone: callerTone2})
	row := h.reaches(t, "13500000143", "waiting")
	last.hearsMusic(t, row.ArrivedAt, 5*time.Second)
	waiting := time.Now()

	one, end := h.plays(t, row.ID, 1, 15*time.Second, "wait_ahead", "n_1", "wait_people", "wait_under_minute")
	if after := one.Sub(*row.QueuedAt); after < 9500*time.Millisecond || after > 11500*time.Millisecond {
		t.Errorf("the first announcement comes after %v, want 10 s", after)
	}
	last.hearsMusic(t, end, 4*time.Second)
	h.plays(t, h.callOf(t, "13500000142"), 1, time.Second, "wait_next", "wait_under_minute")
	ring.hangUp()
	talking.gone(3 * time.Second)
	again := d.phone.ringing(3 * time.Second)
	again.answer()
	next.hears(t, agentTone, time.Now(), 3*time.Second)
	until(t, "the second announcement", 15*time.Second, func() bool { return h.times(row.ID, "wait_next") == 1 })
	two := time.Now()
	until(t, "its end", 10*time.Second, func() bool { list := h.of(row.ID); return list[len(list)-1].prompt == "" })
	end = time.Now()
	if after := two.Sub(one); after < 9500*time.Millisecond || after > 11500*time.Millisecond {
		t.Errorf("the second announcement comes %v after the first, want 10 s", after)
	}
	last.hearsMusic(t, end, 4*time.Second)
	last.noLongSilence(t, waiting, time.Now())
	if said := names(h.of(row.ID))[4:]; said[0] != "wait_next" || !slices.Contains([]string{"wait_under_minute", "wait_about"}, said[1]) {
		t.Errorf("the second announcement is %v", said)
	}
	last.hangUp()
	again.hangUp()
	next.gone(3 * time.Second)
	d.seesState(agent.Ready)
	h.record(t, "13500000143").wantResult(t, "abandoned", "caller", "")
}

// the question after a call, as it is read out.
var ratingQuestion = []string{
	"rating_ask", "rating_very_satisfied", "press_1", "rating_satisfied", "press_2", "rating_fairly_satisfied", "press_3",
	"rating_unsatisfied", "press_4", "rating_very_unsatisfied", "press_5",
}

// numberAndRating: the agent's number is told on answer, and who stays when the agent hangs up is asked to rate.
func numberAndRating(t *testing.T, h *hall) {
	d := h.staff(t, "8104", agentTone2)
	silent, silentID := h.servedBy(t, d, "13500000151", callerTone)
	rater, raterID := h.servedBy(t, d, "13500000152", callerTone2)
	until(t, "he is asked", 5*time.Second, func() bool { return h.times(raterID, "rating_very_satisfied") == 1 })
	asked := time.Now()
	rater.press("2")
	h.plays(t, raterID, 1, 5*time.Second, "rating_thanks")
	t.Logf("the key was taken and the thanks were said %v after it was pressed", time.Since(asked).Round(time.Millisecond))
	rater.gone(3 * time.Second)
	r := h.record(t, "13500000152")
	r.wantResult(t, "answered", "agent", "8104")
	if r.Rating != 2 {
		t.Errorf("the rating kept is %d", r.Rating)
	}

	from, _ := h.plays(t, silentID, 1, time.Minute, ratingQuestion...)
	h.plays(t, silentID, 3, time.Minute, ratingQuestion...)
	_, to := h.plays(t, silentID, 1, 15*time.Second, "closing_thanks")
	silent.noLongSilence(t, from, to)
	silent.gone(3 * time.Second)
	if n := h.times(silentID, "rating_ask"); n != 3 {
		t.Errorf("who keyed nothing was asked %d times", n)
	}
	r = h.record(t, "13500000151")
	r.wantResult(t, "answered", "agent", "8104")
	if r.Rating != 0 {
		t.Errorf("who keyed nothing is kept with rating %d", r.Rating)
	}
}

// servedBy lets a caller be answered, hear the agent's number, and be left by the agent.
func (h *hall) servedBy(t *testing.T, d desk, number string, f tone) (*caller, string) {
	t.Helper()
	c := h.dial(t, dialled{line: "7002", number: number, tone: f})
	ring := d.phone.ringing(patience)
	ring.answer()
	id := h.callOf(t, number)
	from, to := h.plays(t, id, 1, 8*time.Second, "agent_no", "d_8", "d_1", "d_0", "d_4", "agent_serves")
	spoken, all := 0, c.heard(from, to)
	for _, w := range all {
		if w.residue(agentTone2) > -35 {
			spoken++
		}
	}
	t.Logf("a voice is heard beside the agent's in %d of %d windows: %s", spoken, len(all), c.summary(from, to))
	if spoken*2 < len(all) {
		t.Error("the caller does not hear the agent's number")
	}
	c.hears(t, agentTone2, to, 3*time.Second)
	ring.hangUp()
	return c, id
}

// residue is how loud in dB a window is without a tone.
func (w window) residue(f tone) float64 {
	return w.level + 10*math.Log10(math.Max(1-f.share(w.samples, rate), 1e-9))
}
