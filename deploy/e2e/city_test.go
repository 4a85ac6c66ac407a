package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/asterisk"
	"hotline/deploy/stack"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

// ourLines are a line whose queue has room for one, and the other city's hotline.
const ourLines = `dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes
12345,12345热线,main,,general,,greeting_12300,no,,,,,,
057412345,宁波12345,region,宁波,general,,,no,,,,,,ningbo/12300
`

// twoCities are two whole hotlines with a trunk between them: ours sends the other one whom it has no room for.
func twoCities(t *testing.T) (ours, theirs *house) {
	t.Helper()
	theirs = ownHouse(t)
	ours, err := openHouse(ourLines, []func(*settings.Snapshot){func(s *settings.Snapshot) {
		for i := range s.Queues {
			s.Queues[i].Overflow = []queue.Overflow{{Waiting: 1, To: queue.Target{Kind: queue.ToRegion, Name: "057412345"}}}
		}
	}}, stack.Options{Agents: people(), Trunks: []asterisk.Trunk{{Name: "ningbo", Context: asterisk.FromTrunk, Contact: theirs.SIPAddress(), Qualify: true}}})
	if err == nil {
		t.Cleanup(func() {
			if err := ours.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	ours.visit(t, err)
	ours.reachesCity(t, true)
	return ours, theirs
}

// reachesCity waits until our Asterisk knows whether the other city can be reached.
func (h *house) reachesCity(t *testing.T, want bool) {
	t.Helper()
	state := map[bool]string{true: "online", false: "offline"}[want]
	until(t, "the other city is "+state, 20*time.Second, func() bool {
		var endpoint struct{ State string }
		return h.ari("/endpoints/PJSIP/ningbo", &endpoint) == nil && endpoint.State == state
	})
}

// Another city's hotline, as whole as ours, takes whom we have no room for and knows his call's id with us. Whom it
// refuses or cannot be reached for is back at his place here.
func TestAnotherHotlineHelps(t *testing.T) {
	ours, theirs := twoCities(t)
	first := ours.dial(t, dialled{line: "12345", number: "13500000201"})
	ours.reaches(t, "13500000201", "waiting")
	helper := theirs.staff(t, "8101", agentTone)

	c := ours.dial(t, dialled{line: "12345", number: "13500000202", tone: callerTone2})
	ring := helper.phone.ringing(20 * time.Second)
	c.hearsMusic(t, time.Now(), 5*time.Second)
	desk := helper.seesPhase("ringing")
	if desk.Number != "13500000202" {
		t.Errorf("the other city sees %s", desk.Number)
	}
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	helper.phone.hears(t, callerTone2, answered, 3*time.Second)
	first.never(t, agentTone, first.began, time.Now())
	helper.phone.never(t, callerTone, answered, time.Now())
	id := ours.reaches(t, "13500000202", "diverted").ID
	type from struct {
		Sealed string `json:"came_from_sealed"`
	}
	got := rows[from](t, theirs, "SELECT came_from_sealed FROM call WHERE number_hash = %s", theirs.hash("13500000202"))
	if len(got) != 1 || !strings.Contains(theirs.opened(t, "origin", got[0].Sealed), `"id":"`+id+`"`) {
		t.Errorf("the other city knows the call as %+v, with us it is %s", got, id)
	}

	t.Run("it takes no more", func(t *testing.T) {
		theirs.takesNoMore(t)
		ours.comesBack(t, "13500000203", 34) // 503
	})
	c.noLongSilence(t, c.began.Add(time.Second), time.Now())
	c.hangUp()
	ours.record(t, "13500000202").wantResult(t, "overflowed_out", "caller", "")
	theirs.record(t, "13500000202").wantResult(t, "answered", "caller", "8101")

	t.Run("it is away", func(t *testing.T) {
		helper.must(switchboard.CmdNotReady, switchboard.NotReadyArgs{Reason: "meeting"}, "")
		helper.seesState(agent.NotReady)
		theirs.Asterisk.Kill()
		t.Cleanup(func() {
			if err := theirs.Asterisk.Start(context.Background()); err != nil {
				t.Error(err)
			}
		})
		ours.reachesCity(t, false)
		ours.comesBack(t, "13500000204", 0) // not even dialled
	})
	first.onTheLine()
	first.hangUp()
}

// comesBack lets a caller overflow to a city that does not take him: he waits with us within seconds, and is served
// in his turn.
func (h *house) comesBack(t *testing.T, number string, wantCause int) {
	t.Helper()
	c := h.dial(t, dialled{line: "12345", number: number, tone: callerTone2})
	id := h.reaches(t, number, "greeting").ID
	until(t, "he waits with us again", 20*time.Second, func() bool {
		return h.changes(t, id) == "waiting diverting waiting"
	}, func() string { return h.changes(t, id) })
	if cause := rows[struct{ Cause int }](t, h, "SELECT cause FROM call_leg WHERE call = %s AND role = 'region'", id)[0].Cause; cause != wantCause {
		t.Errorf("the leg there ended with cause %d, want %d", cause, wantCause)
	}
	type change struct{ At time.Time }
	was := rows[change](t, h, "SELECT at FROM call_change WHERE call = %s ORDER BY seq", id)
	away := was[2].At.Sub(was[1].At).Round(time.Millisecond)
	if t.Logf("he is back after %v", away); away > 3*time.Second {
		t.Errorf("he was away for %v", away)
	}
	c.hearsMusic(t, time.Now(), 5*time.Second)
	c.noLongSilence(t, c.began.Add(time.Second), time.Now())
	c.onTheLine()
	c.hangUp()
	h.record(t, number).wantResult(t, "abandoned", "caller", "")
}

// takesNoMore has an Asterisk in which somebody talks refuse new calls with 503 until the test ends.
func (h *house) takesNoMore(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	told := make(chan error, 1)
	go func() { // it answers when it ends
		_, err := h.Asterisk.CLI(ctx, "core stop gracefully")
		told <- err
	}()
	t.Cleanup(func() {
		defer cancel()
		out, err := h.Asterisk.CLI(ctx, "core abort shutdown")
		if err := errors.Join(err, <-told); err != nil {
			t.Errorf("it goes on: %v %s", err, out)
		}
	})
}
