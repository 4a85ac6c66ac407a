package switchboard_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/directory"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

// changed is the test's settings with one change.
func (b *board) changed(change func(*settings.Snapshot)) {
	b.t.Helper()
	set := b.settings
	set.Queues = append([]queue.Definition(nil), set.Queues...)
	change(&set)
	if err := b.Configure(b.ctx, set, nil); err != nil {
		b.t.Fatal(err)
	}
	b.settings = set
	synctest.Wait()
}

func queueOf(set *settings.Snapshot, name string) *queue.Definition {
	for i := range set.Queues {
		if set.Queues[i].Name == name {
			return &set.Queues[i]
		}
	}
	panic(name)
}

func TestWhoKnowsMoreIsChosen(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) {
			def := queueOf(set, "social")
			def.Needs = []queue.Need{{Skill: "social", Level: 5}}
			def.Widen = []queue.Widening{{After: 10 * time.Second}}
			set.Skills = map[string]map[string]int{"8002": {"social": 5}}
		})
		b.ready("8001") // idle longer, and knows nothing of it
		time.Sleep(time.Second)
		b.ready("8002")
		b.caller("c1")
		if b.phase("8002") != "ringing" || b.phase("8001") == "ringing" {
			t.Errorf("8001 %q, 8002 %q", b.phase("8001"), b.phase("8002"))
		}
		b.caller("c2")
		if b.phase("8001") == "ringing" {
			t.Error("8001 was offered a call at once")
		}
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if b.phase("8001") != "ringing" {
			t.Errorf("8001 is %q after the caller waited 10 s", b.phase("8001"))
		}
	})
}

func TestAFullQueueSaysSo(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) { queueOf(set, "social").MaxWaiting = 1 })
		b.caller("c1")
		b.caller("c2")
		if r := b.record("c2"); r.State != call.Closing || !r.Refused || r.LostWhy != "full" {
			t.Errorf("%+v", r)
		}
		if r := b.record("c1"); r.State != call.Waiting {
			t.Errorf("%+v", r)
		}
	})
}

func TestOverflowToAnotherQueue(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) {
			def := queueOf(set, "social")
			def.Needs = []queue.Need{{Skill: "social", Level: 1}}
			def.Overflow = []queue.Overflow{{Longest: 30 * time.Second, To: queue.Target{Kind: queue.ToQueue, Name: "general"}}}
		})
		b.ready("8001")
		b.caller("c1")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if r := b.record("c1"); r.OverflowTo != "queue:general" || r.Queue != "general" || r.State != call.Offered {
			t.Errorf("%+v", r)
		}
	})
}

func TestAQueueInUseIsNotRemoved(t *testing.T) {
	play(t, func(b *board) {
		b.caller("c1")
		set := b.settings
		set.Queues = nil
		for _, def := range b.settings.Queues {
			if def.Name != "social" {
				set.Queues = append(set.Queues, def)
			}
		}
		if err := b.Configure(b.ctx, set, nil); err == nil {
			t.Error("it was removed")
		}
		if n, err := b.Waiting(b.ctx, "social"); n != 1 || err != nil {
			t.Error(n, err)
		}
	})
}

func TestTheLastAgentFirst(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) { queueOf(set, "social").WrapUp = 0 })
		b.connected("c1", "8001")
		b.ready("8002") // idle longer than 8001 will be
		b.ChannelGone("c1", 16)
		b.ChannelGone("c1.a1.8001", 16)
		synctest.Wait()
		b.caller("c2") // the same number
		if b.phase("8001") != "ringing" {
			t.Errorf("8001 %q, 8002 %q", b.phase("8001"), b.phase("8002"))
		}
	})
}

