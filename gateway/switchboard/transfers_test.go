package switchboard_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/switchboard"
)

// thirdLeg lets the telephone of a third party be answered.
func (b *board) thirdLeg(leg string) {
	b.ChannelRinging(leg)
	b.ChannelUp(leg)
	b.ChannelEntered(leg, switchboard.Channel{Up: true})
	synctest.Wait()
}

// parties are the states of those who are in the call at an agent's desk beside caller and him.
func (b *board) parties(no string) map[string]string {
	states := map[string]string{}
	if c := b.desk(no).Call; c != nil {
		for _, p := range c.Parties {
			states[p.Key] = p.State
		}
	}
	return states
}

// deeds are the actions that left a trace, oldest first.
func (b *board) deeds() (actions []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.Deed != nil {
			actions = append(actions, e.Deed.Action+" by "+e.Deed.Who)
		}
	}
	return actions
}

func (b *board) alerts() []switchboard.Alert {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, _ := b.ticks["alerts"].(switchboard.Alerts)
	return list.Alerts
}

func TestOneKeyDialsAtOnceAndOnlyOnce(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.told()
		old := b.desk("8001").Call.Ver
		b.must("8001", switchboard.CmdHold, "c1", nil)
		// The screen is behind, and the click came twice.
		for range 2 {
			if code := b.send(switchboard.Command{Agent: "8001", Name: switchboard.CmdOneKey, Call: "c1", Ver: old}, switchboard.OneKeyArgs{Service: "110"}); code != "" {
				t.Fatalf("one key: %s", code)
			}
		}
		if n := slices.IndexFunc(b.told(), func(line string) bool { return line == "" }); n >= 0 {
			t.Fatal("empty line")
		}
		if b.phase("8001") != "talking" || b.parties("8001")["110"] != "dialling" {
			t.Errorf("phase %s, parties %v: caller and agent talk on while it is dialled", b.phase("8001"), b.parties("8001"))
		}
		b.thirdLeg("c1.t2.110")
		if b.phase("8001") != "three_way" || b.parties("8001")["110"] != "in" {
			t.Errorf("phase %s, parties %v", b.phase("8001"), b.parties("8001"))
		}
		if b.state("8001") != agent.Talking {
			t.Errorf("the agent is %s", b.state("8001"))
		}
		b.must("8001", switchboard.CmdLeave, "c1", nil)
		if c := b.desk("8001").Call; b.state("8001") != agent.WrapUp || !c.TakeBack || c.EndedAt == nil {
			t.Errorf("after leaving: %s, %+v", b.state("8001"), c)
		}
		b.must("8001", switchboard.CmdTakeBack, "c1", nil)
		b.ChannelUp("c1.a3.8001")
		b.ChannelEntered("c1.a3.8001", switchboard.Channel{Up: true})
		synctest.Wait()
		if b.state("8001") != agent.Talking || b.phase("8001") != "three_way" {
			t.Errorf("taken back: %s, %s", b.state("8001"), b.phase("8001"))
		}
		b.must("8001", switchboard.CmdDrop, "c1", switchboard.PartyArgs{N: 1})
		if b.phase("8001") != "talking" {
			t.Errorf("dropped: %s", b.phase("8001"))
		}
		want := []string{"transfer.one_key by 8001", "transfer.one_key by 8001", "transfer.leave by 8001", "transfer.take_back by 8001"}
		if got := b.deeds(); !slices.Equal(got, want) {
			t.Errorf("traces %v", got)
		}
	})
}

func TestAnEmergencyServiceThatIsNotReachedAlarmsSupervisors(t *testing.T) {
	play(t, func(b *board) {
		b.supervisor("9001")
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdOneKey, "c1", switchboard.OneKeyArgs{Service: "119"})
		b.ChannelGone("c1.t2.119", 17)
		synctest.Wait()
		if c := b.desk("8001").Call; c.Phase != "talking" || c.LastTransfer == nil || c.LastTransfer.Result != call.NotReached || c.LastTransfer.Why != call.Busy {
			t.Errorf("the agent is told %+v", c.LastTransfer)
		}
		alerts := b.alerts()
		if len(alerts) != 1 || alerts[0].Kind != switchboard.AlertOneKey || alerts[0].Subject != "119" {
			t.Fatalf("alerts %+v", alerts)
		}
		b.must("9001", switchboard.CmdAcknowledge, "", switchboard.AckArgs{ID: alerts[0].ID})
		if got := b.alerts(); got[0].AckBy != "9001" {
			t.Errorf("acknowledged: %+v", got)
		}
	})
}

