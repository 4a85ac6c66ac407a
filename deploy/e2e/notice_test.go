package e2e

import (
	"slices"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
	"hotline/ivr"
)

// The caller, and the agent with him, hear "正在为您转接110" word by word while 110 rings, and so does a caller who is
// handed on blindly hear his notice; one who is handed on so is taken back while it rings.
func TestTheCallerIsToldThatHeIsHandedOn(t *testing.T) {
	h := theExchange(t)
	police := h.newService(t, stack.Emergency, serviceTone, ringsOnly())
	office := h.newService(t, stack.SubCentres, serviceTone2, ringsOnly())
	said := func(names []string) (list []words) {
		for _, name := range names {
			list = append(list, h.prompt(t, name))
		}
		return list
	}
	k := h.talking(t, "13700000731", "8101")
	two := []*party{k.caller.party, k.agent.phone.party}
	since := time.Now()
	k.oneKey("110")
	c := police.call(3 * time.Second)
	notice := said(ivr.TransferringTo("110"))
	if len(notice) != 4 {
		t.Fatalf("the notice is %d prompts", len(notice))
	}
	for _, p := range two {
		p.hearsWords(t, since, 6*time.Second, notice...)
	}
	k.together(two, two...)
	k.agent.must(switchboard.CmdDrop, switchboard.PartyArgs{N: k.party("110", "ringing").N}, k.id)
	c.isOver(3 * time.Second)

	from := time.Now()
	k.bring(call.Blind, "sub_centre", "12366")
	o := office.call(3 * time.Second)
	k.caller.hearsWords(t, from, 5*time.Second, said([]string{ivr.Transferring})...)
	k.caller.hearsMusic(t, time.Now(), 3*time.Second)
	k.agent.sees("that the caller can be taken back", func(d switchboard.Desk) bool { return d.Call != nil && d.Call.TakeBack })
	k.agent.must(switchboard.CmdTakeBack, struct{}{}, k.id)
	o.isOver(3 * time.Second)
	if !o.Cancelled() {
		t.Error("the office's telephone was not cancelled")
	}
	k.agent.phone.ringing(5 * time.Second).answer()
	k.together(slices.Concat(two, []*party{o.party}), two...)
	k.caller.noLongSilence(t, since, time.Now())
	k.caller.hangUp()
	k.agent.finish()
	office.notCalled()
	k.wantTransfer(keptTransfer{N: 2, Kind: "blind", ToKey: "12366", Tried: 1, Result: "cancelled", Ringed: true, Ended: true})
}
