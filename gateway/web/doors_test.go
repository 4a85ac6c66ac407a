package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/push"
	"hotline/gateway/totp"
)

func withCode(no, code string) string {
	return fmt.Sprintf(`{"agent_no":%q,"password":%q,"code":%q}`, no, no+no, code)
}

// Who must have a second factor can do nothing before he set it up, and is asked for it from then on.
func TestAnAdministratorSetsUpHisSecondFactor(t *testing.T) {
	r := newRig(t, func(o *Options) { o.SecondFactor = []agent.Role{agent.RoleAdmin} })
	b := r.browser()
	b.want(200, `"second_factor_due":true`, "POST", "/api/session", credentials("9003", "90039003"))
	b.want(200, `"second_factor_due":true`, "GET", "/api/session", "")
	for _, route := range []string{"GET /api/settings/lines", "GET /api/figures", "GET /api/openapi.json", "POST /api/me/password"} {
		method, path, _ := strings.Cut(route, " ")
		b.want(403, typeDue, method, path, "")
	}
	b.want(409, "begin to set up", "PUT", "/api/me/second-factor", `{"code":"123456"}`)
	b.want(401, "wrong", "POST", "/api/me/second-factor", `{"password":"guessed"}`)
	a := b.want(200, "otpauth://totp/", "POST", "/api/me/second-factor", `{"password":"90039003"}`)
	picture, err := base64.StdEncoding.DecodeString(a.field("qr").(string))
	if err != nil || !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Error("no QR code: ", err)
	}
	secret := totp.Secret(a.field("secret").(string))
	code, _ := secret.Code(time.Now())
	b.want(422, "not the code", "PUT", "/api/me/second-factor", `{"code":"000000"}`)
	b.want(200, "ABCD", "PUT", "/api/me/second-factor", fmt.Sprintf(`{"code":%q}`, code))
	b.want(409, "begin to set up", "PUT", "/api/me/second-factor", fmt.Sprintf(`{"code":%q}`, code))
	b.want(200, "", "GET", "/api/settings/lines", "")
	b.want(204, "", "DELETE", "/api/session", "")

	again := r.browser()
	again.want(401, typeNeedsCode, "POST", "/api/session", credentials("9003", "90039003"))
	again.want(401, "wrong", "POST", "/api/session", withCode("9003", code)) // used
	later, _ := secret.Code(time.Now().Add(30 * time.Second))
	again.want(200, `"second_factor_due":false`, "POST", "/api/session", withCode("9003", later))
	r.signedIn("8001").want(200, `"second_factor_due":false`, "GET", "/api/session", "")
	if strings.Contains(r.log.String(), string(secret)) {
		t.Error("the log holds the secret")
	}
}

func TestARightPasswordWithoutCodeLocksNobodyOutAndGuessedCodesDo(t *testing.T) {
	r := newRig(t)
	e, err := totp.Enrol("test", "9003")
	if err != nil {
		t.Fatal(err)
	}
	r.world.set(func(w *world) { w.factors["9003"] = e.Secret })
	b := r.browser()
	for range 2 * accountTries {
		b.want(401, typeNeedsCode, "POST", "/api/session", credentials("9003", "90039003"))
	}
	for range accountTries {
		b.want(401, "wrong", "POST", "/api/session", withCode("9003", "abcdef"))
	}
	b.want(429, "too many", "POST", "/api/session", withCode("9003", "abcdef"))
	code, _ := e.Secret.Code(time.Now())
	b.want(429, "too many", "POST", "/api/session", withCode("9003", code))
	r.world.set(func(w *world) { w.unlocked = time.Now() }) // by an administrator
	b.want(200, "", "POST", "/api/session", withCode("9003", code))
}

func TestALockedAccountIsTold(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Accounts = lockedAccounts{o.Accounts} })
	a := r.browser().want(429, "too many", "POST", "/api/session", credentials("8001", "80018001"))
	if after := a.header.Get("Retry-After"); after != "1800" && after != "1799" {
		t.Error("Retry-After", after)
	}
	if got := r.world.audited(); got != "8001 sign_in.failed 8001" {
		t.Error(got)
	}
}