func TestTargetsThatCannotBe(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		key := func(kind, name string) switchboard.TargetKey { return switchboard.TargetKey{Kind: kind, Key: name} }
		for _, c := range []struct {
			how  call.TransferKind
			to   switchboard.TargetKey
			want switchboard.Code
		}{
			{call.ThreeWay, key("sub_centre", "99999"), switchboard.CodeUnknownTarget},
			{call.ThreeWay, key("number", "13900001111"), switchboard.CodeNotPermitted},
			{call.ThreeWay, key("number", "0012125550100"), switchboard.CodeNotPermitted},
			{call.ThreeWay, key("number", "1'; DROP"), switchboard.CodeBadRequest},
			{call.Consult, key("agent", "8001"), switchboard.CodeTargetBusy},
			{call.Consult, key("agent", "8099"), switchboard.CodeNoSuchAgent},
			{call.Consult, key("queue", "general"), switchboard.CodeTargetBusy},
			{call.Consult, key("planet", "mars"), switchboard.CodeBadRequest},
			{"sideways", key("agent", "8002"), switchboard.CodeBadRequest},
		} {
			if got := b.do("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: c.how, To: c.to}); got != c.want {
				t.Errorf("%s to %v: %q, want %q", c.how, c.to, got, c.want)
			}
		}
		if code := b.do("8001", switchboard.CmdOneKey, "c1", switchboard.OneKeyArgs{Service: "12345"}); code != switchboard.CodeUnknownTarget {
			t.Errorf("12345 as an emergency service: %q", code)
		}
		if code := b.do("8001", switchboard.CmdOneKey, "c9", switchboard.OneKeyArgs{Service: "110"}); code != switchboard.CodeNoSuchCall {
			t.Errorf("another's call: %q", code)
		}
		if b.phase("8001") != "talking" || len(b.parties("8001")) != 0 {
			t.Errorf("the call is %s with %v", b.phase("8001"), b.parties("8001"))
		}
	})
}

// Whom the dial plan permits it dials an outside number through the operator's trunk; a typed number of ours is ours.
func TestAnOutsideNumber(t *testing.T) {
	play(t, func(b *board) {
		b.supervisor("9001")
		b.must("9001", switchboard.CmdReady, "", nil)
		b.caller("c1")
		b.answered("c1", "9001")
		b.told()
		bring := func(number string) {
			t.Helper()
			b.must("9001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.ThreeWay, To: switchboard.TargetKey{Kind: "number", Key: number}})
		}
		bring("+86 139-0000-1111")
		if !b.has("endpoint=PJSIP/13900001111@out ") {
			t.Errorf("told %v", b.told())
		}
		b.must("9001", switchboard.CmdDrop, "c1", switchboard.PartyArgs{N: 1})
		bring("12366")
		if !b.has("endpoint=PJSIP/12366@tax ") || b.parties("9001")["12366"] != "dialling" {
			t.Errorf("told %v", b.told())
		}
	})
}

func TestAColleagueIsAskedAndGivenTheCall(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.ready("8002")
		b.must("8001", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{Note: "漏水"})
		b.told()
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Consult, To: switchboard.TargetKey{Kind: "agent", Key: "8002"}})
		screen, rings := b.find("screen 8002: call.ringing"), b.find("leg=c1.t2.8002 endpoint=")
		if screen < 0 || rings < screen {
			t.Errorf("the colleague's screen at %d, his telephone at %d", screen, rings)
		}
		guest := b.desk("8002")
		if guest.Agent.State != agent.Reserved || guest.Call.Owner != "8001" || guest.Call.Note != "漏水" || guest.Call.RingUntil == nil {
			t.Errorf("the colleague sees %s, %+v", guest.Agent.State, guest.Call)
		}
		if b.state("8001") != agent.Held || b.phase("8001") != "consulting" {
			t.Errorf("who asks is %s, %s", b.state("8001"), b.phase("8001"))
		}
		b.thirdLeg("c1.t2.8002")
		if b.state("8002") != agent.Talking || b.phase("8002") != "consulting" || b.parties("8002")["8001"] != "in" {
			t.Errorf("asked: %s, %s, %v", b.state("8002"), b.phase("8002"), b.parties("8002"))
		}
		if code := b.do("8002", switchboard.CmdHold, "c1", nil); code != switchboard.CodeWrongState {
			t.Errorf("a guest holds the caller: %q", code)
		}
		b.must("8001", switchboard.CmdMerge, "c1", nil)
		if b.phase("8002") != "three_way" || b.phase("8001") != "three_way" || b.state("8001") != agent.Talking {
			t.Errorf("merged: %s and %s", b.phase("8001"), b.phase("8002"))
		}
		b.must("8001", switchboard.CmdHangUp, "c1", nil)
		if b.state("8001") != agent.WrapUp || b.state("8002") != agent.Talking || b.phase("8002") != "talking" || b.desk("8002").Call.Owner != "8002" {
			t.Errorf("given: %s and %s %s", b.state("8001"), b.state("8002"), b.phase("8002"))
		}
		b.must("8002", switchboard.CmdHangUp, "c1", nil)
		if b.state("8002") != agent.WrapUp || b.results()["c1"] != call.Answered {
			t.Errorf("over: %s, %v", b.state("8002"), b.results())
		}
	})
}

