package e2e

import (
	"strings"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/switchboard"
)

// hands lets an agent hand the caller to whoever of us a target leads to, confirmed or asked first, and the colleague
// who is rung answers.
func (k *talk) hands(by, to desk, how call.TransferKind, kind, key string) {
	k.t.Helper()
	by.must(switchboard.CmdBring, switchboard.BringArgs{How: how, To: switchboard.TargetKey{Kind: kind, Key: key}}, k.id)
	all := []*party{k.caller.party, by.phone.party, to.phone.party}
	rung := time.Now()
	r := to.phone.ringing(5 * time.Second)
	k.caller.hearsMusic(k.t, rung, 3*time.Second)
	r.answer()
	if how == call.Consult {
		to.seesPhase("consulting")
		k.together(all, by.phone.party, to.phone.party)
		by.must(switchboard.CmdLeave, struct{}{}, k.id)
	}
	k.together(all, k.caller.party, to.phone.party)
	to.seesPhase("talking")
	by.finish()
}

// One caller is handed on and on, confirmed and after asking: to queues, to lines, and to a number outside. Whoever has
// him hears him and nobody else does; while it rings he hears music.
func TestHandedOnAndOn(t *testing.T) {
	h := theExchange(t)
	outside := h.newService(t, h.CitizensAddress(), serviceTone, answers(400*time.Millisecond))
	k := h.talking(t, "13700000711", "8101")
	since := time.Now()
	a, b := k.agent, h.staff(t, "8102", agentTone2)
	k.hands(a, b, call.Consult, "queue", "experts")
	k.hands(b, a, call.Confirmed, "queue", "experts")
	k.hands(a, b, call.Consult, "line", "12333")
	k.hands(b, a, call.Confirmed, "line", "12333")

	const number, kept = "051988004321", "051****4321" // outside numbers are sealed
	k.bring(call.Consult, "number", number)
	o := outside.call(3 * time.Second)
	all := []*party{k.caller.party, a.phone.party, b.phone.party, o.party}
	k.party(number, "in")
	k.together(all, a.phone.party, o.party)
	k.caller.hearsMusic(t, time.Now(), 3*time.Second)
	a.must(switchboard.CmdLeave, struct{}{}, k.id)
	k.together(all, k.caller.party, o.party)
	a.must(switchboard.CmdTakeBack, struct{}{}, k.id)
	a.phone.ringing(5 * time.Second).answer()
	k.together(all, k.caller.party, a.phone.party, o.party)
	o.hangUp()
	a.seesPhase("talking")
	k.bring(call.Confirmed, "number", number)
	o = outside.call(3 * time.Second)
	k.together([]*party{k.caller.party, a.phone.party, b.phone.party, o.party}, k.caller.party, o.party)
	a.finish()
	k.caller.noLongSilence(t, since, time.Now())
	o.hangUp()
	k.caller.gone(5 * time.Second)

	var had []keptTransfer
	until(t, "all transfers are kept", 5*time.Second, func() bool {
		had = h.transfers(t, k.id)
		return len(had) == 6 && had[5].Ended
	})
	for i, want := range []keptTransfer{
		{Kind: "consult", ToKey: "experts"}, {Kind: "confirmed", ToKey: "experts"},
		{Kind: "consult", ToKey: "12333"}, {Kind: "confirmed", ToKey: "12333"},
		{Kind: "consult", ToKey: kept}, {Kind: "confirmed", ToKey: kept},
	} {
		want.N, want.Tried, want.Result, want.Ringed, want.Handed, want.Ended = i+1, 1, "connected", true, true, true
		if had[i] != want {
			t.Errorf("transfer %+v, want %+v", had[i], want)
		}
	}
	h.record(t, "13700000711").wantResult(t, "answered", "third", "8101")
}