type lockedAccounts struct{ Accounts }

func (lockedAccounts) SignIn(context.Context, string, string, string) (Account, error) {
	return Account{}, Locked{time.Now().Add(30 * time.Minute)}
}

func TestAPasswordIsChanged(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	b.want(401, "wrong", "POST", "/api/me/password", `{"old":"guessed","new":"8001800123"}`)
	b.want(422, "too common", "POST", "/api/me/password", `{"old":"80018001","new":"qwertyuiop"}`)
	b.want(204, "", "POST", "/api/me/password", `{"old":"80018001","new":"8001800123"}`)
	b.want(200, "", "GET", "/api/session", "")
	r.browser().want(401, "wrong", "POST", "/api/session", credentials("8001", "80018001"))
	r.browser().want(200, "", "POST", "/api/session", credentials("8001", "8001800123"))
	if got := r.world.audited(); !strings.Contains(got, "8001 password.change 8001") {
		t.Error(got)
	}
}

// A second sign-in takes over, and both are told.
func TestOneSessionForEachAccount(t *testing.T) {
	r := newRig(t)
	first := r.signedIn("8001")
	ws, _, err := first.socket("/ws?ticket="+first.ticket(), push.Subprotocol, r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	unused := first.ticket()
	second := r.browser()
	a := second.want(200, `"elsewhere":{"since":`, "POST", "/api/session", credentials("8001", "80018001"))
	if !strings.Contains(a.text, "127.0.0.1") {
		t.Errorf("not told where: %s", a.text)
	}
	if code := closeCode(ws); code != push.CloseTakenOver {
		t.Errorf("the first console closed with %d", code)
	}
	first.want(401, typeTakenOver, "GET", "/api/session", "")
	first.want(401, "in another place", "GET", "/ws?ticket="+unused, "")
	second.want(200, "", "GET", "/api/me/calls", "")
	if got := r.world.audited(); !strings.Contains(got, "8001 session.taken_over 8001") {
		t.Error(got)
	}
	first.want(200, `"elsewhere"`, "POST", "/api/session", credentials("8001", "80018001"))
	second.want(401, "", "GET", "/api/session", "")
	third := r.browser()
	first.want(204, "", "DELETE", "/api/session", "")
	second.want(401, "", "GET", "/api/session", "")
	if a := third.want(200, "", "POST", "/api/session", credentials("8001", "80018001")); strings.Contains(a.text, "elsewhere") {
		t.Error("told of a place that was left")
	}
}

func TestTheSameBrowserTakesNothingOver(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("8001")
	if a := b.want(200, "", "POST", "/api/session", credentials("8001", "80018001")); strings.Contains(a.text, "elsewhere") {
		t.Error(a.text)
	}
	if got := r.world.audited(); got != "8001 sign_in 8001" {
		t.Error(got)
	}
}

// A session ends after its idle time, whatever its page asks for by itself, and at last in any case.
func TestSessionsEnd(t *testing.T) {
	o := Options{Idle: 30 * time.Minute, Lifetime: 2 * time.Hour}
	h := &Handler{o: o, places: newPlaces(), sessions: newSessions(o, nil)} // its cleaner runs outside of the bubble
	h.sessions.Store = plainStore{}
	synctest.Test(t, func(t *testing.T) {
		cookie := ""
		request := func(path string) string {
			req, _ := http.NewRequest("GET", path, nil)
			req.AddCookie(&http.Cookie{Name: cookieName, Value: cookie})
			w := &recorder{header: http.Header{}}
			h.withSession(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if path == "/api/session" && cookie == "" {
					h.fill(r.Context(), agent.Profile{No: "9002"}, "s1", false)
					h.places.take("9002", place{session: "s1"})
				}
				w.no = h.identity(r.Context()).No
			})).ServeHTTP(w, req)
			if line := w.header.Get("Set-Cookie"); line != "" {
				cookie, _, _ = strings.Cut(strings.TrimPrefix(line, cookieName+"="), ";")
			}
			return w.no
		}
		request("/api/session")
		for range 3 {
			time.Sleep(25 * time.Minute)
			if request("/api/calls") != "9002" {
				t.Fatal("ended though it was used")
			}
		}
		for range 3 {
			time.Sleep(9 * time.Minute)
			if request("/api/figures/live") != "9002" {
				t.Fatal("ended within its idle time")
			}
		}
		time.Sleep(4 * time.Minute)
		if request("/api/figures/live") != "" {
			t.Error("what the page asks for by itself kept it alive")
		}
		cookie = ""
		request("/api/session")
		for range 12 {
			time.Sleep(10 * time.Minute)
			request("/api/calls")
		}
		if request("/api/calls") != "" {
			t.Error("it outlives its life time")
		}
	})
}

