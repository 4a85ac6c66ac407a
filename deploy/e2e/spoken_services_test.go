package e2e

import (
	"encoding/csv"
	"os"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
	"hotline/ivr/prompts"
)

// serviceWords are what the services of `make up` say, by number.
func serviceWords(t *testing.T) (greetings map[string]words, goOn map[string]words) {
	t.Helper()
	f, err := os.Open("../stack/services.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	greetings, goOn = map[string]words{}, map[string]words{}
	for _, row := range table[1:] {
		for text, list := range map[string]map[string]words{row[5]: greetings, "请继续讲，我在听。": goOn} {
			s, err := prompts.Speak(t.Context(), stack.PromptCache(), prompts.Voice{Name: row[4], Speed: 230, Pitch: 45}, text, nil)
			if err != nil {
				t.Fatal(err)
			}
			list[row[0]] = wordsOf(text, s).ending()
		}
	}
	return greetings, goOn
}

// What `make up` starts: one key reaches 110, 119, 120 and 122, each of which answers with its own words, heard by
// caller and agent, who hear one another too; a sub-centre that is asked is heard by the agent alone; and when the agent
// has left, the caller hears 110 say on.
func TestTheServicesOfADemonstrationAreReached(t *testing.T) {
	new(door).enter(t)
	people := []stack.Account{{AgentNo: "8101", Name: "甲", Role: "agent", Phone: "desk", Password: password}}
	s, err := stack.Start(t.Context(), stack.Options{
		Gateway: true, Services: true, Agents: people, GatewayEnv: []string{"HOTLINE_WRAP_UP=20s"}, Progress: os.Stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	h := &house{Stack: s}
	h.visit(t, nil)
	hello, goOn := serviceWords(t)
	k := h.talkingOn(t, "12345", "13700000761", "8101")
	two := []*party{k.caller.party, k.agent.phone.party}
	since := time.Now()

	k.bring(call.Consult, "sub_centre", "12366")
	k.agent.phone.hearsWords(t, since, 9*time.Second, hello["12366"])
	k.caller.hasNotHeard(t, since, time.Now(), hello["12366"])
	k.agent.must(switchboard.CmdDrop, switchboard.PartyArgs{N: k.party("12366", "in").N}, k.id)
	k.together(two, two...)

	for _, service := range []string{"119", "120", "122", "110"} {
		from := time.Now()
		k.oneKey(service)
		for _, p := range two {
			p.hearsWords(t, from, 9*time.Second, hello[service])
		}
		n := k.party(service, "in").N
		k.together(two, two...)
		if service != "110" {
			k.agent.must(switchboard.CmdDrop, switchboard.PartyArgs{N: n}, k.id)
		}
	}
	left := time.Now()
	k.agent.must(switchboard.CmdLeave, struct{}{}, k.id)
	k.caller.hearsWords(t, left, 15*time.Second, goOn["110"])
	k.caller.never(t, agentTone, left.Add(time.Second), time.Now())
	k.caller.hangUp()
	k.agent.finish()
	h.record(t, "13700000761").wantResult(t, "answered", "caller", "8101")
	for n, one := range h.transfers(t, k.id) {
		if one.Result != "connected" || !one.Ringed || !one.Ended || one.Handed != (one.ToKey == "110") {
			t.Errorf("transfer %d: %+v", n+1, one)
		}
	}
}