// Outside an agent dials what his role may, blindly too; what it may not is refused before anybody is dialled.
func TestOutsideNumbers(t *testing.T) {
	h := theExchange(t)
	outside := h.newService(t, h.CitizensAddress(), serviceTone, refuses(486, 200*time.Millisecond), answers(500*time.Millisecond))
	k := h.talking(t, "13700000712", "8101")
	for _, how := range []call.TransferKind{call.ThreeWay, call.Consult, call.Confirmed, call.Blind} {
		for _, number := range []string{"13800001111", "16812345", "0512 88004321", "+12025550143"} {
			to := switchboard.TargetKey{Kind: "number", Key: number}
			k.agent.refused(switchboard.CodeNotPermitted, switchboard.CmdBring, switchboard.BringArgs{How: how, To: to}, k.id)
		}
	}
	outside.notCalled()
	since := time.Now()
	k.bring(call.Blind, "number", "(0519) 8800 4321")
	if c := outside.call(3 * time.Second); c.Number() != "051988004321" {
		t.Errorf("the number outside is called as %s", c.Number())
	}
	d := k.agent.seesPhase("ringing") // busy: the caller is back
	if last := d.LastTransfer; last == nil || last.Why != call.Busy {
		t.Errorf("the agent is told %s", show(last))
	}
	k.agent.phone.ringing(5 * time.Second).answer()
	k.together([]*party{k.caller.party, k.agent.phone.party}, k.caller.party, k.agent.phone.party)
	k.bring(call.Blind, "number", "051988004321")
	c := outside.call(3 * time.Second)
	all := []*party{k.caller.party, k.agent.phone.party, c.party}
	k.together(all, k.caller.party, c.party)
	k.caller.noLongSilence(t, since, time.Now())
	k.caller.hangUp()
	c.isOver(5 * time.Second)
	k.agent.finish()
	k.wantTransfer(keptTransfer{N: 2, Kind: "blind", ToKey: "051****4321", Tried: 1, Result: "connected", Ringed: true, Handed: true, Ended: true})
}

// A sub-centre hands a caller to us on its trunk. What it says of him, fully or only in User-to-User as a foreign
// exchange does, stands on the agent's screen, and the call is the citizen's.
func TestHandedOverByASubCentre(t *testing.T) {
	h := theExchange(t)
	const centre, citizen = "051912366", "13700000713"
	whole := calldata.Data{CallID: "tax-20261125-17", From: "税务12366", Number: citizen, Name: "李先生", Note: "问社保缴费基数", Agent: "366012", Reason: "属人社"}
	var full []string
	for _, one := range whole.Headers() {
		full = append(full, one.Name+": "+one.Value)
	}
	foreign := []string{"User-to-User: " + calldata.Data{CallID: whole.CallID, Number: citizen}.Headers()[1].Value}
	a := h.staff(t, "8101", agentTone)
	for _, c := range []struct {
		what    string
		headers []string
		want    switchboard.DeskCallData
	}{
		{"everything", full, switchboard.DeskCallData{
			From: whole.From, CallID: whole.CallID, Number: citizen, Name: whole.Name, Note: whole.Note, Agent: whole.Agent, Reason: whole.Reason,
		}},
		{"User-to-User alone", foreign, switchboard.DeskCallData{CallID: whole.CallID, Number: citizen}},
	} {
		in := h.dial(t, dialled{line: "12301", number: centre, address: stack.AddressSubCentres, headers: c.headers})
		r := a.phone.ringing(10 * time.Second)
		d := a.seesPhase("ringing")
		if d.CameFrom == nil || *d.CameFrom != c.want || d.Number != citizen {
			t.Errorf("%s: the agent sees %s from %s", c.what, d.Number, show(d.CameFrom))
		}
		h.onTrunk(t, string(d.ID), stack.SubCentres)
		r.answer()
		two := []*party{in.party, a.phone.party}
		together(t, two, two)
		in.hangUp()
		a.finish()
		if row := h.record(t, citizen); row.ID != string(d.ID) {
			t.Errorf("%s: the citizen's call is %s, not %s", c.what, row.ID, d.ID)
		}
		kept := rows[struct{ Origin string }](t, h, `SELECT came_from_sealed AS "origin" FROM call WHERE id = %s`, string(d.ID))
		if len(kept) != 1 || !strings.Contains(h.opened(t, "origin", kept[0].Origin), `"id":"`+whole.CallID+`"`) {
			t.Errorf("%s: kept as %+v", c.what, kept)
		}
	}
}

// onTrunk checks through which trunk a call came.
func (h *house) onTrunk(t *testing.T, id, trunk string) {
	t.Helper()
	var ch struct{ Name string }
	if err := h.ari("/channels/"+id, &ch); err != nil || len(ch.Name) < 6 || ch.Name[6:len(ch.Name)-9] != trunk {
		t.Errorf("the call %s came by %s, %v, not by %s", id, ch.Name, err, trunk)
	}
}
