package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// 通话转: ask first, swap, three together, then leave them.
func TestConsultation(t *testing.T) {
	h := theExchange(t)
	office := h.newService(t, stack.SubCentres, serviceTone2, answers(time.Second))
	k := h.talking(t, "13700000201", "8101")
	since := time.Now()
	k.bring(call.Consult, "sub_centre", "12366")
	o := office.call(3 * time.Second)
	all := []*party{k.caller.party, k.agent.phone.party, o.party}
	k.together(all) // while it rings the agent waits for it, and the caller hears music
	k.caller.hearsMusic(t, time.Now(), 3*time.Second)
	n := k.party("12366", "in").N
	if phase := k.agent.seesPhase("consulting").Phase; phase != "consulting" {
		t.Error(phase)
	}
	k.together(all, k.agent.phone.party, o.party)
	k.agent.must(switchboard.CmdSwap, switchboard.PartyArgs{N: n}, k.id)
	k.together(all, k.caller.party, k.agent.phone.party)
	o.hearsMusic(t, time.Now(), 3*time.Second)
	k.agent.must(switchboard.CmdSwap, switchboard.PartyArgs{N: n}, k.id)
	k.together(all, k.agent.phone.party, o.party)
	k.agent.must(switchboard.CmdMerge, struct{}{}, k.id)
	k.together(all, all...)
	k.agent.seesPhase("three_way")
	k.agent.must(switchboard.CmdHangUp, struct{}{}, k.id) // the agent's hang-up leaves the two
	k.together(all, k.caller.party, o.party)
	k.caller.noLongSilence(t, since, time.Now())
	o.hangUp() // the last one to talk to
	k.caller.gone(5 * time.Second)
	k.agent.finish()
	k.wantTransfer(keptTransfer{N: 1, Kind: "consult", ToKey: "12366", Tried: 1, Result: "connected", Ringed: true, Handed: true, Ended: true})
}

// 成功转 and 释放转 to a sub-centre, and what happens when nobody is there.
func TestHandingOn(t *testing.T) {
	h := theExchange(t)
	office := h.newService(t, stack.SubCentres, serviceTone2)
	for i, c := range []struct {
		how   call.TransferKind
		m     manner
		taken bool
	}{
		{call.Confirmed, answers(500 * time.Millisecond), true},
		{call.Confirmed, refuses(486, 200*time.Millisecond), false},
		{call.Blind, answers(500 * time.Millisecond), true},
		{call.Blind, refuses(603, 200*time.Millisecond), false},
		{call.Blind, ringsOnly(), false},
	} {
		t.Run(fmt.Sprintf("%s %d", c.how, i), func(t *testing.T) {
			office.behave(c.m)
			k := h.talking(t, fmt.Sprintf("1370000021%d", i), "8101")
			since := time.Now()
			k.bring(c.how, "sub_centre", "12366")
			o := office.call(3 * time.Second)
			all := []*party{k.caller.party, k.agent.phone.party, o.party}
			switch {
			case c.taken:
				o.isAnswered(5 * time.Second)
				k.together(all, k.caller.party, o.party)
				k.agent.seesState(agent.WrapUp)
			case c.how == call.Blind: // it comes back to the agent, who left
				d := k.agent.seesWithin("the caller back", 15*time.Second, func(d switchboard.Desk) bool { return d.Call != nil && d.Call.Phase == "ringing" })
				if last := d.Call.LastTransfer; last == nil || last.Result != call.NotReached {
					t.Errorf("the agent is told %s", show(last))
				}
				k.agent.phone.ringing(5 * time.Second).answer()
				k.together(all, k.caller.party, k.agent.phone.party)
			default:
				k.lastTransfer(call.NotReached, call.Busy)
				k.together(all, k.caller.party, k.agent.phone.party)
			}
			k.caller.noLongSilence(t, since, time.Now())
			k.caller.hangUp()
			k.agent.finish()
		})
	}
}

