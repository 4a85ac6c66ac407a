package web

import (
	"context"
	"errors"
	"fmt"
	"hotline/agent"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/push"
)

func TestSignInAndOut(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	b.want(401, "sign in first", "GET", "/api/session", "")
	a := b.want(200, `"no":"8001"`, "POST", "/api/session", credentials("8001", "80018001"))
	if a.field("name") != "甲" || a.field("phone") != "browser" || fmt.Sprint(a.field("roles")) != "[agent]" {
		t.Errorf("%+v", a)
	}
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"hotline_session=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	first := b.cookie()
	b.want(200, `"no":"8001"`, "GET", "/api/session", "")
	b.want(200, `"no":"8002"`, "POST", "/api/session", credentials("8002", "80028002"))
	if b.cookie() == first {
		t.Error("the session was not renewed at sign-in")
	}
	b.want(204, "", "DELETE", "/api/session", "")
	b.want(204, "", "DELETE", "/api/session", "")
	b.want(401, "sign in first", "GET", "/api/session", "")
	old := r.browser()
	old.want(401, "", "GET", "/api/session", "", http.Header{"Cookie": {cookieName + "=" + first}})
	if got := r.world.audited(); got != "8001 sign_in 8001; 8002 sign_in 8002; 8002 sign_out 8002" {
		t.Error(got)
	}
}

func (b *browser) cookie() string {
	for _, line := range b.do("GET", "/api/session", "").header.Values("Set-Cookie") {
		value, _, _ := strings.Cut(strings.TrimPrefix(line, cookieName+"="), ";")
		return value
	}
	return ""
}

func TestBadSignIns(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	post := func(code int, words, body string) { t.Helper(); b.want(code, words, "POST", "/api/session", body) }
	post(401, "wrong agent number or password", credentials("8001", "x"))
	post(401, "wrong agent number or password", credentials("nobody", "x"))
	post(422, "agent_no", credentials("", "x"))
	post(422, "agent_no", credentials(strings.Repeat("1", 17), "x"))
	post(422, "password", credentials("8001", strings.Repeat("1", 257)))
	post(422, "password", `{"agent_no":"8001"}`)
	post(422, "extra", `{"agent_no":"8001","password":"x","extra":1}`)
	post(400, "", `{"agent_no":`)
	post(422, "expected object", `[]`)
	post(400, "body is required", ``)
	post(413, "64 KiB", credentials("8001", strings.Repeat("1", maxBody)))
	b.want(415, "", "POST", "/api/session", "a=b", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	b.want(404, "this API has no such", "GET", "/api/nothing", "")
	b.want(404, "this API has no such", "PUT", "/api/session", "{}")
	if got := strings.Join(r.world.meter, " "); got != "wrong wrong" {
		t.Error(got)
	}
}

func TestFormCookies(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	for _, c := range []string{"x", strings.Repeat("A", 43), "", "../../etc", strings.Repeat("x", 8000)} {
		b.want(401, "sign in first", "GET", "/api/session", "", http.Header{"Cookie": {cookieName + "=" + c}})
	}
}

func TestCrossOriginIsRefused(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	for _, h := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"http://elsewhere.example"}},
	} {
		b.want(403, "another place", "POST", "/api/console/ticket", "", h)
		b.want(403, "another place", "DELETE", "/api/session", "", h)
	}
	b.want(200, "", "POST", "/api/console/ticket", "", http.Header{"Sec-Fetch-Site": {"same-origin"}})
}

func TestThrottle(t *testing.T) {
	r := newRig(t)
	b := r.browser()
	for range accountTries {
		b.want(401, "wrong", "POST", "/api/session", credentials("8001", "x"))
	}
	a := b.want(429, "too many", "POST", "/api/session", credentials("8001", "80018001"))
	if a.header.Get("Retry-After") != "15" {
		t.Error("Retry-After", a.header.Get("Retry-After"))
	}
	b.want(200, "", "POST", "/api/session", credentials("8002", "80028002"))
}

