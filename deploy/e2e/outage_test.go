package e2e

import (
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// What fails under calls, one after the other on servers of their own.

// The gateway dies in a conversation: nobody is hung up, both go on talking, and when it is back the page is too.
func TestGatewayKilledInAConversation(t *testing.T) {
	h := outages(t)
	const number = "13500000001"
	p := h.atWork(t, "8001")
	c := h.dial(t, dialled{line: "12301", number: number})
	p.phase("ringing", 30*time.Second)
	answered := time.Now()
	p.click("answer")
	conversation(t, p, c, answered)
	before := h.reaches(t, number, "talking")

	killed := time.Now()
	h.KillGateway()
	h.restarted = true
	until(t, "the page says so", 8*time.Second, func() bool { return p.text("offline-banner") != "" })
	t.Logf("the page says that the gateway is away after %v: %s", time.Since(killed).Round(time.Millisecond), p.text("offline-banner"))
	p.picture("17-gateway-away")
	if !p.hearing(callerTone) {
		t.Error("the agent hears the caller no more")
	}
	started := time.Now()
	if err := h.StartGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("ready %v after its start", time.Since(started).Round(time.Millisecond))
	p.shows("phase", "data-stale", "false", patience)
	p.phase("talking", patience)
	p.shows("phone-health", "data-state", "ok", patience)
	p.shows("gateway-health", "data-state", "ok", patience)
	p.picture("18-gateway-back")
	t.Logf("the page is back %v after the start", time.Since(started).Round(time.Millisecond))
	p.hears(callerTone, 2*time.Second)
	c.hears(t, agentTone, time.Now(), 2*time.Second)
	c.noLongSilence(t, killed, time.Now())
	if heard := c.heard(killed, time.Now()); share(heard, agentTone) < 0.9 {
		t.Errorf("the caller did not hear the agent all the time: %s", c.summary(killed, time.Now()))
	}

	p.click("hangup")
	c.gone(3 * time.Second)
	p.click("disposition-consultation")
	p.click("wrap-finish")
	p.state("ready", patience)
	r := h.record(t, number)
	r.wantResult(t, "answered", "agent", "8001")
	if r.ID != before.ID || !r.TalkingAt.Equal(*before.TalkingAt) || !r.ArrivedAt.Equal(before.ArrivedAt) || r.Recording == "" {
		t.Errorf("the record was %+v and is %+v", before, r)
	}
	if got, want := h.changes(t, r.ID), "waiting offered talking ended"; got != want {
		t.Errorf("the call was %s, want %s", got, want)
	}
}

// share is how many of the windows are a tone.
func share(windows []window, f tone) float64 {
	n := 0
	for _, w := range windows {
		if w.is(f) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(windows)))
}

// A caller who dials while there is no gateway hears music and is served when there is one again.
func TestCallerWhileTheGatewayIsAway(t *testing.T) {
	h := outages(t)
	const number = "13500000002"
	d := h.staff(t, "8101", agentTone)
	d.seesState(agent.Ready)
	if err := h.StopGateway(); err != nil {
		t.Fatal(err)
	}
	h.restarted = true
	c := h.dial(t, dialled{line: "12300", number: number})
	c.hearsMusic(t, c.began, 5*time.Second)
	if err := h.StartGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	ring := d.phone.ringing(8 * time.Second)
	t.Logf("it rings at the agent's %v after the gateway is ready", time.Since(started).Round(time.Millisecond))
	d.seesPhase("ringing")
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	c.noLongSilence(t, c.began.Add(time.Second), time.Now())
	c.hangUp()
	d.finish()
	h.record(t, number).wantResult(t, "answered", "caller", "8101")
}

