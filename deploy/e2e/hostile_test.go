package e2e

import (
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// Whatever a From header says, the call is served and kept, and what is shown is a number or nothing.
func TestHostileNumbers(t *testing.T) {
	h := theHouse(t)
	d := h.staff(t, "8101", agentTone)
	type count struct{ N int }
	before := rows[count](t, h, `SELECT count(*) AS "n" FROM call`)[0].N
	cases := []struct{ name, from, number string }{
		{"SQL as a name", `"'; DROP TABLE call; --" <sip:13400000001@127.0.0.1>`, "13400000001"},
		{"SQL as a number", `<sip:';%20DROP%20TABLE%20call;--@127.0.0.1>`, ""},
		{"300 digits", `<sip:` + strings.Repeat("7", 300) + `@127.0.0.1>`, ""},
		{"a name of 300 characters", `"` + strings.Repeat("长", 300) + `" <sip:13400000002@127.0.0.1>`, "13400000002"},
		{"+86", `<sip:+8613400000003@127.0.0.1>`, "13400000003"},
		{"0086 and a landline", `<sip:00862558850000@127.0.0.1>`, "02558850000"},
		{"from abroad", `<sip:+14155550100@127.0.0.1>`, "+14155550100"},
		{"anonymous", `"Anonymous" <sip:anonymous@anonymous.invalid>`, ""},
		{"Unicode", `"王小明 👋" <sip:%E7%8E%8B%E5%B0%8F%E6%98%8E@127.0.0.1>`, ""},
		{"markup", `"<script>alert(1)</script>" <sip:%3Cscript%3E@127.0.0.1>`, ""},
		{"dialplan", `"${SHELL(touch e2e-owned)}" <sip:$%7BSHELL(id)%7D@127.0.0.1>`, ""},
		{"no user at all", `<sip:127.0.0.1>`, ""},
		{"bad UTF-8", "\"\xff\xfe\" <sip:%FF%FE@127.0.0.1>", ""},
	}
	// No address at all by SIP's grammar: Asterisk does not even answer it, and nobody else is the worse for it.
	h.dial(t, dialled{line: "12300", from: `"王" <sip:王小明@127.0.0.1>`})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := desk{d.console, d.phone}
			d.console.t, d.phone.t = t, t
			caller := h.dial(t, dialled{line: "12300", from: c.from})
			ring := d.phone.ringing(5 * time.Second)
			shown := d.seesPhase("ringing")
			if shown.Number != c.number {
				t.Errorf("the agent sees %q, want %q", shown.Number, c.number)
			}
			answered := time.Now()
			ring.answer()
			caller.hears(t, agentTone, answered, 3*time.Second)
			caller.hangUp()
			d.finish()
			d.seesState(agent.Ready)
			until(t, "the call is kept", 10*time.Second, func() bool {
				list, err := tryRows[callRow](h, "SELECT * FROM call WHERE id = %s AND state = 'ended'", shown.ID)
				if err != nil || len(list) != 1 {
					return false
				}
				list[0].wantResult(t, "answered", "caller", "8101")
				if got := h.opened(t, "number", list[0].Sealed); got != c.number {
					t.Errorf("kept is the number %q, want %q", got, c.number)
				}
				return true
			})
		})
	}
	if after := rows[count](t, h, `SELECT count(*) AS "n" FROM call`)[0].N; after != before+len(cases) {
		t.Errorf("%d calls are kept of %d", after-before, len(cases))
	}
}

// Commands for calls that are another's, over or never were are refused, each with its code, and change nothing.
func TestCommandsForCallsOfOthers(t *testing.T) {
	h := theHouse(t)
	mine, other := h.staff(t, "8101", agentTone), h.sit(t, "8102")
	other.refused(switchboard.CodeWrongState, switchboard.CmdReady, struct{}{}, "")
	other.must(switchboard.CmdSignIn, struct{}{}, "")
	c := h.dial(t, dialled{line: "12300", number: "13400000009"})
	ring := mine.phone.ringing(5 * time.Second)
	id := mine.seesPhase("ringing").ID
	other.refused(switchboard.CodeNoSuchCall, switchboard.CmdRefuse, switchboard.RefuseArgs{Reason: "other"}, id)
	ring.answer()
	c.hears(t, agentTone, time.Now(), 3*time.Second)
	for _, name := range []string{switchboard.CmdHangUp, switchboard.CmdHold, switchboard.CmdResume} {
		other.refused(switchboard.CodeNoSuchCall, name, struct{}{}, id)
	}
	other.refused(switchboard.CodeNoSuchCall, switchboard.CmdMute, switchboard.MuteArgs{On: true}, id)
	other.refused(switchboard.CodeNoSuchCall, switchboard.CmdSave, switchboard.WrapUpArgs{Note: "不是我的"}, id)
	mine.refused(switchboard.CodeNoSuchCall, switchboard.CmdHangUp, struct{}{}, "hotline-1.1")
	mine.refused(switchboard.CodeWrongState, switchboard.CmdResume, struct{}{}, id)
	mine.refused(switchboard.CodeWrongState, switchboard.CmdSignOut, struct{}{}, "")
	mine.refused(switchboard.CodeUnknownCommand, "call.steal", struct{}{}, id)
	mine.refused(switchboard.CodeBadRequest, switchboard.CmdMute, []int{1}, id)
	mine.refused(switchboard.CodeBadRequest, switchboard.CmdSave, switchboard.WrapUpArgs{Disposition: "theft"}, id)
	c.hears(t, agentTone, time.Now(), time.Second) // nothing of it changed anything

	mine.must(switchboard.CmdHangUp, struct{}{}, id)
	c.gone(3 * time.Second)
	mine.seesPhase("wrap_up")
	mine.refused(switchboard.CodeWrongState, switchboard.CmdHold, struct{}{}, id)
	mine.refused(switchboard.CodeBadRequest, switchboard.CmdFinish, switchboard.WrapUpArgs{}, id)
	mine.finish()
	mine.seesState(agent.Ready)
	mine.refused(switchboard.CodeNoSuchCall, switchboard.CmdSave, switchboard.WrapUpArgs{Note: "太晚"}, id)
	h.record(t, "13400000009").wantResult(t, "answered", "agent", "8101")
}