func TestThrottleGrowsAndForgets(t *testing.T) {
	now := time.Now()
	th := newThrottle()
	for range accountTries - 1 {
		if _, wait := th.begin("a", "", now); wait != 0 {
			t.Fatal(wait)
		}
	}
	var locks []time.Duration
	for range 8 {
		th.begin("a", "", now)
		_, wait := th.begin("a", "", now)
		locks = append(locks, wait)
		now = now.Add(wait)
	}
	want := []time.Duration{15, 30, 60, 120, 240, 480, 900, 900}
	for i := range want {
		want[i] *= time.Second
	}
	if diff := cmp.Diff(want, locks); diff != "" {
		t.Fatal(diff)
	}
	try, _ := th.begin("a", "", now)
	try.succeeded()
	for range accountTries {
		if _, wait := th.begin("a", "", now); wait != 0 {
			t.Fatal("not forgotten", wait)
		}
	}
	now = now.Add(forgetAfter + longestLock)
	for range accountTries {
		if _, wait := th.begin("a", "", now); wait != 0 {
			t.Fatal("not forgotten in time", wait)
		}
	}
}

func TestManyGuessesAtOnceGainNothing(t *testing.T) {
	th := newThrottle()
	var mu sync.Mutex
	var wg sync.WaitGroup
	let := 0
	for range 100 {
		wg.Go(func() {
			if _, wait := th.begin("a", "b", time.Now()); wait == 0 {
				mu.Lock()
				defer mu.Unlock()
				let++
			}
		})
	}
	wg.Wait()
	if let != accountTries {
		t.Fatal(let)
	}
}

func TestThrottleIsBounded(t *testing.T) {
	th := newThrottle()
	now := time.Now()
	for i := range 3 * maxTracked {
		th.begin(fmt.Sprint(i), fmt.Sprint("10.0.0.", i), now)
		if len(th.known) > maxTracked+1 {
			t.Fatal(len(th.known))
		}
	}
}

func TestDatabaseAway(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	boss := r.signedIn("9001")
	r.world.set(func(w *world) { w.away = true })
	out := r.browser()
	for range 2 * accountTries { // an outage locks nobody out
		out.want(503, "database does not answer", "POST", "/api/session", credentials("8001", "80018001"))
	}
	boss.want(503, "database does not answer", "GET", "/api/calls", "")
	b.want(503, "database does not answer", "GET", "/api/me/calls", "")
	b.want(200, "8001", "GET", "/api/session", "")
	b.want(200, "agent-8001", "POST", "/api/phone", "")
	ws, _, err := b.socket("/ws?ticket="+b.ticket(), push.Subprotocol, r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, text, err := ws.ReadMessage(); err != nil || !strings.Contains(string(text), `"hello"`) {
		t.Fatal(string(text), err)
	}
	r.world.set(func(w *world) { w.away = false })
	out.want(200, "", "POST", "/api/session", credentials("8001", "80018001"))
}

// brokenSessions is a store of web sessions that cannot be read.
type brokenSessions struct{}

func (brokenSessions) Find(string) ([]byte, bool, error)      { return nil, false, errAway }
func (brokenSessions) Commit(string, []byte, time.Time) error { return errAway }
func (brokenSessions) Delete(string) error                    { return errAway }

func TestSessionsAway(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Sessions = brokenSessions{} })
	b := r.browser()
	cookie := http.Header{"Cookie": {cookieName + "=x"}}
	b.want(503, "database does not answer", "GET", "/api/session", "", cookie)
	b.want(503, "database does not answer", "GET", "/ws?ticket=x", "", cookie)
	b.want(401, "sign in first", "GET", "/api/session", "")
}

