package switchboard_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// missed is somebody to be called back.
func missed(id, number string) switchboard.Task {
	return switchboard.Task{ID: id, Number: number, DNIS: "12333", Queue: "social", Reason: call.Abandoned, MissedAt: time.Now(), Attempts: 1}
}

// list hands over the open tasks.
func (b *board) list(tasks ...switchboard.Task) {
	b.Callbacks(tasks)
	synctest.Wait()
}

// outbound is the call at an agent's desk, which begins from us.
func (b *board) outbound(no string) *switchboard.DeskCall {
	b.t.Helper()
	c := b.desk(no).Call
	if c == nil || c.Direction != call.Outbound || !strings.HasPrefix(string(c.ID), "n-cb") {
		b.t.Fatalf("no outbound call at %s: %+v", no, c)
	}
	return c
}

// lifts lets the agent answer his telephone, so that the citizen's rings.
func (b *board) lifts(no string) string {
	b.t.Helper()
	id := string(b.outbound(no).ID)
	b.Done(call.ID(id), call.Command{Verb: call.MakeBridge})
	b.ChannelUp(id + ".a1." + no)
	b.ChannelEntered(id+".a1."+no, switchboard.Channel{Up: true})
	synctest.Wait()
	if phase := b.phase(no); phase != "dialling" {
		b.t.Fatalf("agent %s is %s", no, phase)
	}
	return id
}

func TestAnAgentCallsBack(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.list(missed("c0", "13800001234"))
		b.pass(time.Second)
		if tick := b.ticks["queue"].(switchboard.QueueTick); tick.Callbacks != 1 {
			t.Errorf("%+v", tick)
		}
		b.told()
		b.must("8001", switchboard.CmdDial, "", switchboard.DialArgs{ID: "c0"})
		if b.state("8001") != agent.Reserved || b.phase("8001") != "ringing" || !b.has("X-Hotline-Auto-Answer=1") {
			t.Errorf("%s: %v", b.state("8001"), b.told())
		}
		if screen, rings := b.find("screen 8001: call.ringing"), b.find("phone: originate"); screen < 0 || screen > rings {
			t.Errorf("screen %d, telephone %d", screen, rings)
		}
		id := b.lifts("8001")
		if task := b.outbound("8001").Callback; task == nil || task.Reason != call.Abandoned || task.Attempt != 2 || task.ID != "c0" {
			t.Errorf("%+v", task)
		}
		b.pass(3 * time.Second)
		b.ChannelUp(id + ".c")
		b.ChannelEntered(id+".c", switchboard.Channel{Up: true})
		b.pass(10 * time.Second)
		if b.phase("8001") != "talking" {
			t.Error(b.phase("8001"))
		}
		b.ChannelGone(id+".c", 16)
		b.ChannelGone(id+".a1.8001", 16)
		synctest.Wait()
		if b.phase("8001") != "wrap_up" || b.outbound("8001").Callback.Reach != call.Reached {
			t.Errorf("%s %+v", b.phase("8001"), b.outbound("8001").Callback)
		}
		r := b.record(call.ID(id))
		if r.Result != call.Answered || r.Direction != call.Outbound || r.CallbackID != "c0" || r.Number != "13800001234" || r.DNIS != "12333" {
			t.Errorf("%+v", r)
		}
		if today := b.desk("8001").Today; today.Answered != 4 || today.TalkSeconds != 610 {
			t.Errorf("%+v", today)
		}
		b.list(missed("c0", "13800001234")) // the tables do not know yet
		if code := b.do("8001", switchboard.CmdDial, "", switchboard.DialArgs{ID: "c0"}); code != switchboard.CodeNoSuchCallback {
			t.Error(code)
		}
	})
}

func TestACallBackInVain(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.must("8001", switchboard.CmdNotReady, "", switchboard.NotReadyArgs{Reason: "paper"})
		b.list(missed("c0", "13800001234"))
		b.must("8001", switchboard.CmdDial, "", switchboard.DialArgs{ID: "c0"})
		id := b.lifts("8001")
		b.ChannelGone(id+".c", 17)
		b.ChannelGone(id+".a1.8001", 16)
		synctest.Wait()
		if c := b.outbound("8001"); c.Phase != "wrap_up" || c.Callback.Reach != call.Busy {
			t.Errorf("%+v", c)
		}
		b.pass(11 * time.Second)
		if d := b.desk("8001").Agent; d.State != agent.NotReady || d.Reason != "paper" {
			t.Errorf("%+v", d)
		}
		if r := b.record(call.ID(id)); r.Result != call.CallbackFailed || r.Reach != call.Busy || r.Agent != "8001" {
			t.Errorf("%+v", r)
		}
	})
}

