package e2e

import (
	"errors"
	"sync"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// Two transfers at once on one call: one is done, the other is refused with a code of its own, and one telephone is
// called. The same one twice, as by a double click, is one.
func TestTwoTransfersAtOnce(t *testing.T) {
	h := theExchange(t)
	office := h.newService(t, stack.SubCentres, serviceTone2, ringsOnly())
	k := h.talking(t, "13700000721", "8101")
	two := []*party{k.caller.party, k.agent.phone.party}
	type order struct {
		how call.TransferKind
		to  string
	}
	for _, c := range []struct {
		first, second order
		refused       int
	}{
		{order{call.Consult, "12366"}, order{call.Consult, "12366"}, 0},
		{order{call.Consult, "12366"}, order{call.Consult, "12360"}, 1},
		{order{call.Consult, "12366"}, order{call.Confirmed, "12360"}, 1},
		{order{call.Confirmed, "12366"}, order{call.ThreeWay, "12360"}, 1},
		{order{call.ThreeWay, "12366"}, order{call.Blind, "12360"}, 1},
	} {
		var wg sync.WaitGroup
		var errs [2]error
		for i, o := range []order{c.first, c.second} {
			wg.Go(func() {
				to := switchboard.TargetKey{Kind: "sub_centre", Key: o.to}
				errs[i] = k.agent.do(switchboard.CmdBring, switchboard.BringArgs{How: o.how, To: to}, k.id)
			})
		}
		wg.Wait()
		refused := 0
		for _, err := range errs {
			var why *switchboard.Error
			switch {
			case errors.As(err, &why) && (why.Code == switchboard.CodeOneAtATime || why.Code == switchboard.CodeWrongState || why.Code == switchboard.CodeNoSuchCall):
				refused++
				t.Logf("%v and %v: %v", c.first, c.second, err)
			case err != nil:
				t.Fatalf("%v and %v: %v", c.first, c.second, err)
			}
		}
		if refused != c.refused {
			t.Errorf("%v and %v: %d are refused", c.first, c.second, refused)
		}
		o := office.call(3 * time.Second)
		d := k.agent.sees("it rings", func(d switchboard.Desk) bool {
			return d.Call != nil && len(d.Call.Parties) == 1 && d.Call.Parties[0].State == "ringing"
		})
		if p := d.Call.Parties[0]; p.How == call.Blind { // it won: the agent is out of the call
			k.agent.must(switchboard.CmdTakeBack, struct{}{}, k.id)
			k.agent.phone.ringing(5 * time.Second).answer()
		} else {
			k.agent.must(switchboard.CmdDrop, switchboard.PartyArgs{N: p.N}, k.id)
		}
		o.isOver(3 * time.Second)
		office.notCalled()
		k.together(two, two...)
	}
	k.caller.hangUp()
	k.agent.finish()
	if list := h.transfers(t, k.id); len(list) != 5 {
		t.Errorf("%d transfers are kept: %+v", len(list), list)
	}
}
