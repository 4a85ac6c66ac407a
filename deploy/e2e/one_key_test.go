package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/switchboard"
)

func show(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// One key: caller and agent talk on while 110 rings, three talk, the agent leaves, caller and 110 stay.
func TestOneKey(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, answers(2*time.Second))
	k := h.talkingOn(t, "12300", "13700000101", "8101")
	k.agent.must(switchboard.CmdSave, switchboard.WrapUpArgs{Note: "楼下有人持刀"}, k.id)
	pressed := time.Now()
	k.oneKey("110")
	c := police.call(3 * time.Second)
	t.Logf("110's telephone is dialled %v after the key", c.at.Sub(pressed))
	k.oneKey("110") // the click came twice
	sent := calldata.Parse(c.Header(calldata.CallIDHeader), c.Header(calldata.UUIHeader), c.Header(calldata.ContextHeader))
	if c.Number() != "110" || sent.CallID != string(k.id) || sent.Number != "13700000101" || sent.Note != "楼下有人持刀" {
		t.Errorf("110 is called as %s and told %+v", c.Number(), sent)
	}
	k.party("110", "ringing")
	all := []*party{k.caller.party, k.agent.phone.party, c.party}
	k.together(all, k.caller.party, k.agent.phone.party) // while it rings
	c.isAnswered(5 * time.Second)
	k.party("110", "in")
	k.together(all, all...)
	k.agent.must(switchboard.CmdLeave, struct{}{}, k.id)
	k.together(all, k.caller.party, c.party)
	if d := k.agent.seesState(agent.WrapUp); !d.Call.TakeBack {
		t.Error("the agent is not told that he can take the call back")
	}
	k.agent.must(switchboard.CmdTakeBack, struct{}{}, k.id)
	k.agent.phone.ringing(5 * time.Second).answer()
	k.together(all, all...)
	c.hangUp()
	k.agent.seesPhase("talking")
	k.together(all, k.caller.party, k.agent.phone.party)
	k.caller.noLongSilence(t, pressed, time.Now())
	police.notCalled()
	k.caller.hangUp()
	k.agent.finish()
	k.wantTransfer(keptTransfer{N: 1, Kind: "one_key", ToKey: "110", Tried: 1, Result: "connected", Ringed: true, Handed: true, Ended: true})
	h.record(t, "13700000101").wantResult(t, "answered", "caller", "8101")
	h.togetherInRecord(t, k)
}

// togetherInRecord checks that the record says who talked to whom when, and the recording has it all.
func (h *house) togetherInRecord(t *testing.T, k *talk) {
	t.Helper()
	type leg struct {
		Role  string
		Spans int
	}
	legs := rows[leg](t, h, `SELECT role, jsonb_array_length(together) AS "spans" FROM call_leg
		WHERE call = %s AND together IS NOT NULL ORDER BY created_at`, string(k.id))
	if len(legs) != 4 || legs[0] != (leg{"caller", 1}) || legs[1] != (leg{"agent", 1}) || legs[2] != (leg{"third", 1}) || legs[3] != (leg{"agent", 1}) {
		t.Errorf("who was together: %+v", legs)
	}
	status, wav := h.signedIn(t, "9001").ask(t, "GET", "/api/calls/"+string(k.id)+"/recording", nil)
	samples, rate, ok := readWAV(wav)
	if status != 200 || !ok || len(samples) < 4*rate {
		t.Fatalf("recording: %d, %v, %d samples", status, ok, len(samples))
	}
	if serviceTone.share(samples, float64(rate)) < 0.02 || callerTone.share(samples, float64(rate)) < 0.02 {
		t.Error("the recording lacks a party")
	}
}

// Busy, a line that is cut, then the number that answers.
func TestOneKeyTriesEveryRoute(t *testing.T) {
	h := theExchange(t)
	first := h.newService(t, stack.Emergency, serviceTone, refuses(486, 0))
	second := h.newService(t, stack.Emergency2, serviceTone, refuses(503, 300*time.Millisecond), answers(200*time.Millisecond))
	k := h.talking(t, "13700000102", "8101")
	since := time.Now()
	k.oneKey("110")
	first.call(3 * time.Second)
	if c := second.call(3 * time.Second); c.Number() != "110" {
		t.Errorf("the second route calls %s", c.Number())
	}
	c := second.call(3 * time.Second)
	if c.Number() != "0519000110" {
		t.Errorf("the third route calls %s", c.Number())
	}
	k.party("110", "in")
	all := []*party{k.caller.party, k.agent.phone.party, c.party}
	k.together(all, all...)
	k.caller.noLongSilence(t, since, time.Now())
	k.caller.hangUp() // all end
	c.isOver(5 * time.Second)
	k.agent.finish()
	k.wantTransfer(keptTransfer{N: 1, Kind: "one_key", ToKey: "110", Tried: 3, Result: "connected", Why: "no_way", Ringed: true, Ended: true})
}

