package switchboard_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// supervisor brings a supervisor to his desk.
func (b *board) supervisor(no string) {
	b.t.Helper()
	p := profile(no)
	p.Roles = []agent.Role{agent.RoleSupervisor}
	b.Linked(p, "session-"+no, "page-1", false)
	b.must(no, switchboard.CmdSignIn, "", nil)
}

// with lets the supervisor's telephone answer.
func (b *board) with(leg string) {
	b.ChannelUp(leg)
	b.ChannelEntered(leg, switchboard.Channel{Up: true})
	synctest.Wait()
}

func supervise(no string, how call.Supervision) switchboard.SuperviseArgs {
	return switchboard.SuperviseArgs{Agent: no, How: how}
}

func TestASupervisorListensWhispersBargesInAndTakesOver(t *testing.T) {
	play(t, func(b *board) {
		b.supervisor("9001")
		b.connected("c1", "8001")
		b.must("9001", switchboard.CmdSupervise, "", supervise("8001", call.ListenTo))
		if b.state("9001") != agent.Supervising {
			t.Fatalf("the supervisor is %s", b.state("9001"))
		}
		b.with("c1.s2.9001")
		with := b.desk("9001").Supervising
		if with == nil || with.Agent != "8001" || with.How != call.ListenTo || with.Since == nil {
			t.Fatalf("he sees %+v", with)
		}
		if len(b.parties("8001")) != 0 {
			t.Errorf("the agent sees who listens: %v", b.parties("8001"))
		}
		b.must("9001", switchboard.CmdSupervise, "", supervise("8001", call.Whisper))
		b.must("9001", switchboard.CmdSupervise, "", supervise("8001", call.Barge))
		if b.parties("8001")["9001"] != "in" {
			t.Errorf("the agent does not see who is in: %v", b.parties("8001"))
		}
		b.must("9001", switchboard.CmdTakeOver, "", nil)
		if b.state("8001") != agent.WrapUp || b.state("9001") != agent.Talking || b.phase("9001") != "talking" || b.desk("9001").Supervising != nil {
			t.Errorf("taken over: %s; %s %s", b.state("8001"), b.state("9001"), b.phase("9001"))
		}
		b.must("9001", switchboard.CmdHangUp, "c1", nil)
		want := []string{
			"supervise.listen by 9001", "supervise.whisper by 9001", "supervise.barge by 9001", "supervise.take_over by 9001",
		}
		if got := b.deeds(); !slices.Equal(got, want) {
			t.Errorf("traces %v", got)
		}
	})
}

func TestSupervisionEndsWithTheCall(t *testing.T) {
	play(t, func(b *board) {
		b.supervisor("9001")
		b.connected("c1", "8001")
		b.must("9001", switchboard.CmdSupervise, "", supervise("8001", call.Whisper))
		b.ChannelGone("c1", 16) // before his telephone answered
		synctest.Wait()
		if b.state("9001") != agent.NotReady || b.desk("9001").Supervising != nil {
			t.Errorf("the supervisor is %s with %+v", b.state("9001"), b.desk("9001").Supervising)
		}
		if code := b.do("9001", switchboard.CmdSupervise, "", supervise("8001", call.Barge)); code != switchboard.CodeWrongState {
			t.Errorf("barging into a call that is over: %q", code)
		}
	})
}

func TestOnlySupervisorsOfTheGroupSupervise(t *testing.T) {
	play(t, func(b *board) {
		b.settings.Groups = map[string]string{"8001": "north", "9001": "north", "9002": "south"}
		if err := b.Configure(b.ctx, b.settings, nil); err != nil {
			t.Fatal(err)
		}
		b.supervisor("9001")
		b.supervisor("9002")
		b.connected("c1", "8001")
		b.ready("8002")
		commands := map[string]any{
			switchboard.CmdSupervise: supervise("8001", call.ListenTo), switchboard.CmdForceHangUp: switchboard.FloorArgs{Agent: "8001"},
			switchboard.CmdForceState: switchboard.ForceArgs{Agent: "8001", State: agent.NotReady},
		}
		for name, args := range commands {
			if code := b.do("9002", name, "", args); code != switchboard.CodeNoSuchAgent {
				t.Errorf("%s by the supervisor of another group: %q", name, code)
			}
			if code := b.do("8002", name, "", args); code != switchboard.CodeForbidden {
				t.Errorf("%s by an agent: %q", name, code)
			}
		}
		b.must("9001", switchboard.CmdSupervise, "", commands[switchboard.CmdSupervise])
		b.pass(time.Second)
		if f, _ := b.ticks["floor"].(switchboard.Floor); len(f.Agents) == 0 {
			t.Error("no floor was shown")
		}
	})
}

func TestForcedStates(t *testing.T) {
	play(t, func(b *board) {
		b.supervisor("9001")
		b.connected("c1", "8001")
		force := func(state agent.State) {
			t.Helper()
			b.must("9001", switchboard.CmdForceState, "", switchboard.ForceArgs{Agent: "8001", State: state})
		}
		force(agent.SignedOut)
		if b.state("8001") != agent.Talking || b.desk("8001").Agent.Next != agent.SignedOut {
			t.Errorf("in a call: %+v", b.desk("8001").Agent)
		}
		force(agent.NotReady)
		b.must("9001", switchboard.CmdForceHangUp, "", switchboard.FloorArgs{Agent: "8001"})
		if r := b.record("c1"); r.EndedBy != call.BySupervisor || r.Result != call.Answered {
			t.Errorf("the call ended %s by %s", r.Result, r.EndedBy)
		}
		b.must("8001", switchboard.CmdFinish, "c1", switchboard.WrapUpArgs{Disposition: "help"})
		if a := b.desk("8001").Agent; a.State != agent.NotReady || a.Reason != agent.ReasonForced {
			t.Errorf("after the call: %s %s", a.State, a.Reason)
		}
		force(agent.Ready)
		if b.state("8001") != agent.Ready {
			t.Errorf("forced: %s", b.state("8001"))
		}
	})
}

func TestACallForHelpRingsTheSupervisors(t *testing.T) {
	play(t, func(b *board) {
		b.supervisor("9001")
		b.connected("c1", "8001")
		b.must("8001", switchboard.CmdHelp, "", switchboard.HelpArgs{On: true})
		b.must("8001", switchboard.CmdHelp, "", switchboard.HelpArgs{On: true})
		if a := b.alerts(); len(a) != 1 || a[0].Agent != "8001" || a[0].Call != "c1" || !b.desk("8001").Help {
			t.Fatalf("alerts %+v", a)
		}
		b.must("9001", switchboard.CmdSupervise, "", supervise("8001", call.Whisper))
		b.pass(time.Second)
		if a := b.alerts(); len(a) != 0 || b.desk("8001").Help {
			t.Errorf("somebody came: %+v", a)
		}
	})
}

func TestOtherProgramsAreAnswered(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		err := b.Do(context.Background(), switchboard.Command{Agent: "8001", Name: switchboard.CmdOneKey, Call: "c1", Args: []byte(`{"service":"120"}`)})
		if err != nil || b.parties("8001")["120"] == "" {
			t.Errorf("%v, parties %v", err, b.parties("8001"))
		}
		if err := b.Do(context.Background(), switchboard.Command{Agent: "8001", Name: "fly"}); err == nil {
			t.Error("an unknown command was done")
		}
	})
}
