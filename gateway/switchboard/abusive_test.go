package switchboard_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/abuse"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

type offenders board

// MarkedCalls is how many other calls of a number were marked.
func (o *offenders) MarkedCalls(context.Context, string, call.ID, time.Time) (int, error) {
	return int(o.others.Load()), nil
}

type blocks board

func (l *blocks) Blocked(string, string, time.Time) string {
	if l.listed.Load() {
		return "entry"
	}
	return ""
}

// policies changes the policies in force.
func (b *board) policies(change func(*settings.Policies)) {
	b.t.Helper()
	set := b.settings
	change(&set.Policies)
	if err := b.Configure(b.ctx, set, nil); err != nil {
		b.t.Fatal(err)
	}
}

// abuses are the entries that were journalled.
func (b *board) abuses() (all []abuse.Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.Abuse != nil {
			all = append(all, *e.Abuse)
		}
	}
	return all
}

func TestALoggedHangUpGoesByThePolicy(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.unswept()
		args := switchboard.LoggedHangUpArgs{Kind: abuse.Abusive, Note: "骂人"}
		refused := func(why string, code switchboard.Code) {
			t.Helper()
			if got := b.do("8001", switchboard.CmdLoggedHangUp, "c1", args); got != code {
				t.Errorf("%s: %q, want %q", why, got, code)
			}
		}
		refused("the policy is off", switchboard.CodeForbidden)
		if d := b.desk("8001").Call.Abuse; d.HangUp || len(d.Marks) != 0 {
			t.Errorf("%+v", d)
		}
		b.policies(func(p *settings.Policies) { p.Abuse.HangUp = true })
		refused("not warned", switchboard.CodeWrongState)
		b.must("8001", switchboard.CmdWarn, "c1", switchboard.WarnArgs{Played: true})
		refused("too soon", switchboard.CodeWrongState)
		b.pass(31 * time.Second)
		b.Failed("c1", call.Command{Verb: call.Announce, Media: []string{"warn_abuse"}}, false)
		synctest.Wait()
		refused("the warning was not heard", switchboard.CodeWrongState)
		b.must("8001", switchboard.CmdWarn, "c1", switchboard.WarnArgs{})
		b.must("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: abuse.Abusive, Note: "骂人"})
		b.must("8001", switchboard.CmdHold, "c1", struct{}{})
		if got := b.do("8001", switchboard.CmdWarn, "c1", switchboard.WarnArgs{Played: true}); got != switchboard.CodeWrongState {
			t.Errorf("who is on hold is warned: %q", got)
		}
		args.Note = ""
		refused("no note", switchboard.CodeBadRequest)
		args.Note = "骂人"
		b.must("8001", switchboard.CmdLoggedHangUp, "c1", args)
		if b.state("8001") != agent.WrapUp || !b.has("closing_abuse") {
			t.Errorf("%s: %v", b.state("8001"), b.told())
		}
		b.must("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: abuse.Vulgar}) // in wrap-up
		b.must("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: abuse.Vulgar, Off: true})
		marks := b.desk("8001").Call.Abuse.Marks
		if len(marks) != 3 || marks[0].Act != abuse.Said || marks[1].Kind != abuse.Abusive || marks[1].Into < 31 || marks[2].Act != abuse.HungUp {
			t.Errorf("%+v", marks)
		}
		if all := b.abuses(); len(all) != 7 || !all[1].Withdrawn || all[1].ID != all[0].ID || !all[6].Withdrawn {
			t.Errorf("%+v", all)
		}
	})
}

func TestTooManyMarksAndBadOnes(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		for range 50 {
			b.must("8001", switchboard.CmdWarn, "c1", switchboard.WarnArgs{})
		}
		if got := b.do("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: abuse.Silent}); got != switchboard.CodeTooMany {
			t.Errorf("more than is kept: %q", got)
		}
		if got := b.do("8001", switchboard.CmdMark, "c9", switchboard.MarkArgs{Kind: abuse.Silent}); got != switchboard.CodeNoSuchCall {
			t.Errorf("another call: %q", got)
		}
		if got := b.do("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: "'; DROP"}); got != switchboard.CodeBadRequest {
			t.Errorf("no kind: %q", got)
		}
	})
}

func TestSupervisorsAreAlertedAtTheThreshold(t *testing.T) {
	for others, want := range map[int64]int{1: 0, 2: 1} {
		playFrom(t, nil, func(b *board) {
			b.LinkUp(b.ctx)
			synctest.Wait()
			b.others.Store(others)
			b.connected("c1", "8001")
			b.must("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: abuse.Abusive})
			b.must("8001", switchboard.CmdMark, "c1", switchboard.MarkArgs{Kind: abuse.Vulgar})
			b.Linked(agent.Profile{No: "9001", Name: "班长", Phone: agent.PhoneDesk, Roles: []agent.Role{agent.RoleSupervisor}}, "s9", "p9", false)
			b.pass(2 * time.Second)
			alerts, _ := b.ticks["alerts"].(switchboard.Alerts)
			if len(alerts.Alerts) != want {
				t.Errorf("%d other calls: %+v", others, alerts)
			}
		})
	}
}

func TestWhoIsBlockedIsKeptOutButNotFrom110(t *testing.T) {
	play(t, func(b *board) {
		b.listed.Store(true)
		b.ready("8001")
		on := func(p *settings.Policies) { p.BlockList.On, p.BlockList.Trusted = true, []string{"13700000001"} }
		enter := func(id, number string, data calldata.Data) call.Record {
			b.ChannelEntered(id, switchboard.Channel{Inbound: true, Number: number, DNIS: "12333", Data: data})
			synctest.Wait()
			r := b.record(call.ID(id))
			b.ChannelGone(id, 16)
			b.pass(time.Second)
			return r
		}
		kept := func(what string, r call.Record, want bool) {
			t.Helper()
			if out := r.QueuedAt.IsZero(); out != want {
				t.Errorf("%s: kept out %t, want %t", what, out, want)
			}
		}
		kept("with the policy off", enter("c1", "13800001234", calldata.Data{}), false)
		b.policies(on)
		kept("blocked", enter("c2", "13800001234", calldata.Data{}), true)
		if r := b.record("c2"); r.Result != call.Blocked || !b.has("blocked_channels") {
			t.Errorf("%s: %v", r.Result, b.told())
		}
		kept("trusted", enter("c3", "13700000001", calldata.Data{}), false)
		kept("a service", enter("c4", "110", calldata.Data{}), false)
		kept("withheld", enter("c5", "anonymous", calldata.Data{}), false)
		kept("handed over", enter("c6", "13800001234", calldata.Data{CallID: "x", From: "110"}), false)
		b.must("8001", switchboard.CmdNotReady, "", switchboard.NotReadyArgs{Reason: "x"})
		b.list(missed("c0", "13800001234"))
		if got := b.do("8001", switchboard.CmdDial, "", switchboard.DialArgs{ID: "c0"}); got != switchboard.CodeBlocked {
			t.Errorf("he is called back: %q", got)
		}
	})
}