// To a colleague: he is asked, sees whose call it is, and is given it. His refusal gives the caller back.
func TestAColleague(t *testing.T) {
	h := theExchange(t)
	k := h.talking(t, "13700000221", "8101")
	colleague := h.staff(t, "8102", agentTone2)
	all := []*party{k.caller.party, k.agent.phone.party, colleague.phone.party}
	k.agent.must(switchboard.CmdSave, switchboard.WrapUpArgs{Note: "问社保"}, k.id)
	k.bring(call.Consult, "agent", "8102")
	first := colleague.phone.ringing(5 * time.Second)
	first.reject(486, "Busy Here")
	k.lastTransfer(call.NotReached, call.Busy)
	k.together(all, k.caller.party, k.agent.phone.party)
	colleague.must(switchboard.CmdReady, struct{}{}, "")
	k.bring(call.Consult, "agent", "8102")
	if d := colleague.seesPhase("ringing"); d.Owner != "8101" || d.Note != "问社保" || d.Number != "13700000221" {
		t.Errorf("the colleague sees %s", show(d))
	}
	colleague.phone.ringing(5 * time.Second).answer()
	colleague.seesPhase("consulting")
	k.together(all, k.agent.phone.party, colleague.phone.party)
	k.agent.must(switchboard.CmdLeave, struct{}{}, k.id)
	k.together(all, k.caller.party, colleague.phone.party)
	colleague.seesPhase("talking")
	k.agent.finish()
	colleague.must(switchboard.CmdHangUp, struct{}{}, k.id)
	colleague.finish()
	k.caller.gone(5 * time.Second)
	h.record(t, "13700000221").wantResult(t, "answered", "agent", "8102")
}

// To a queue, in which the caller's waiting time counts on; and to a line, whose queue it is.
func TestToAQueue(t *testing.T) {
	h := theExchange(t)
	k := h.talking(t, "13700000231", "8101")
	since := time.Now()
	k.bring(call.Blind, "line", "12333")
	k.caller.hearsMusic(t, time.Now(), 5*time.Second)
	expert := h.staff(t, "8102", agentTone2)
	expert.phone.ringing(10 * time.Second).answer()
	all := []*party{k.caller.party, k.agent.phone.party, expert.phone.party}
	k.together(all, k.caller.party, expert.phone.party)
	k.caller.noLongSilence(t, since, time.Now())
	k.agent.sees("who has the caller", func(d switchboard.Desk) bool {
		return d.Call != nil && d.Call.LastTransfer != nil && d.Call.LastTransfer.Agent == "话机8102"
	})
	k.agent.finish()
	k.caller.hangUp()
	expert.finish()
	k.wantTransfer(keptTransfer{N: 1, Kind: "blind", ToKey: "12333", Result: "connected", Handed: true, Ended: true})
}

// What an agent may not dial, and what leads nowhere.
func TestTargetsThatAreRefused(t *testing.T) {
	h := theExchange(t)
	k := h.talking(t, "13700000241", "8101")
	for key, code := range map[switchboard.TargetKey]switchboard.Code{
		{Kind: "number", Key: "008613800000000"}:  switchboard.CodeNotPermitted,
		{Kind: "number", Key: "+12125550100"}:     switchboard.CodeNotPermitted,
		{Kind: "number", Key: "13800001111"}:      switchboard.CodeNotPermitted,
		{Kind: "number", Key: "110@evil.example"}: switchboard.CodeBadRequest,
		{Kind: "sub_centre", Key: "12305"}:        switchboard.CodeUnknownTarget,
		{Kind: "agent", Key: "8103"}:              switchboard.CodeNoSuchAgent,
	} {
		k.agent.refused(code, switchboard.CmdBring, switchboard.BringArgs{How: call.ThreeWay, To: key}, k.id)
	}
	k.bring(call.Consult, "sub_centre", "12313") // its trunk is in no configuration
	k.lastTransfer(call.NotReached, call.NoWay)
	k.together([]*party{k.caller.party, k.agent.phone.party}, k.caller.party, k.agent.phone.party)
	k.caller.hangUp()
	k.agent.finish()
}

