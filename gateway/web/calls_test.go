package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCallsAreSeenByWhoMay(t *testing.T) {
	r := newRig(t)
	for no, codes := range map[string][2]int{ // of h-1.1 and h-2.1
		"8001": {200, 403}, // talked in the first
		"8002": {403, 200}, // talked in the second
		"8003": {200, 403}, // had a leg in the first
		"9001": {200, 200}, "9002": {200, 200}, "9003": {200, 200}, "9004": {403, 403}, "9005": {403, 403},
	} {
		b := r.signedIn(no)
		b.want(codes[0], "", "GET", "/api/calls/h-1.1", "")
		b.want(codes[1], "", "GET", "/api/calls/h-2.1", "")
		b.want(codes[0], "", "GET", "/api/calls/h-1.1/recording", "")
		if codes[0] == 200 {
			want := no + " call.view h-1.1; " + no + " recording.play h-1.1"
			if codes[1] == 200 {
				want = no + " call.view h-1.1; " + no + " call.view h-2.1; " + no + " recording.play h-1.1"
			}
			if got := r.world.audited(); got != want {
				t.Errorf("%s: %s", no, got)
			}
		}
		r.world.audited()
	}
}

func TestOneCall(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("9001")
	a := b.want(200, `"number":"`+number+`"`, "GET", "/api/calls/h-1.1", "")
	for _, want := range []string{
		`"answered_at":null`, `"talking_at":"2026-09-01T08:00:09Z"`, `"recorded":true`, `"kind":"help"`, `"offers":[]`,
		`"legs":[{"id":"h-1.1.a1.8003"`,
	} {
		if !strings.Contains(a.text, want) {
			t.Errorf("no %s in %s", want, a.text)
		}
	}
	if strings.Contains(a.text, "rec-1") {
		t.Error("the recording's name is nobody's business")
	}
	b.want(404, "not found", "GET", "/api/calls/h-9.9", "")
	b.want(422, "id", "GET", "/api/calls/..%2f..%2fetc%2fpasswd", "")
	b.want(422, "id", "GET", "/api/calls/"+strings.Repeat("x", 200), "")
	b.want(422, "id", "GET", "/api/calls/%27;%20DROP%20TABLE", "")
}

func TestLists(t *testing.T) {
	r := newRig(t)
	boss, one := r.signedIn("9001"), r.signedIn("8001")
	a := boss.want(200, `"next":"more"`, "GET", "/api/calls?agent=8002&number="+number+"&from=2026-09-01T00:00:00Z&limit=7&cursor=c", "")
	if !strings.Contains(a.text, number) {
		t.Error(a.text)
	}
	e := r.world.audits[0]
	if diff := cmp.Diff([]string{"h-1.1"}, e.Detail["calls"]); diff != "" || e.Action != ActionListCalls || e.Address == "" {
		t.Errorf("%+v %s", e, diff)
	}
	one.want(200, "", "GET", "/api/calls", "")
	one.want(200, "", "GET", "/api/me/calls", "")
	one.want(403, "roles", "GET", "/api/calls?agent=8002", "")
	want := []Filter{
		{Agent: "8002", Number: number, From: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Before: "c", Limit: 7},
		{Agent: "8001", Limit: 50}, {Agent: "8001", Limit: 50},
	}
	if diff := cmp.Diff(want, r.world.filters); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"limit=0", "limit=201", "limit=x", "from=yesterday", "number=';--", "number=" + strings.Repeat("1", 33)} {
		boss.want(422, "", "GET", "/api/calls?"+strings.ReplaceAll(bad, ";", "%3B"), "")
	}
	boss.want(400, "not valid", "GET", "/api/calls?cursor=bad", "")
}

func TestNothingIsShownWithoutAudit(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Audit = &world{away: true} })
	b := r.browser()
	b.want(503, "audit cannot be written", "POST", "/api/session", credentials("9001", "90019001"))
	r2 := newRig(t)
	b = r2.signedIn("9001")
	r2.h.o.Audit = &world{away: true}
	for _, path := range []string{"/api/calls", "/api/me/calls", "/api/calls/h-1.1", "/api/calls/h-1.1/recording"} {
		if a := b.want(503, "audit cannot be written", "GET", path, ""); strings.Contains(a.text, number) {
			t.Error("shown all the same")
		}
	}
}

func TestRecording(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("9001")
	const path = "/api/calls/h-1.1/recording"
	a := b.do("GET", path, "")
	if a.code != 200 || a.text != wave || a.header.Get("Content-Type") != "audio/wav" || a.header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("%+v", a)
	}
	for ask, want := range map[string]answer{
		"bytes=0-3": {code: 206, text: "RIFF"}, "bytes=4-": {code: 206, text: wave[4:]}, "bytes=-4": {code: 206, text: "cdef"},
		"bytes=0-0,5-6": {code: 200, text: wave}, "bytes=99-": {code: 416}, "bytes=x": {code: 416},
	} {
		a := b.do("GET", path, "", http.Header{"Range": {ask}})
		if a.code != want.code || want.text != "" && a.text != want.text {
			t.Errorf("%s: %+v", ask, a)
		}
	}
	b.want(404, "not found", "GET", "/api/calls/h-2.1/recording", "") // has none
	r.world.set(func(w *world) { w.deaf = true })
	b.want(503, "store does not answer", "GET", path, "")
}

func TestFiles(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	a := b.want(200, "<title>page", "GET", "/", "")
	for name, want := range map[string]string{
		"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
		"Referrer-Policy": "no-referrer", "Content-Security-Policy": policy,
	} {
		if a.header.Get(name) != want {
			t.Errorf("%s: %s", name, a.header.Get(name))
		}
	}
	b.want(304, "", "GET", "/", "", http.Header{"If-None-Match": {a.header.Get("ETag")}})
	b.want(200, "<title>page", "GET", "/calls/h-1", "") // an address within the page
	b.want(404, "no such file", "GET", "/assets/gone.js", "")
	b.want(404, "no such file", "GET", "/.placeholder", "")
	b.want(404, "no such file", "GET", "/..%2f..%2fetc/passwd.txt", "")
	b.want(404, "this API has no such", "GET", "/api/", "")
	b.want(405, "only GET", "POST", "/", "x")
	if a := b.do("GET", "/assets/a-1.js", ""); !strings.Contains(a.header.Get("Cache-Control"), "immutable") || len(a.text) != 5000 {
		t.Errorf("%d %+v", len(a.text), a.header)
	}
	packed := b.do("GET", "/assets/a-1.js", "", http.Header{"Accept-Encoding": {"br, gzip"}})
	if packed.header.Get("Content-Encoding") != "gzip" || len(packed.text) > 200 {
		t.Errorf("%d %+v", len(packed.text), packed.header)
	}
	empty := newRig(t, func(o *Options) { o.Console = nil })
	empty.browser().want(404, "built without", "GET", "/", "")
}