// Nobody is reached: the two talk on, the agent is told why, and supervisors have an alert.
func TestOneKeyThatReachesNobody(t *testing.T) {
	h := theExchange(t)
	h.newService(t, stack.Emergency, serviceTone, lineCut())
	h.newService(t, stack.Emergency2, serviceTone, ringsOnly())
	k := h.talking(t, "13700000103", "8101")
	since := time.Now()
	k.oneKey("120")
	until(t, "120 was given up", 20*time.Second, func() bool {
		list := h.transfers(t, k.id)
		return len(list) == 1 && list[0].Ended
	})
	k.lastTransfer(call.NotReached, call.NoAnswer)
	all := []*party{k.caller.party, k.agent.phone.party}
	k.together(all, all...)
	k.caller.noLongSilence(t, since, time.Now())
	until(t, "an alert is open", 5*time.Second, func() bool {
		n, err := h.metric("hotline_alerts_open")
		return err == nil && n > 0
	})
	k.agent.must(switchboard.CmdHangUp, struct{}{}, k.id)
	k.agent.finish()
	k.wantTransfer(keptTransfer{N: 1, Kind: "one_key", ToKey: "120", Tried: 2, Result: "failed", Why: "no_answer", Ringed: true, Ended: true})
}

// 撤销 leaves nothing dialled.
func TestOneKeyUndone(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, ringsOnly())
	other := h.newService(t, stack.Emergency2, serviceTone, answers(0))
	k := h.talking(t, "13700000104", "8101")
	k.oneKey("110")
	c := police.call(3 * time.Second)
	n := k.party("110", "ringing").N
	k.agent.must(switchboard.CmdDrop, switchboard.PartyArgs{N: n}, k.id)
	c.isOver(3 * time.Second)
	if !c.Cancelled() {
		t.Error("110's telephone was not cancelled")
	}
	k.lastTransfer(call.Cancelled, "")
	all := []*party{k.caller.party, k.agent.phone.party}
	k.together(all, all...)
	k.agent.must(switchboard.CmdHangUp, struct{}{}, k.id)
	k.agent.finish()
	other.notCalled()
	k.wantTransfer(keptTransfer{N: 1, Kind: "one_key", ToKey: "110", Tried: 1, Result: "cancelled", Ringed: true, Ended: true})
}

// The agent asks the tax office when the matter becomes an emergency: the caller is back at once, the office hears music.
func TestOneKeyInAConsultation(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, answers(time.Second))
	office := h.newService(t, stack.SubCentres, serviceTone2, answers(200*time.Millisecond))
	k := h.talking(t, "13700000105", "8101")
	k.bring(call.Consult, "sub_centre", "12366")
	o := office.call(3 * time.Second)
	k.party("12366", "in")
	all := []*party{k.caller.party, k.agent.phone.party, o.party}
	k.together(all, k.agent.phone.party, o.party)
	k.caller.hearsMusic(t, time.Now(), 3*time.Second)
	k.oneKey("110")
	c := police.call(3 * time.Second)
	all = append(all, c.party)
	k.party("12366", "aside")
	k.together(all, k.caller.party, k.agent.phone.party)
	k.party("110", "in")
	k.together(all, k.caller.party, k.agent.phone.party, c.party)
	o.hearsMusic(t, time.Now(), 3*time.Second)
	k.agent.must(switchboard.CmdMerge, struct{}{}, k.id)
	k.together(all, all...)
	k.caller.hangUp()
	k.agent.finish()
}

