package e2e

import (
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// 监听, 密语, 强插, 接管: who hears whom is measured at each step, and nobody is dropped between them.
func TestSupervision(t *testing.T) {
	h := theExchange(t)
	k := h.talkingOn(t, "12300", "13700000401", "8101")
	boss := h.present(t, "9101", supervisorTone)
	c, a, v := k.caller.party, k.agent.phone.party, boss.phone.party
	since := time.Now()
	how := func(s call.Supervision) {
		t.Helper()
		boss.must(switchboard.CmdSupervise, switchboard.SuperviseArgs{Agent: "8101", How: s}, "")
	}
	how(call.ListenTo)
	boss.phone.ringing(5 * time.Second).answer()
	listens := hearing{c: {a}, a: {c}, v: {c, a}}
	listens.now(t, 4*time.Second)
	from := time.Now()
	boss.sees("since when he listens", func(d switchboard.Desk) bool { return d.Supervising != nil && d.Supervising.Since != nil })
	sleep(t.Context(), time.Second) // it is the time that is looked at
	listens.always(t, from, time.Now().Add(-windowLength))
	how(call.Whisper)
	hearing{c: {a}, a: {c, v}, v: {c, a}}.now(t, 4*time.Second)
	how(call.Barge)
	hearing{c: {a, v}, a: {c, v}, v: {c, a}}.now(t, 4*time.Second)
	how(call.ListenTo)
	listens.now(t, 4*time.Second)
	boss.must(switchboard.CmdTakeOver, struct{}{}, "")
	k.together([]*party{c, a, v}, c, v)
	k.agent.seesState(agent.WrapUp)
	boss.seesPhase("talking")
	k.caller.noLongSilence(t, since, time.Now())
	k.agent.finish()
	boss.must(switchboard.CmdHangUp, struct{}{}, k.id)
	boss.finish()
	k.caller.gone(5 * time.Second)
	h.record(t, "13700000401").wantResult(t, "answered", "agent", "9101")
	type deed struct{ Who, Action string }
	until(t, "the audit has it all", 10*time.Second, func() bool {
		deeds, err := tryRows[deed](h, `SELECT who, action FROM audit WHERE object = %s AND action LIKE 'supervise.%%' ORDER BY id`, string(k.id))
		return err == nil && len(deeds) == 5 && deeds[0] == (deed{"9101", "supervise.listen"}) && deeds[4] == (deed{"9101", "supervise.take_over"})
	})
}

// The call ends while he listens, or a supervisor ends it; the agent's state is the supervisor's to set.
func TestSupervisionEnds(t *testing.T) {
	h := theExchange(t)
	k := h.talking(t, "13700000402", "8101")
	boss := h.present(t, "9101", supervisorTone)
	boss.must(switchboard.CmdSupervise, switchboard.SuperviseArgs{Agent: "8101", How: call.Whisper}, "")
	ring := boss.phone.ringing(5 * time.Second)
	ring.answer()
	hearing{k.caller.party: {k.agent.phone.party}, k.agent.phone.party: {k.caller.party, boss.phone.party}, boss.phone.party: {k.caller.party, k.agent.phone.party}}.now(t, 4*time.Second)
	boss.must(switchboard.CmdForceHangUp, switchboard.FloorArgs{Agent: "8101"}, "")
	waitFor(t, "the supervisor's telephone is hung up", ring.over, 5*time.Second)
	k.caller.gone(5 * time.Second)
	boss.seesState(agent.NotReady)
	boss.refused(switchboard.CodeWrongState, switchboard.CmdSupervise, switchboard.SuperviseArgs{Agent: "8101", How: call.Barge}, "")
	boss.must(switchboard.CmdForceState, switchboard.ForceArgs{Agent: "8101", State: agent.NotReady}, "")
	if d := k.agent.seesState(agent.NotReady); d.Agent.Reason != agent.ReasonForced {
		t.Errorf("the agent is told %s", show(d.Agent))
	}
	h.record(t, "13700000402").wantResult(t, "answered", "supervisor", "8101")
	k.agent.refused(switchboard.CodeForbidden, switchboard.CmdForceHangUp, switchboard.FloorArgs{Agent: "8101"}, "")
}