// Whoever hangs up, in whatever phase: nobody is left alone, and nothing is left in Asterisk.
func TestWhoHangsUpWhen(t *testing.T) {
	h := theExchange(t)
	office := h.newService(t, stack.SubCentres, serviceTone2)
	n := 0
	for _, phase := range []string{"rings", "consults", "three_way", "handed_over"} {
		for _, who := range []string{"caller", "agent", "third"} {
			if phase == "rings" && who == "third" || phase == "handed_over" && who == "agent" {
				continue
			}
			n++
			number := fmt.Sprintf("137000003%02d", n)
			t.Run(phase+", "+who, func(t *testing.T) {
				office.behave(answers(300 * time.Millisecond))
				how := call.Consult
				switch phase {
				case "rings":
					office.behave(answers(3 * time.Second))
				case "three_way", "handed_over":
					how = call.ThreeWay
				}
				k := h.talking(t, number, "8101")
				k.bring(how, "sub_centre", "12366")
				o := office.call(3 * time.Second)
				all := []*party{k.caller.party, k.agent.phone.party, o.party}
				if phase == "rings" {
					k.party("12366", "ringing")
				} else {
					o.isAnswered(5 * time.Second)
					k.party("12366", "in")
				}
				if phase == "handed_over" {
					k.agent.must(switchboard.CmdLeave, struct{}{}, k.id)
					k.together(all, k.caller.party, o.party)
				}
				switch who {
				case "caller":
					k.caller.hangUp()
					o.isOver(5 * time.Second)
				case "agent": // puts the receiver down: the caller goes to the third party
					k.ring.hangUp()
					k.together(all, k.caller.party, o.party)
					o.hangUp()
					k.caller.gone(5 * time.Second)
				case "third":
					o.hangUp()
					if phase == "handed_over" {
						k.caller.gone(5 * time.Second)
						break
					}
					k.together(all, k.caller.party, k.agent.phone.party)
					k.caller.hangUp()
				}
				k.agent.finish()
				h.nothingLeft(t)
			})
		}
	}
}

// Policy wants no recording of what is said while the caller is on hold.
func TestConsultationThatIsNotRecorded(t *testing.T) {
	h := theExchange(t)
	admin := h.signedIn(t, "9003")
	h.recordConsult(t, admin, false)
	t.Cleanup(func() { h.recordConsult(t, admin, true) })
	office := h.newService(t, stack.SubCentres, serviceTone2, answers(0))
	k := h.talkingOn(t, "12300", "13700000251", "8101")
	k.bring(call.Consult, "sub_centre", "12366")
	o := office.call(3 * time.Second)
	k.party("12366", "in")
	all := []*party{k.caller.party, k.agent.phone.party, o.party}
	k.together(all, k.agent.phone.party, o.party)
	sleep(t.Context(), time.Second) // of talk that must not be in the recording
	o.hangUp()
	k.agent.seesPhase("talking")
	k.together(all, k.caller.party, k.agent.phone.party)
	sleep(t.Context(), time.Second) // of talk that must be
	k.caller.hangUp()
	k.agent.finish()
	h.record(t, "13700000251")
	status, wav := h.signedIn(t, "9001").ask(t, "GET", "/api/calls/"+string(k.id)+"/recording", nil)
	samples, rate, ok := readWAV(wav)
	if status != 200 || !ok {
		t.Fatalf("recording: %d, %v", status, ok)
	}
	second := func(f tone) (n int) { // tenths of a second in which it is heard
		for at := 0; at+rate/10 <= len(samples); at += rate / 10 {
			if f.share(samples[at:at+rate/10], float64(rate)) > mixed {
				n++
			}
		}
		return n
	}
	if asked, before := second(serviceTone2), second(callerTone); asked > 3 || before < 15 {
		t.Errorf("the recording has %d tenths of a second of the office and %d of the caller", asked, before)
	}
}

// recordConsult sets the policy.
func (h *house) recordConsult(t *testing.T, admin *person, on bool) {
	t.Helper()
	var policies struct {
		Transfers struct {
			Version int            `json:"version"`
			Setting map[string]any `json:"setting"`
		} `json:"transfers"`
	}
	status, text := admin.ask(t, "GET", "/api/settings/policies", nil)
	if err := json.Unmarshal(text, &policies); status != 200 || err != nil {
		t.Fatalf("policies: %d, %v, %s", status, err, text)
	}
	policies.Transfers.Setting["record_consult"] = on
	if status, text := admin.ask(t, "PUT", "/api/settings/policies/transfers", policies.Transfers); status != 200 {
		t.Fatalf("set the policy: %d %s", status, text)
	}
}
