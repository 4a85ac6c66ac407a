package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// A supervisor of a group listens to its agents, sees them and their calls for help, and nobody else's: not by asking
// for another group's agent either.
func TestASupervisorHasHisGroup(t *testing.T) {
	h := theExchange(t)
	k := h.talking(t, "13700000741", "8102") // of his group
	other := h.talking(t, "13700000742", "8101")
	boss := h.present(t, "9102", supervisorTone)
	c, a, v := k.caller.party, k.agent.phone.party, boss.phone.party

	for _, how := range []call.Supervision{call.ListenTo, call.Whisper, call.Barge} {
		boss.refused(switchboard.CodeNoSuchAgent, switchboard.CmdSupervise, switchboard.SuperviseArgs{Agent: "8101", How: how}, "")
	}
	boss.refused(switchboard.CodeNoSuchAgent, switchboard.CmdForceHangUp, switchboard.FloorArgs{Agent: "8101"}, "")
	boss.refused(switchboard.CodeNoSuchAgent, switchboard.CmdForceState, switchboard.ForceArgs{Agent: "8101", State: agent.NotReady}, "")
	boss.refused(switchboard.CodeWrongState, switchboard.CmdTakeOver, struct{}{}, "")
	other.together([]*party{other.caller.party, other.agent.phone.party}, other.caller.party, other.agent.phone.party)

	boss.must(switchboard.CmdSupervise, switchboard.SuperviseArgs{Agent: "8102", How: call.ListenTo}, "")
	boss.phone.ringing(5 * time.Second).answer()
	hearing{c: {a}, a: {c}, v: {c, a}}.now(t, 4*time.Second)

	other.agent.must(switchboard.CmdHelp, switchboard.HelpArgs{On: true}, "")
	all := h.present(t, "9101", supervisorTone) // without a group: he has everybody
	alert := alertOf(t, all.console, "8101")
	boss.refused(switchboard.CodeNoSuchAgent, switchboard.CmdAcknowledge, switchboard.AckArgs{ID: alert}, "")
	floor := func(c *console) (f switchboard.Floor) {
		c.ticked("floor", &f)
		return f
	}
	until(t, "the floor shows his group", 3*time.Second, func() bool {
		f := floor(boss.console)
		return len(f.Agents) == 2 && f.Agents[0].No == "8102" && f.Agents[1].No == "9102" && len(f.Calls) == 1 && f.Calls[0].ID == k.id
	}, func() string { return show(floor(boss.console)) })
	until(t, "who has no group sees all", 3*time.Second, func() bool {
		seen := map[string]bool{} // with who else is still at a page
		f := floor(all.console)
		for _, a := range f.Agents {
			seen[a.No] = true
		}
		return seen["8101"] && seen["8102"] && seen["9101"] && seen["9102"] && len(f.Calls) == 2
	}, func() string { return show(floor(all.console)) })
	var his switchboard.Alerts
	if boss.ticked("alerts", &his); len(his.Alerts) != 0 && his.Alerts[0].ID == alert {
		t.Errorf("another group's call for help comes to him: %s", show(his))
	}
	all.must(switchboard.CmdAcknowledge, switchboard.AckArgs{ID: alert}, "")

	boss.must(switchboard.CmdSuperviseEnd, struct{}{}, "")
	hearing{c: {a}, a: {c}, v: {}}.now(t, 4*time.Second)
	k.caller.hangUp()
	k.agent.finish()
	other.caller.hangUp()
	other.agent.finish()
}

// alertOf waits for an agent's open alert and returns its id.
func alertOf(t *testing.T, c *console, no string) (id string) {
	t.Helper()
	until(t, "the alert of "+no, 3*time.Second, func() bool {
		var list switchboard.Alerts
		c.ticked("alerts", &list)
		for _, a := range list.Alerts {
			if a.Agent == no && a.AckBy == "" {
				id = a.ID
			}
		}
		return id != ""
	})
	return id
}

// ticked is the latest value of a figure that the console was sent.
func (c *console) ticked(topic string, into any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = json.Unmarshal(c.ticks[topic], into) // nothing yet leaves it empty
}