// PostgreSQL is away for ten seconds: calls go on, new ones are answered, and all are in it afterwards.
func TestDatabaseAway(t *testing.T) {
	h := outages(t)
	first, second := h.staff(t, "8101", agentTone), h.staff(t, "8102", agentTone2)
	c1 := h.dial(t, dialled{line: "12300", number: "13500000003"})
	r1 := first.phone.ringing(patience)
	r1.answer()
	c1.hears(t, agentTone, time.Now(), 3*time.Second)
	id := first.seesPhase("talking").ID

	away := time.Now()
	if err := h.StopPostgres(); err != nil {
		t.Fatal(err)
	}
	first.must(switchboard.CmdHold, struct{}{}, id)
	c1.hearsMusic(t, time.Now(), 3*time.Second)
	first.must(switchboard.CmdResume, struct{}{}, id)
	c1.hears(t, agentTone, time.Now(), 3*time.Second)

	c2 := h.dial(t, dialled{line: "12301", number: "13500000004", tone: callerTone2})
	r2 := second.phone.ringing(20 * time.Second)
	answered := time.Now()
	r2.answer()
	c2.hears(t, agentTone2, answered, 3*time.Second)
	second.phone.hears(t, callerTone2, answered, 3*time.Second)
	if call := second.seesPhase("talking"); call.Number != "13500000004" || call.HistoryState != "unavailable" {
		t.Errorf("the second call on screen: %s, history %s", call.Number, call.HistoryState)
	}
	r1.hangUp()
	c1.gone(3 * time.Second)
	first.finish()
	first.seesState(agent.Ready)
	c3 := h.dial(t, dialled{line: "12300", number: "13500000005"}) // gives up while it rings
	first.phone.ringing(patience)
	c3.hangUp()
	first.sees("that he left", func(d switchboard.Desk) bool { return d.Call == nil })
	until(t, "half a minute without database", 40*time.Second, func() bool { return time.Since(away) > 30*time.Second })

	if err := h.StartPostgres(t.Context()); err != nil {
		t.Fatal(err)
	}
	c2.hangUp()
	second.finish()
	h.record(t, "13500000003").wantResult(t, "answered", "agent", "8101")
	h.record(t, "13500000004").wantResult(t, "answered", "caller", "8102")
	h.record(t, "13500000005").wantResult(t, "abandoned", "caller", "")
	r := h.reaches(t, "13500000003", "ended")
	if got, want := h.changes(t, r.ID), "offered talking held talking ended"; got != want && got != "waiting "+want {
		t.Errorf("the first call was %s, want %s", got, want)
	}
	if got, want := h.offers(t, h.reaches(t, "13500000005", "ended").ID), "8101 withdrawn"; got != want {
		t.Errorf("offers of the third: %s, want %s", got, want)
	}
}

// Asterisk is started anew: the calls in it are lost and say so, and the agents need do nothing.
func TestAsteriskRestarted(t *testing.T) {
	h := outages(t)
	p := h.atWork(t, "8001")
	c1 := h.dial(t, dialled{line: "12300", number: "13500000006"})
	p.phase("ringing", patience)
	answered := time.Now()
	p.click("answer")
	conversation(t, p, c1, answered)
	c2 := h.dial(t, dialled{line: "12300", number: "13500000007", tone: callerTone2})
	h.reaches(t, "13500000007", "waiting")
	d := h.present(t, "8101", agentTone2)

	began := time.Now()
	if err := h.RestartAsterisk(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.record(t, "13500000006").wantResult(t, "answered", "system", "8001")
	h.record(t, "13500000007").wantResult(t, "lost_system", "system", "")
	t.Logf("the lost calls have their results %v after the restart began", time.Since(began).Round(time.Millisecond))
	for _, number := range []string{"13500000006", "13500000007"} {
		until(t, number+" is to be called back", 20*time.Second, func() bool {
			return len(rows[taskRow](t, h, "SELECT * FROM callback WHERE state = 'open' AND reason = 'lost_system' AND number_hash = %s", h.hash(number))) == 1
		})
	}
	p.phase("wrap_up", patience)
	p.picture("19-asterisk-restarted")
	c1.hangUp()
	c2.hangUp()
	p.state("ready", 10*time.Second) // the wrap-up ends by itself
	p.shows("phone-health", "data-state", "ok", 20*time.Second)
	t.Logf("the page's telephone is back %v after the restart began", time.Since(began).Round(time.Millisecond))

	c := h.dial(t, dialled{line: "12300", number: "13500000008"})
	p.phase("ringing", patience)
	answered = time.Now()
	p.click("answer")
	conversation(t, p, c, answered)

	d.must(switchboard.CmdReady, struct{}{}, "")
	other := h.dial(t, dialled{line: "12300", number: "13500000009", tone: callerTone2})
	ring := d.phone.ringing(patience)
	ring.answer()
	other.hears(t, agentTone2, time.Now(), 3*time.Second)
	other.hangUp()
	p.click("hangup")
	c.gone(3 * time.Second)
	h.record(t, "13500000008").wantResult(t, "answered", "agent", "8001")
	h.record(t, "13500000009").wantResult(t, "answered", "caller", "8101")
	d.sees("that he may rest", func(d switchboard.Desk) bool { return d.Agent.State != agent.Talking })
}