// A service that answers and hangs up at once, answers twice, or lets only its early sound be heard.
func TestOddServices(t *testing.T) {
	h := theExchange(t)
	first := h.newService(t, stack.Emergency, serviceTone)
	second := h.newService(t, stack.Emergency2, serviceTone, refuses(480, 0))
	k := h.talking(t, "13700000106", "8101")
	two := []*party{k.caller.party, k.agent.phone.party}
	for _, c := range []struct {
		what string
		m    manner
		in   bool
	}{
		{"answers and hangs up at once", hangsUp(300*time.Millisecond, 0), false},
		{"answers twice", answersTwice(200 * time.Millisecond), true},
		{"is heard before the answer, which never comes", earlyOnly(), false},
		{"refuses with 404", refuses(404, 0), false},
	} {
		t.Run(c.what, func(t *testing.T) {
			first.behave(c.m)
			before := len(h.transfers(t, k.id))
			k.oneKey("110")
			s := first.call(3 * time.Second)
			if c.in {
				k.party("110", "in")
				k.together(append(two, s.party), append(two, s.party)...)
				s.hangUp()
			}
			until(t, "it is over", 20*time.Second, func() bool {
				list := h.transfers(t, k.id)
				return len(list) == before+1 && list[before].Ended
			})
			k.agent.seesPhase("talking")
			k.together(two, two...)
			for len(second.calls) > 0 {
				<-second.calls
			}
		})
	}
	k.caller.hangUp()
	k.agent.finish()
}

// PostgreSQL is down: the key works all the same, and the record comes later.
func TestOneKeyWithoutDatabase(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, answers(500*time.Millisecond))
	k := h.talking(t, "13700000107", "8101")
	if err := h.StopPostgres(); err != nil {
		t.Fatal(err)
	}
	asked := map[string]string{"service": "110", "reason": "由接警系统发起"} // by another program
	if status, text := k.agent.person.ask(t, http.MethodPost, "/api/calls/"+string(k.id)+"/one-key", asked); status != http.StatusNoContent {
		t.Fatalf("one key by the API: %d %s", status, text)
	}
	c := police.call(3 * time.Second)
	k.party("110", "in")
	all := []*party{k.caller.party, k.agent.phone.party, c.party}
	k.together(all, all...)
	k.agent.must(switchboard.CmdLeave, struct{}{}, k.id)
	k.together(all, k.caller.party, c.party)
	c.hangUp()
	k.caller.gone(5 * time.Second)
	if err := h.StartPostgres(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.agent.finish()
	until(t, "the record is there", 30*time.Second, func() bool {
		list, err := tryRows[keptTransfer](h, `SELECT n, result FROM call_transfer WHERE call = %s`, string(k.id))
		return err == nil && len(list) == 1 && list[0].Result == "connected"
	})
	h.record(t, "13700000107").wantResult(t, "answered", "third", "8101")
}

// The gateway is killed while 110 rings, while three talk, and again after the agent left: nobody hears it, and the
// record is right.
func TestOneKeyThroughAKilledGateway(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, answers(3*time.Second))
	k := h.talking(t, "13700000108", "8101")
	k.oneKey("110")
	c := police.call(3 * time.Second)
	k.party("110", "ringing")
	all := []*party{k.caller.party, k.agent.phone.party, c.party}
	restart := func(in ...*party) {
		t.Helper()
		since := time.Now()
		h.KillGateway()
		h.restarted = true
		if err := h.StartGateway(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.together(all, in...)
		k.caller.noLongSilence(t, since, time.Now())
	}
	restart(k.caller.party, k.agent.phone.party)
	k.party("110", "in")
	k.together(all, all...)
	restart(all...)
	k.party("110", "in")
	k.agent.must(switchboard.CmdLeave, struct{}{}, k.id)
	k.together(all, k.caller.party, c.party)
	restart(k.caller.party, c.party)
	k.caller.hangUp()
	c.isOver(5 * time.Second)
	k.agent.finish()
	k.wantTransfer(keptTransfer{N: 1, Kind: "one_key", ToKey: "110", Tried: 1, Result: "connected", Ringed: true, Handed: true, Ended: true})
}

// The queue is full and every agent talks: 110 is dialled as quickly, three talk, and nobody of those who wait is lost.
func TestOneKeyWhileManyWait(t *testing.T) {
	h := theExchange(t)
	const many = 20
	police := h.newService(t, stack.Emergency, serviceTone, answers(500*time.Millisecond))
	k := h.talking(t, "13700000109", "8101")
	h.crowd(t, "12301", many)
	pressed := time.Now()
	k.oneKey("110")
	c := police.call(time.Second)
	t.Logf("with %d waiting 110's telephone is dialled %v after the key", many, c.at.Sub(pressed))
	k.party("110", "in")
	all := []*party{k.caller.party, k.agent.phone.party, c.party}
	k.together(all, all...)
	if n := h.waiting(crowdNumber); n != many {
		t.Errorf("%d wait, of %d", n, many)
	}
	k.agent.must(switchboard.CmdNotReady, switchboard.NotReadyArgs{Reason: "paperwork"}, "") // after this call
	k.caller.hangUp()
	c.isOver(5 * time.Second)
	k.agent.finish()
}