func TestAGuestLeavesAndTheCallGoesOn(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.ready("8002")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Consult, To: switchboard.TargetKey{Kind: "agent", Key: "8002"}})
		b.thirdLeg("c1.t2.8002")
		b.must("8002", switchboard.CmdHangUp, "c1", nil)
		if b.state("8002") != agent.WrapUp || b.state("8001") != agent.Talking || b.phase("8001") != "talking" {
			t.Errorf("%s; %s %s", b.state("8002"), b.state("8001"), b.phase("8001"))
		}
	})
}

func TestABlindTransferThatFailsComesBack(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.ready("8002")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Blind, To: switchboard.TargetKey{Kind: "agent", Key: "8002"}})
		if b.state("8001") != agent.WrapUp || b.state("8002") != agent.Reserved {
			t.Fatalf("%s, %s", b.state("8001"), b.state("8002"))
		}
		b.must("8002", switchboard.CmdRefuse, "c1", switchboard.RefuseArgs{Reason: "busy"})
		c := b.desk("8001").Call
		if b.state("8001") != agent.Reserved || c.Phase != "ringing" || c.LastTransfer == nil || c.LastTransfer.Why != call.Rejected {
			t.Errorf("back: %s, %+v", b.state("8001"), c)
		}
		b.ChannelUp("c1.a3.8001")
		b.ChannelEntered("c1.a3.8001", switchboard.Channel{Up: true})
		synctest.Wait()
		if b.phase("8001") != "talking" {
			t.Errorf("back: %s", b.phase("8001"))
		}
	})
}

// What still rings is taken back by who sent the caller there, and by nobody else.
func TestABlindTransferIsTakenBack(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.ready("8002")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Blind, To: switchboard.TargetKey{Kind: "agent", Key: "8002"}})
		if !b.desk("8001").Call.TakeBack {
			t.Error("he is not told that he can")
		}
		if code := b.do("8002", switchboard.CmdTakeBack, "c1", nil); code != switchboard.CodeWrongState {
			t.Errorf("taken back by who is rung: %q", code)
		}
		b.must("8001", switchboard.CmdTakeBack, "c1", nil)
		if b.state("8002") != agent.Ready || b.state("8001") != agent.Reserved || !b.has("X-Hotline-Auto-Answer=1") {
			t.Errorf("%s, %s, told %v", b.state("8002"), b.state("8001"), b.told())
		}
		b.ChannelUp("c1.a3.8001")
		b.ChannelEntered("c1.a3.8001", switchboard.Channel{Up: true})
		synctest.Wait()
		if last := b.desk("8001").Call.LastTransfer; b.phase("8001") != "talking" || last.Result != call.Cancelled {
			t.Errorf("back: %s, %+v", b.phase("8001"), last)
		}
	})
}

