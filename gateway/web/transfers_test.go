package web

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// transferred is the call of sample with 110 brought in, a supervisor who barges in and an agent who was never there.
func transferred() CallDetail {
	d := sample()
	at := func(s float64) time.Time { return d.Call.ArrivedAt.Add(time.Duration(s * float64(time.Second))) }
	d.Legs = []call.LegRecord{
		{ID: "h-1.1", Role: call.RoleCaller, CreatedAt: at(0), UpAt: at(1), GoneAt: at(60), Together: []call.Span{{From: at(8.9), To: at(20)}, {From: at(25), To: at(60)}}},
		{ID: "h-1.1.a1.8003", Role: call.RoleAgent, Agent: "8003", CreatedAt: at(0), UpAt: at(9), Together: []call.Span{{From: at(9), To: at(40)}}},
		{ID: "h-1.1.t1.110", Role: call.RoleThird, CreatedAt: at(12)},
		{ID: "h-1.1.t2.110", Role: call.RoleThird, CreatedAt: at(14), UpAt: at(18), Together: []call.Span{{From: at(18.25), To: at(60)}}},
		{ID: "h-1.1.s3.9001", Role: call.RoleSupervisor, Agent: "9001", CreatedAt: at(30), UpAt: at(31), Together: []call.Span{{From: at(31)}}},
	}
	d.Transfers = []call.Transfer{{
		Call: "h-1.1", N: 1, Kind: call.OneKey, By: "8003", ToKind: "emergency", ToKey: "110", Title: "公安 110", Reason: "家暴",
		Routes: []string{"PJSIP/110@police", "PJSIP/110@city"}, Tried: 2, Leg: "h-1.1.t2.110", At: at(12), RingingAt: at(13), AnsweredAt: at(18),
		HandedAt: at(40), Result: call.Connected, Why: "busy",
	}}
	return d
}

func TestTheRecordShowsWhoTalkedToWhomWhen(t *testing.T) {
	r := newRig(t)
	r.world.set(func(w *world) { w.calls = map[call.ID]CallDetail{"h-1.1": transferred()} })
	a := r.signedIn("9001").want(200, "", "GET", "/api/calls/h-1.1", "")
	for _, want := range []string{
		`"transfers":[{"n":1,"how":"one_key","by":"8003","to_kind":"emergency","to_key":"110","title":"公安 110","agent":"","reason":"家暴",` +
			`"route":"PJSIP/110@city","tried":2,"at":"2026-09-01T08:00:12Z","ringing_at":"2026-09-01T08:00:13Z",` +
			`"answered_at":"2026-09-01T08:00:18Z","handed_at":"2026-09-01T08:00:40Z","ended_at":null,"result":"connected","why":"busy"}]`,
		`"role":"supervisor","agent":"9001"`,
		`"together":[{"from":"2026-09-01T08:00:09Z","to":"2026-09-01T08:00:40Z"}]`,
		`"together":[{"from":"2026-09-01T08:00:31Z","to":null}]`, `"together":[]`,
		`"marks":[{"at_s":0,"role":"caller","who":"","what":"in"},{"at_s":0,"role":"agent","who":"8003","what":"in"},` +
			`{"at_s":9.25,"role":"third","who":"公安 110","what":"in"},{"at_s":11,"role":"caller","who":"","what":"out"},` +
			`{"at_s":16,"role":"caller","who":"","what":"in"},{"at_s":22,"role":"supervisor","who":"9001","what":"in"},` +
			`{"at_s":31,"role":"agent","who":"8003","what":"out"},{"at_s":51,"role":"caller","who":"","what":"out"},` +
			`{"at_s":51,"role":"third","who":"公安 110","what":"out"}]`,
	} {
		if !strings.Contains(a.text, want) {
			t.Errorf("no %s in %s", want, a.text)
		}
	}
	paused := transferred() // while the caller was aside
	off := paused.Legs[0].Together[0].To
	paused.Call.Pauses = []call.Span{{From: off, To: off.Add(5 * time.Second)}}
	r.world.set(func(w *world) { w.calls["h-1.1"] = paused })
	r.signedIn("9001").want(200, `{"at_s":11,"role":"caller","who":"","what":"out"},{"at_s":11,"role":"caller","who":"","what":"in"},`+
		`{"at_s":17,"role":"supervisor","who":"9001","what":"in"},{"at_s":26,"role":"agent","who":"8003","what":"out"}`, "GET", "/api/calls/h-1.1", "")
	d := transferred()
	d.Call.Recording = ""
	r.world.set(func(w *world) { w.calls["h-1.1"] = d })
	r.signedIn("9001").want(200, `"marks":[]`, "GET", "/api/calls/h-1.1", "")
}