func TestRestsTakeTurns(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) { set.Policies.Rest = settings.Rest{Most: 1, Pending: 1} })
		for _, no := range []string{"8001", "8002", "8003"} {
			b.ready(no)
		}
		rest := switchboard.RestArgs{Reason: "break", Minutes: 10}
		b.must("8001", switchboard.CmdRest, "", rest)
		b.must("8002", switchboard.CmdRest, "", rest)
		if code := b.do("8003", switchboard.CmdRest, "", rest); code != switchboard.CodeTooMany {
			t.Errorf("the third: %q", code)
		}
		if d := b.desk("8002"); d.Agent.State != agent.Ready || d.Agent.RestTurn != 1 {
			t.Errorf("8002: %+v", d.Agent)
		}
		b.must("8001", switchboard.CmdReady, "", nil)
		if d := b.desk("8002"); d.Agent.State != agent.Rest || d.Agent.RestTurn != 0 {
			t.Errorf("8002: %+v", d.Agent)
		}
		b.must("8003", switchboard.CmdRest, "", rest)
		b.must("8003", switchboard.CmdReady, "", nil) // thinks better of it
		b.must("8002", switchboard.CmdReady, "", nil)
		if d := b.desk("8003"); d.Agent.State != agent.Ready {
			t.Errorf("8003: %+v", d.Agent)
		}
	})
}

func TestRatingKeepsTheAgentFree(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) { queueOf(set, "social").Rating = true })
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdHangUp, "c1", nil)
		if d := b.desk("8001"); d.Agent.State != agent.WrapUp || d.Call == nil || d.Call.EndedAt == nil || d.Call.EndedBy != call.ByAgent {
			t.Errorf("%+v %+v", d.Agent, d.Call)
		}
		b.KeyPressed("c1", "2")
		synctest.Wait()
		if r := b.record("c1"); r.Rating != 2 || r.State != call.Closing || r.ReleasedAt.IsZero() {
			t.Errorf("%+v", r)
		}
	})
}

func TestAnotherCityTakesWhoDoesNotFit(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) {
			lines := append(set.Lines.Lines(), directory.Line{
				DNIS: "057112345", Name: "杭州", Mode: directory.Region, Unit: "杭州", Queue: "general", Routes: []string{"trunk/057112345"},
			})
			d, err := directory.New(lines)
			if err != nil {
				b.t.Fatal(err)
			}
			set.Lines = d
			def := queueOf(set, "social")
			def.MaxWaiting = 1
			def.Overflow = []queue.Overflow{{Waiting: 1, To: queue.Target{Kind: queue.ToRegion, Name: "057112345"}}}
		})
		b.caller("c1")
		b.caller("c2")
		if !b.has("originate leg=c2.r1.057112345 endpoint=PJSIP/057112345@trunk X-Hotline-Call-Id=c2") {
			t.Error("nobody was called")
		}
		b.ChannelGone("c2.r1.057112345", 34) // no way
		synctest.Wait()
		if r := b.record("c2"); r.State != call.Waiting || r.OverflowTo != "" {
			t.Errorf("%+v", r)
		}
		b.ready("8001")
		b.ready("8002")
		if b.record("c1").State != call.Offered || b.record("c2").State != call.Offered {
			t.Error("somebody still waits")
		}
	})
}

func TestASurgeIsWhatCallersAndAgentsGet(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) {
			queueOf(set, "social").Rating = true
			set.Policies.Surge = settings.Surge{On: true, WrapUp: 5, NoRating: true}
		})
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdHangUp, "c1", nil)
		if r := b.record("c1"); r.State != call.Ended {
			t.Errorf("the caller is %s, in a surge nobody is asked to rate", r.State)
		}
		if d := b.desk("8001"); d.Agent.Until == nil || time.Until(*d.Agent.Until) > 5*time.Second {
			t.Errorf("wrap-up until %v, in a surge it lasts 5 s", d.Agent.Until)
		}
	})
}

func TestAQueueNobodySetUpIsLikeGeneral(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) {
			for i := range set.Queues {
				set.Queues[i].RingTimeout = 7 * time.Second
			}
			queueOf(set, settings.General).RingTimeout = 11 * time.Second
			set.Queues = slices.DeleteFunc(set.Queues, func(d queue.Definition) bool { return d.Name == "social" })
		})
		b.ready("8001")
		b.caller("c1")
		if d := b.desk("8001"); d.Call == nil || d.Call.RingUntil == nil || time.Until(*d.Call.RingUntil) != 11*time.Second {
			t.Errorf("it rings until %+v", d.Call)
		}
	})
}