type recorder struct {
	header http.Header
	no     string
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return len(p), nil }
func (r *recorder) WriteHeader(int)             {}

// plainStore keeps sessions without a goroutine of its own.
type plainStore map[string]kept

type kept struct {
	data  []byte
	until time.Time
}

func (s plainStore) Find(token string) ([]byte, bool, error) {
	one, ok := s[token]
	return one.data, ok && time.Now().Before(one.until), nil
}
func (s plainStore) Commit(token string, data []byte, until time.Time) error {
	s[token] = kept{data, until}
	return nil
}
func (s plainStore) Delete(token string) error { delete(s, token); return nil }

// Who sits at an open console stays signed in until his session is too old; then he is sent away, but not in a call.
func TestAnOpenConsoleKeepsItsSession(t *testing.T) {
	states := &fixedStates{}
	r := newRig(t, func(o *Options) {
		o.Idle, o.Lifetime, o.TargetStates = 400*time.Millisecond, 1500*time.Millisecond, states
	})
	b := r.signedIn("8001")
	began := time.Now()
	ws, _, err := b.socket("/ws?ticket="+b.ticket(), push.Subprotocol, r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { r.h.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	states.set("8001", agent.Talking)
	idle := r.signedIn("8002")
	closed := make(chan int, 1)
	go func() { closed <- closeCode(ws) }()
	select {
	case code := <-closed:
		t.Fatalf("sent away in a call with %d after %v", code, time.Since(began))
	case <-time.After(2 * time.Second): // a whole life, and more
	}
	idle.want(401, "sign in first", "GET", "/api/session", "")
	states.set("8001", agent.Ready)
	if code := <-closed; code != push.CloseSignedOut {
		t.Errorf("closed with %d", code)
	}
}

type fixedStates struct{ world }

func (f *fixedStates) set(no string, s agent.State) {
	f.world.set(func(w *world) { w.states = map[string]agent.State{no: s} })
}

func (f *fixedStates) TargetStates(context.Context) (map[string]bool, map[string]agent.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return nil, f.states, nil
}

// Over TLS browsers are told to come back by no other way; at home they are not.
func TestHeadersOverTLS(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Secure = true })
	b := r.browser()
	for host, want := range map[string]string{"hotline.example": "max-age=31536000", "10.0.0.7:8443": "max-age=31536000", "localhost:8443": ""} {
		req, _ := http.NewRequest("GET", r.server.URL+"/", nil)
		req.Host = host
		resp, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Strict-Transport-Security"); got != want {
			t.Errorf("%s: %q", host, got)
		}
		for name, part := range map[string]string{
			"Content-Security-Policy": "script-src 'self';", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if !strings.Contains(resp.Header.Get(name), part) {
				t.Errorf("%s: %q", name, resp.Header.Get(name))
			}
		}
	}
	a := b.want(200, "", "POST", "/api/session", credentials("8001", "80018001"))
	if cookie := a.header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Error(cookie)
	}
}