func TestCallBacksThatAreRefused(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.ready("8002")
		b.list(missed("c0", "13900000001"), missed("c9", "13800001234"))
		want := func(no, id string, code switchboard.Code) {
			t.Helper()
			if got := b.do(no, switchboard.CmdDial, "", switchboard.DialArgs{ID: id}); got != code {
				t.Errorf("%s dials %s: %q, want %q", no, id, got, code)
			}
		}
		want("8001", "none", switchboard.CodeNoSuchCallback)
		want("8001", "c0", "")
		want("8002", "c0", switchboard.CodeBeingDialled)
		want("8001", "c9", switchboard.CodeWrongState)
		b.caller("c1") // his number is that of c9, and 8002 is free
		want("8002", "c9", switchboard.CodeBeingDialled)
		b.LinkDown()
		want("8002", "c9", switchboard.CodeUnavailable)
	})
}

// kept is somebody who keeps his place in the queue.
func kept(id, number string, since time.Time) switchboard.Task {
	t := missed(id, number)
	t.Reason, t.KeptPlace, t.Since, t.Attempts = call.CallbackKept, true, since, 0
	return t
}

func TestWhoKeptHisPlaceIsCalledInHisTurn(t *testing.T) {
	play(t, func(b *board) {
		b.unswept()
		since := time.Now()
		b.pass(5 * time.Second)
		b.caller("c2") // waits, and came later
		for range 3 {
			b.list(kept("c1", "13900000001", since))
		}
		b.ready("8001")
		id := string(b.outbound("8001").ID)
		if b.has("X-Hotline-Auto-Answer") {
			t.Error("an agent who did not ask for the call is not given time to answer")
		}
		b.must("8001", switchboard.CmdRefuse, id, switchboard.RefuseArgs{Reason: "x"}) // and he does not take it
		b.ChannelGone(id+".a1.8001", 0)
		synctest.Wait()
		b.ready("8002")
		next := b.lifts("8002")
		if next == id || b.outbound("8002").Callback.ID != "c1" {
			t.Errorf("%+v", b.outbound("8002"))
		}
		b.list(kept("c1", "13900000001", since))
		b.ChannelGone(next+".c", 19)
		b.ChannelGone(next+".a1.8002", 16)
		b.list(kept("c1", "13900000001", since)) // the tables do not know yet: he is not called at once again
		b.pass(unread)
		if c := b.desk("8002").Call; c == nil || c.ID != "c2" {
			if other := b.desk("8001").Call; other == nil || other.ID != "c2" {
				t.Errorf("who came later is not next: %+v %+v", c, other)
			}
		}
		if tick := b.ticks["queue"].(switchboard.QueueTick); tick.Waiting != 0 {
			t.Errorf("%d wait", tick.Waiting)
		}
	})
}

// unread is longer than an agent is given to read that nobody answered.
const unread = 12 * time.Second

func TestAPlaceGoesWithItsTask(t *testing.T) {
	play(t, func(b *board) {
		b.list(kept("c1", "13900000001", time.Now()), kept("c2", "13900000002", time.Now()))
		b.pass(2 * time.Second)
		if tick := b.ticks["queue"].(switchboard.QueueTick); tick.Waiting != 2 {
			t.Errorf("%d wait", tick.Waiting)
		}
		b.list(kept("c2", "13900000002", time.Now()))
		b.ChannelEntered("c9", switchboard.Channel{Inbound: true, Number: "13900000002", DNIS: "12333"}) // calls himself
		synctest.Wait()
		b.ready("8001")
		if c := b.desk("8001").Call; c == nil || c.ID != "c9" {
			t.Errorf("%+v", c)
		}
		b.pass(2 * time.Second)
		if tick := b.ticks["queue"].(switchboard.QueueTick); tick.Waiting != 0 {
			t.Errorf("%d wait", tick.Waiting)
		}
	})
}

func TestAPlaceIsKeptAtOnce(t *testing.T) {
	play(t, func(b *board) {
		set := b.settings
		for i := range set.Queues {
			set.Queues[i].Callback = 30 * time.Second
		}
		if err := b.Configure(b.ctx, set, nil); err != nil {
			t.Fatal(err)
		}
		b.unswept()
		b.caller("c1")
		b.ChannelUp("c1")
		b.pass(31 * time.Second)
		b.KeyPressed("c1", "1")
		b.PlaybackEnded("c1", "c1.p2", false)
		b.ChannelGone("c1", 16)
		synctest.Wait()
		if r := b.record("c1"); r.Result != call.CallbackKept {
			t.Fatalf("%+v", r)
		}
		b.ready("8001")
		if c := b.outbound("8001"); c.Number != "13800001234" || c.Callback.ID != "c1" || !c.Callback.KeptPlace {
			t.Errorf("%+v", c)
		}
	})
}

func TestAnOutboundChannelNobodyKnowsIsHungUp(t *testing.T) {
	playFrom(t, nil, func(b *board) {
		b.mu.Lock()
		b.census.Channels = map[string]switchboard.Channel{"n-cb1.c": {Up: true}, "n-cb1.a1.8001": {Up: true}}
		b.mu.Unlock()
		b.LinkUp(b.ctx)
		b.pass(time.Second)
		if !b.has("phone: hang_up leg=n-cb1.c") || !b.has("phone: hang_up leg=n-cb1.a1.8001") {
			t.Error(b.told())
		}
	})
}