// While somebody is called nobody else is, but for an emergency service.
func TestOneTransferAtATime(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.ready("8002")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Consult, To: switchboard.TargetKey{Kind: "sub_centre", Key: "12366"}})
		for _, how := range []call.TransferKind{call.ThreeWay, call.Consult, call.Confirmed, call.Blind} {
			code := b.do("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: how, To: switchboard.TargetKey{Kind: "agent", Key: "8002"}})
			if code != switchboard.CodeOneAtATime || b.state("8002") != agent.Ready {
				t.Errorf("%s: %q, the other agent is %s", how, code, b.state("8002"))
			}
		}
		b.must("8001", switchboard.CmdOneKey, "c1", switchboard.OneKeyArgs{Service: "110"})
	})
}

func TestWhoMadeTheTransferIsGoneSoTheCallerWaitsFirst(t *testing.T) {
	play(t, func(b *board) {
		b.unswept()
		b.connected("c1", "8001")
		b.pass(time.Second)
		b.ready("8002")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Blind, To: switchboard.TargetKey{Kind: "agent", Key: "8002"}})
		b.must("8001", switchboard.CmdSignOut, "", nil)
		b.caller("c2")
		b.must("8002", switchboard.CmdRefuse, "c1", switchboard.RefuseArgs{Reason: "busy"})
		b.ready("8003")
		if c := b.desk("8003").Call; c == nil || c.ID != "c1" {
			t.Errorf("the next agent gets %+v, not the caller who came back", c)
		}
	})
}

func TestToAQueueTheWaitingTimeCountsOn(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.pass(time.Second)
		b.caller("c2")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Blind, To: switchboard.TargetKey{Kind: "queue", Key: "social"}})
		b.ready("8002")
		if c := b.desk("8002").Call; c == nil || c.ID != "c1" {
			t.Errorf("the next agent gets %+v", c)
		}
		b.ChannelUp("c1.a2.8002")
		synctest.Wait()
		if last := b.desk("8001").Call.LastTransfer; last == nil || last.Agent != b.desk("8002").Agent.Name {
			t.Errorf("who sent him there is told that %+v has him", last)
		}
	})
}

func TestBlindTransfersAreBounded(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		last := "8001"
		for n, no := range []string{"8002", "8003", "8004"} {
			b.ready(no)
			b.must(last, switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Blind, To: switchboard.TargetKey{Kind: "agent", Key: no}})
			b.thirdLeg("c1.t" + string(rune('2'+n)) + "." + no)
			if b.phase(no) != "talking" {
				t.Fatalf("agent %s is %s", no, b.phase(no))
			}
			last = no
		}
		b.ready("8005")
		if code := b.do(last, switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.Blind, To: switchboard.TargetKey{Kind: "agent", Key: "8005"}}); code != switchboard.CodeTooManyBlind {
			t.Errorf("a fourth blind transfer: %q", code)
		}
	})
}

func TestATargetThatLeadsBackToUsIsNoCaller(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdBring, "c1", switchboard.BringArgs{How: call.ThreeWay, To: switchboard.TargetKey{Kind: "sub_centre", Key: "12366"}})
		b.told()
		b.ChannelEntered("c7", switchboard.Channel{Inbound: true, DNIS: "12345", Data: calldata.Data{CallID: "c1"}})
		synctest.Wait()
		if !b.has("phone: hang_up leg=c7") || b.has("enqueue") {
			t.Errorf("told %v", b.told())
		}
	})
}

func TestWhatAnotherHotlineSaidIsOnTheScreen(t *testing.T) {
	play(t, func(b *board) {
		b.ready("8001")
		b.ChannelEntered("c1", switchboard.Channel{Inbound: true, Number: "110", DNIS: "12333", Data: calldata.Data{CallID: "p7", From: "110", Number: "13800001234", Note: "邻里噪音"}})
		synctest.Wait()
		c := b.desk("8001").Call
		if c == nil || c.Number != "13800001234" || c.CameFrom == nil || c.CameFrom.From != "110" || c.CameFrom.Note != "邻里噪音" {
			t.Fatalf("the screen shows %+v", c)
		}
	})
}