// Do is the switchboard: agent 8001 talks in h-1.1.
func (w *world) Do(_ context.Context, c switchboard.Command) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commands = append(w.commands, c)
	var args switchboard.OneKeyArgs
	if err := json.Unmarshal(c.Args, &args); err != nil {
		return err
	}
	switch {
	case w.deaf:
		return &switchboard.Error{Code: switchboard.CodeUnavailable, Message: "asterisk is away", Temporary: true}
	case c.Agent != "8001" || c.Call != "h-1.1":
		return &switchboard.Error{Code: switchboard.CodeNoSuchCall, Message: "this call is not at your desk"}
	case args.Service == "12345":
		return &switchboard.Error{Code: switchboard.CodeUnknownTarget, Message: "no emergency service"}
	case args.Service == "119":
		return &switchboard.Error{Code: switchboard.CodeWrongState, Message: "the call is ended"}
	case args.Service == "120":
		return &switchboard.Error{Code: switchboard.CodeNotPermitted, Message: "not yours to dial"}
	case args.Service == "122":
		return context.DeadlineExceeded
	}
	return nil
}

func TestAnotherProgramPressesTheOneKey(t *testing.T) {
	r := newRig(t)
	const path = "/api/calls/h-1.1/one-key"
	b := r.signedIn("8001")
	b.want(204, "", "POST", path, `{"service":"110","reason":"家暴"}`)
	b.want(204, "", "POST", path, `{"service":"110"}`)
	one, two := r.world.commands[0], r.world.commands[1]
	if one.Agent != "8001" || one.Name != switchboard.CmdOneKey || one.Call != "h-1.1" || one.Ver != 0 || one.ID == "" || one.ID == two.ID ||
		string(one.Args) != `{"service":"110","reason":"家暴"}` {
		t.Errorf("%+v %s", one, one.Args)
	}
	b.want(409, "not at your desk", "POST", "/api/calls/h-2.1/one-key", `{"service":"110"}`)
	b.want(404, "no emergency service", "POST", path, `{"service":"12345"}`)
	b.want(409, "the call is ended", "POST", path, `{"service":"119"}`)
	b.want(403, "not yours", "POST", path, `{"service":"120"}`)
	b.want(503, "waited too long", "POST", path, `{"service":"122"}`)
	for _, no := range []string{"8003", "9001"} { // seated, but the call is at another desk
		r.signedIn(no).want(409, "", "POST", path, `{"service":"110"}`)
	}
	asked := len(r.world.commands)
	for _, no := range []string{"9002", "9003", "9004", "9005", "9006"} {
		r.signedIn(no).want(403, "roles", "POST", path, `{"service":"110"}`)
	}
	r.browser().want(401, "", "POST", path, `{"service":"110"}`)
	for _, bad := range []string{
		``, `{}`, `{"service":""}`, `{"service":"1"}`, `{"service":"110x"}`, `{"service":"` + strings.Repeat("1", 21) + `"}`,
		`{"service":"110","reason":"` + strings.Repeat("长", 201) + `"}`, `{"service":"110","more":1}`,
	} {
		if a := b.do("POST", path, bad); a.code != 422 && a.code != 400 {
			t.Errorf("%s: %+v", bad, a)
		}
	}
	if len(r.world.commands) != asked {
		t.Error("a request that was refused was done")
	}
	r.world.set(func(w *world) { w.deaf = true })
	b.want(503, "asterisk is away", "POST", path, `{"service":"110"}`)
}

// TestTheOneKeyWaitsForNoDatabase: an emergency is dialled while PostgreSQL is away.
func TestTheOneKeyWaitsForNoDatabase(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	r.world.set(func(w *world) { w.away = true })
	b.want(204, "", "POST", "/api/calls/h-1.1/one-key", `{"service":"110"}`)
}
