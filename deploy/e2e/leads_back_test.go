package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// leadsBack makes a trunk whose other end is our own Asterisk, as with an operator who sends a number back to us.
func (h *house) leadsBack(t *testing.T, name string) {
	t.Helper()
	h.configure(t, "aor", name, map[string]string{"contact": "sip:" + h.SIPAddress()})
	h.configure(t, "endpoint", name, map[string]string{
		"context": "from-trunk", "allow": "!all,alaw", "aors": name, "direct_media": "no",
		"media_address": "127.0.0.1", "bind_rtp_to_media_address": "yes",
	})
}

// configure writes an object of Asterisk's, as the gateway does for telephones.
func (h *house) configure(t *testing.T, kind, id string, values map[string]string) {
	t.Helper()
	type field struct {
		Attribute string `json:"attribute"`
		Value     string `json:"value"`
	}
	var fields []field
	for name, value := range values {
		fields = append(fields, field{name, value})
	}
	body, _ := json.Marshal(map[string]any{"fields": fields}) // strings alone
	info := h.Info().ARI
	req, err := http.NewRequest(http.MethodPut, info.URL+"/asterisk/config/dynamic/res_pjsip/"+kind+"/"+id, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(info.User, info.Password)
	var answer any
	if err := fetch(req, &answer); err != nil {
		t.Fatal(err)
	}
}

// A line whose trunk leads back to us is no way: our own call is not taken for a caller, the next route is tried, and
// nobody is alone meanwhile.
func TestATrunkThatLeadsBackToUs(t *testing.T) {
	h := theExchange(t)
	h.leadsBack(t, "back")
	fire := h.newService(t, stack.Emergency2, serviceTone, answers(200*time.Millisecond))
	k := h.talking(t, "13700000701", "8101")
	other := h.staff(t, "8103", agentTone2) // would be rung by a call that came in
	since := time.Now()
	all := []*party{k.caller.party, k.agent.phone.party, other.phone.party}
	for _, how := range []call.TransferKind{call.ThreeWay, call.Consult, call.Confirmed} {
		k.bring(how, "sub_centre", "12367")
		k.ended(string(how))
		k.together(all, k.caller.party, k.agent.phone.party)
	}
	k.oneKey("119")
	c := fire.call(3 * time.Second)
	k.party("119", "in")
	k.together(append(all, c.party), k.caller.party, k.agent.phone.party, c.party)
	c.hangUp()
	k.agent.seesPhase("talking")

	k.bring(call.Blind, "sub_centre", "12367")
	k.agent.sees("the caller back", func(d switchboard.Desk) bool { return d.Call != nil && d.Call.Phase == "ringing" })
	k.agent.phone.ringing(5 * time.Second).answer()
	k.together(all, k.caller.party, k.agent.phone.party)
	k.caller.noLongSilence(t, since, time.Now())
	other.seesState(agent.Ready)
	k.caller.hangUp()
	k.agent.finish()
	select {
	case <-other.phone.rings:
		t.Error("our own call rang at an agent's")
	default:
	}
	if n := h.count(t, `SELECT count(*) AS "n" FROM call WHERE number_hash = %s`, h.hash("13700000701")); n != 1 {
		t.Errorf("the one call is %d in the database", n)
	}
	for _, one := range h.transfers(t, k.id) {
		if failed := one.Result == "failed"; failed == (one.ToKey == "119") || !one.Ended {
			t.Errorf("transfer %+v", one)
		}
	}
}

// An exchange that answers "moved to another number" does not make us dial that number: neither one of our own lines nor
// one that the agent may not dial.
func TestAServiceThatSendsUsElsewhere(t *testing.T) {
	h := theExchange(t)
	outside := h.newService(t, h.CitizensAddress(), serviceTone2, answers(0))
	office := h.newService(t, stack.SubCentres, serviceTone)
	k := h.talking(t, "13700000702", "8101")
	other := h.staff(t, "8103", agentTone2)
	all := []*party{k.caller.party, k.agent.phone.party, other.phone.party}
	for _, to := range []string{"12301@" + h.SIPAddress(), "13800001111@" + h.CitizensAddress(), "0012025550143@" + h.SIPAddress()} {
		office.behave(movedTo("sip:" + to))
		k.bring(call.ThreeWay, "sub_centre", "12366")
		office.call(3 * time.Second)
		k.ended(to)
		k.together(all, k.caller.party, k.agent.phone.party)
	}
	outside.notCalled()
	other.seesState(agent.Ready)
	k.caller.hangUp()
	k.agent.finish()
	if n := h.count(t, `SELECT count(*) AS "n" FROM call WHERE number_hash = %s`, h.hash("13700000702")); n != 1 {
		t.Errorf("the one call is %d in the database", n)
	}
}

// A typed number that is one of our own lines never leaves through the trunk: whoever serves the line is rung, and with
// nobody there it is refused or, blindly, a place in the queue.
func TestANumberThatIsOurOwnLine(t *testing.T) {
	h := theExchange(t)
	outside := h.newService(t, h.CitizensAddress(), serviceTone, answers(0))
	k := h.talking(t, "13700000703", "8101")
	to := switchboard.TargetKey{Kind: "number", Key: "0086 12333"}
	k.agent.refused(switchboard.CodeTargetBusy, switchboard.CmdBring, switchboard.BringArgs{How: call.Consult, To: to}, k.id)
	k.together([]*party{k.caller.party, k.agent.phone.party}, k.caller.party, k.agent.phone.party)
	colleague := h.staff(t, "8103", agentTone2)
	all := []*party{k.caller.party, k.agent.phone.party, colleague.phone.party}
	k.agent.must(switchboard.CmdBring, switchboard.BringArgs{How: call.Confirmed, To: to}, k.id)
	k.caller.hearsMusic(t, time.Now(), 3*time.Second)
	colleague.phone.ringing(5 * time.Second).answer()
	k.together(all, k.caller.party, colleague.phone.party)
	outside.notCalled()
	k.agent.finish()
	k.caller.hangUp()
	colleague.finish()
}

// ended waits until the last transfer reached nobody.
func (k *talk) ended(what string) {
	k.t.Helper()
	n := 0
	k.agent.sees("the end of "+what, func(d switchboard.Desk) bool {
		if d.Call == nil || d.Call.LastTransfer == nil || len(d.Call.Parties) > 0 {
			return false
		}
		n = d.Call.LastTransfer.N
		return d.Call.LastTransfer.Result == call.NotReached && n > k.seen
	})
	k.seen = n
}

// count is a number from the database.
func (h *house) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	return rows[struct{ N int }](t, h, query, args...)[0].N
}