func TestConsoleTickets(t *testing.T) {
	r := newRig(t)
	b, other := r.signedIn("8001"), r.signedIn("8002")
	refused := func(code int, who *browser, ticket, origin string) {
		t.Helper()
		_, resp, err := who.socket("/ws?ticket="+ticket, push.Subprotocol, origin)
		if err == nil || resp == nil || resp.StatusCode != code {
			t.Errorf("want %d, have %v %v", code, resp, err)
		}
	}
	here := r.server.URL
	refused(401, b, "", here)
	refused(401, b, "forged", here)
	refused(401, other, b.ticket(), here)       // another's
	refused(401, r.browser(), b.ticket(), here) // without the cookie
	refused(403, b, b.ticket(), "")
	refused(403, b, b.ticket(), "http://elsewhere.example")
	ticket := b.ticket()
	if _, _, err := b.socket("/ws?ticket="+ticket, push.Subprotocol, here); err != nil {
		t.Fatal(err)
	}
	refused(401, b, ticket, here) // twice
	b.want(400, "", "GET", "/ws?ticket="+b.ticket(), "", http.Header{"Origin": {here}})
	late := newTickets()
	text := late.make("s", time.Now())
	if late.spend(text, "s", time.Now().Add(ticketWithin)) {
		t.Error("a ticket outlived its time")
	}
	r.signedIn("9004").want(403, "roles", "POST", "/api/console/ticket", "")
}

func TestTicketsAreForgotten(t *testing.T) {
	late := newTickets()
	now := time.Now()
	for i := range 10_000 {
		late.make("s", now.Add(time.Duration(i)*time.Second))
	}
	if len(late.valid) > 31 || len(late.order) > 31 {
		t.Fatal(len(late.valid), len(late.order))
	}
}

func TestSignOutClosesTheConsole(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	ws, _, err := b.socket("/ws?ticket="+b.ticket(), push.Subprotocol, r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	unused := b.ticket()
	b.want(204, "", "DELETE", "/api/session", "")
	if code := closeCode(ws); code != push.CloseSignedOut {
		t.Fatal(code)
	}
	again := r.signedIn("8001")
	if _, _, err := again.socket("/ws?ticket="+unused, push.Subprotocol, r.server.URL); err == nil {
		t.Error("a ticket outlived its session")
	}
}

func TestPhone(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	a := b.want(200, "", "POST", "/api/phone", "")
	for name, want := range map[string]string{
		"uri": "sip:agent-8001@hotline", "username": "agent-8001", "password": "secret", "realm": "hotline", "ws_path": "/sip",
	} {
		if a.field(name) != want {
			t.Errorf("%s: %v", name, a.field(name))
		}
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("a secret may be stored")
	}
	r.world.set(func(w *world) { w.deaf = true })
	b.want(503, "telephone system does not answer", "POST", "/api/phone", "")
}

func TestRouteWithoutARowIsRefused(t *testing.T) {
	if err := allowed("GET /api/new", Identity{Profile: agent.Profile{Roles: allCalls}}); !errors.Is(err, errForbidden) {
		t.Fatal(err)
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Phones = nil })
	r.signedIn("8001").want(500, "in its log", "POST", "/api/phone", "")
	if !strings.Contains(r.log.String(), "panic") {
		t.Error("not logged")
	}
}

func TestOpenAPI(t *testing.T) {
	r := newRig(t)
	a := r.signedIn("9004").want(200, `"openapi":"3.1.0"`, "GET", "/api/openapi.json", "")
	for _, want := range []string{"/api/calls/{id}/recording", "/api/console/ticket", "agent_no", "arrived_at", `"name":"cursor"`} {
		if !strings.Contains(a.text, want) {
			t.Errorf("no %s in the description", want)
		}
	}
}

func TestServer(t *testing.T) {
	r := newRig(t)
	if _, err := Listen("127.0.0.1:0", "missing.pem", "missing.key", r.h, r.h.log); err == nil {
		t.Error("a missing certificate was taken")
	}
	s, err := Listen("127.0.0.1:0", "", "", r.h, r.h.log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(s.Addr().String(), "", "", r.h, r.h.log); err == nil {
		t.Error("a port in use was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	resp, err := http.Get("http://" + s.Addr().String() + "/")
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
