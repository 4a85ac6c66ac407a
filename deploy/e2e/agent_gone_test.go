package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// Agents are gone without a word, from their desks or with their pages, each in the middle of a transfer: the caller
// hears music or a prompt until whoever was called has him, and is alone at no time. It takes long, so it happens to all
// of them at the same time.
func TestTheAgentIsGone(t *testing.T) {
	new(door).enter(t) // a house of its own, beside the others, for it is half a minute of waiting
	h, err := newExchange()
	h.visit(t, err)
	office := h.newService(t, stack.SubCentres, serviceTone2, answers(3*time.Second))
	all := []*goner{
		{what: "a desk while it rings", no: "8101", how: call.ThreeWay, rings: true},
		{what: "a page while it rings", no: "8001", how: call.ThreeWay, rings: true},
		{what: "a page of three", no: "8003", how: call.ThreeWay},
		{what: "a desk while it rings to be asked", no: "8102", how: call.Consult, rings: true},
		{what: "a desk that asks", no: "8103", how: call.Consult},
		{what: "a page that asks", no: "8002", how: call.Consult},
	}
	for i, k := range all { // one after the other: the next caller is the next agent's
		k.talks(t, h, fmt.Sprintf("1370000075%d", i))
	}
	for _, k := range all {
		k.since = time.Now()
		k.brings()
		k.office = office.from(t, k.number)
		if k.rings {
			k.goes()
		}
	}
	for _, k := range all {
		if !k.rings {
			k.among()
			k.goes()
		}
	}
	for _, k := range all {
		k.isNotAlone()
	}
}

// isNotAlone waits until caller and office have one another, and looks at what was heard until then.
func (k *goner) isNotAlone() {
	k.t.Helper()
	within := 6 * time.Second
	if k.how == call.Consult { // the office waits for the agent who asked
		within = 40 * time.Second
	}
	two := hearing{k.caller.party: {k.office.party}, k.office.party: {k.caller.party}}
	two.now(k.t, within)
	k.t.Logf("%s: caller and office have one another, at the latest %v after the agent was gone", k.what, time.Since(k.gone).Round(100*time.Millisecond))
	k.caller.noLongSilence(k.t, k.since, time.Now())
	if k.how == call.ThreeWay && !k.rings {
		two.always(k.t, k.gone, time.Now().Add(-windowLength)) // whether the agent is heard does not matter
	}
	k.office.hangUp()
	if k.how == call.Consult { // the agent has been given up: there is nobody to talk to any more
		k.caller.gone(5 * time.Second)
		return
	}
	k.caller.hearsMusic(k.t, time.Now(), 6*time.Second) // he waits for his agent again
	k.caller.hangUp()
}

// goner is a caller whose agent will be gone.
type goner struct {
	what, no, number string
	how              call.TransferKind
	rings            bool // the agent is gone before it is answered

	*caller
	t           *testing.T
	h           *house
	id          call.ID
	page        *page // or
	desk        desk
	office      *serviceCall
	since, gone time.Time
}

// talks lets a citizen call the agent, who is nobody else's any more.
func (k *goner) talks(t *testing.T, h *house, number string) {
	t.Helper()
	k.t, k.h, k.number = t, h, number
	if strings.HasPrefix(k.no, "80") {
		k.page = h.atWork(t, k.no)
		talk := h.talkingAt(t, k.page, dialled{line: "12301", number: number})
		k.caller, k.id = talk.caller, talk.id
		return
	}
	talk := h.talking(t, number, k.no)
	t.Cleanup(func() { h.signOut(t, k.no) })
	k.caller, k.id, k.desk = talk.caller, talk.id, talk.agent
}

// brings calls the office.
func (k *goner) brings() {
	k.t.Helper()
	if k.page == nil {
		to := switchboard.TargetKey{Kind: "sub_centre", Key: "12366"}
		k.desk.must(switchboard.CmdBring, switchboard.BringArgs{How: k.how, To: to}, k.id)
		return
	}
	k.page.click("open-" + string(k.how))
	k.page.choose("12366", "12366", kb.Enter)
}

// among waits until the office is in.
func (k *goner) among() {
	k.t.Helper()
	k.office.isAnswered(5 * time.Second)
	if k.how == call.Consult {
		k.caller.hearsMusic(k.t, time.Now(), 3*time.Second)
		k.office.hears(k.t, agentTone, time.Now(), 3*time.Second)
		return
	}
	hearing{k.caller.party: {k.office.party}, k.office.party: {k.caller.party}}.now(k.t, 4*time.Second)
}

// goes takes the agent away without a word: his computer loses its power, or his telephone and his console their cable.
func (k *goner) goes() {
	k.t.Helper()
	k.gone = time.Now()
	if k.page != nil {
		k.page.close()
		return
	}
	k.desk.cut()
	k.desk.phone.unplug()
	k.h.silent(k.t, "agent-"+k.no)
}

// silent ends the channel of a telephone as Asterisk does that hears no sound from it for 20 seconds, without waiting
// for them.
func (h *house) silent(t *testing.T, endpoint string) {
	t.Helper()
	var list []struct{ ID, Name string }
	if err := h.ari("/channels", &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if !strings.HasPrefix(c.Name, "PJSIP/"+endpoint+"-") {
			continue
		}
		info := h.Info().ARI
		req, err := http.NewRequest(http.MethodDelete, info.URL+"/channels/"+c.ID+"?reason_code=44", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(info.User, info.Password)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return
	}
	t.Fatalf("%s has no channel", endpoint)
}

// from waits for the INVITE with a caller's number, beside those of others.
func (s *service) from(t *testing.T, number string) (c *serviceCall) {
	t.Helper()
	until(t, "the service is called for "+number, 5*time.Second, func() bool {
		select {
		case next := <-s.calls:
			if next.Caller() == number {
				c = next
				return true
			}
			s.calls <- next
		default:
		}
		return false
	})
	c.t = t
	return c
}
