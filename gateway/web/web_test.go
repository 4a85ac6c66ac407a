package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/push"
	"hotline/gateway/switchboard"
	"hotline/gateway/target"
	"hotline/gateway/totp"
)

func TestMain(m *testing.M) {
	// scs.New starts this one whatever store is used, and it cannot be stopped without a race.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

var (
	errCredentials = errors.New("store: wrong password")
	errNeedsCode   = errors.New("store: code needed")
	errMissing     = errors.New("store: no such row")
	errExists      = errors.New("store: done already")
	errInvalid     = errors.New("store: invalid")
	errAway        = errors.New("store: away")
	errTrusted     = errors.New("store: trusted")
	errSame        = errors.New("store: the same person")
)

// number is a caller's number that no log may hold.
const number = "13812345678"

// world is everything behind the ports.
type world struct {
	mu       sync.Mutex
	away     bool // the database
	deaf     bool // Asterisk
	audits   []AuditEntry
	filters  []Filter
	holds    []string
	closed   []string                // call-backs
	kept     map[string][]target.Key // favourites
	accounts map[string]Account      // password is the number twice
	suffix   map[string]string       // and what was put after it since
	factors  map[string]totp.Secret
	steps    map[string]int64
	unlocked time.Time
	states   map[string]agent.State
	meter    []string
	calls    map[call.ID]CallDetail // beside the sample
	commands []switchboard.Command
	tagged   []string
	requests map[string]caller.Request // by order number, with the number in front of the title
}

func (w *world) SignIn(_ context.Context, no, password, code string) (Account, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return Account{}, errAway
	}
	a, ok := w.accounts[no]
	switch secret := w.factors[no]; {
	case !ok || password != no+no+w.suffix[no]:
		return Account{}, errCredentials
	case secret == "":
	case code == "":
		return Account{}, errNeedsCode
	case secret.Step(code, time.Now()) <= w.steps[no]:
		return Account{}, errCredentials
	default:
		w.steps[no] = secret.Step(code, time.Now())
	}
	return a, nil
}

func (w *world) UnlockedAt(context.Context, string) (time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.unlocked, nil
}

func (w *world) ChangePassword(_ context.Context, no, password string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	suffix, ok := strings.CutPrefix(password, no+no)
	if !ok {
		return RefusedPassword{"too common"}
	}
	w.suffix[no] = suffix
	return nil
}

func (w *world) SetFactor(_ context.Context, no string, secret totp.Secret, step int64) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.accounts[no]
	a.Factor = true
	w.accounts[no], w.factors[no], w.steps[no] = a, secret, step
	return []string{"ABCD"}, nil
}

func (w *world) Calls(_ context.Context, f Filter) (Page, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.filters = append(w.filters, f)
	switch {
	case w.away:
		return Page{}, errAway
	case f.Before == "bad":
		return Page{}, errInvalid
	}
	return Page{Calls: []CallRow{{Call: sample().Call, Disposition: sample().Disposition}}, Next: "more"}, nil
}

func (w *world) Call(_ context.Context, id call.ID) (CallDetail, error) {
	if w.isAway() {
		return CallDetail{}, errAway
	}
	w.mu.Lock()
	other, known := w.calls[id]
	w.mu.Unlock()
	switch d := sample(); {
	case known:
		return other, nil
	case id == d.Call.ID:
		return d, nil
	case id == "h-2.1":
		return CallDetail{Call: call.Record{ID: id, Agent: "8002"}}, nil
	}
	return CallDetail{}, errMissing
}

func (w *world) isAway() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.away
}

func (w *world) set(change func(*world)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

func (w *world) Audit(_ context.Context, e AuditEntry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return errAway
	}
	w.audits = append(w.audits, e)
	return nil
}

// audited returns the actions kept since the last time.
func (w *world) audited() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, e := range w.audits {
		all = append(all, e.Who+" "+e.Action+" "+e.Object)
	}
	w.audits = nil
	return strings.Join(all, "; ")
}

func (w *world) Make(_ context.Context, p agent.Profile) (PhoneAccount, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf {
		return PhoneAccount{}, errors.New("no answer")
	}
	return PhoneAccount{"sip:agent-" + p.No + "@hotline", "agent-" + p.No, "secret", "hotline"}, nil
}

const wave = "RIFF0123456789abcdef"

func (w *world) Open(_ context.Context, name string) (io.ReadCloser, int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.deaf:
		return nil, 0, errors.New("connection refused")
	case name != "rec-1":
		return nil, 0, errMissing
	}
	return io.NopCloser(strings.NewReader(wave)), int64(len(wave)), nil
}

func sample() CallDetail {
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	return CallDetail{
		Call: call.Record{ID: "h-1.1", Number: number, DNIS: "12345", Line: "main", State: call.Ended, ArrivedAt: at,
			TalkingAt: at.Add(9 * time.Second), Agent: "8001", Result: call.Answered, Recording: "rec-1"},
		Legs:        []call.LegRecord{{ID: "h-1.1.a1.8003", Role: call.RoleAgent, Agent: "8003", CreatedAt: at, UpAt: at}},
		Disposition: &call.Disposition{Call: "h-1.1", Agent: "8001", Kind: "help", Note: "路灯", At: at},
	}
}

type meterFunc func(string)

func (f meterFunc) SignIn(result string) { f(result) }

// desks answers a console with an empty desk.
type desks struct{ hub *push.Hub }

func (d *desks) Linked(p agent.Profile, session, _ string, _ bool) {
	d.hub.Snapshot(p.No, session, switchboard.Desk{Agent: switchboard.DeskAgent{No: p.No}})
}
func (d *desks) Unlinked(string, string, bool)    {}
func (d *desks) Command(switchboard.Command) bool { return true }

// rig is the whole handler behind a real server.
type rig struct {
	t      testing.TB
	world  *world
	h      *Handler
	server *httptest.Server
	log    *logText
}

// logText is a log that may still be written while it is read: a console's socket outlives its request.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newRig(t testing.TB, changes ...func(*Options)) *rig {
	w := &world{accounts: map[string]Account{}, kept: map[string][]target.Key{}, suffix: map[string]string{},
		factors: map[string]totp.Secret{}, steps: map[string]int64{}, requests: map[string]caller.Request{}}
	for no, role := range map[string]agent.Role{
		"8001": agent.RoleAgent, "8002": agent.RoleAgent, "8003": agent.RoleExpert, "9001": agent.RoleSupervisor,
		"9002": agent.RoleQuality, "9003": agent.RoleAdmin, "9004": agent.RoleAuditor, "9005": agent.RoleEditor,
		"9006": agent.RoleReviewer,
	} {
		w.accounts[no] = Account{Profile: agent.Profile{No: no, Name: "甲", Phone: agent.PhoneBrowser, Roles: []agent.Role{role}}}
	}
	r := &rig{t: t, world: w, log: &logText{}}
	d := &desks{}
	log := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d.hub = push.NewHub(push.Options{Desks: d, Build: "v1", Log: log})
	o := Options{
		Settings: newEditor(), Running: newEditor(),
		Accounts: w, Commands: w, Calls: w, Callbacks: w, Audit: w, AuditLog: w, Holds: w, Phones: w, Recordings: w, Figures: &counted{t, w}, Favourites: w, Callers: w, Requests: w, ProgramToken: "programs-token", Abuses: newShady(w), Blocks: newShady(w), Hub: d.hub, Version: "v1", Log: log,
		Errors: Errors{Credentials: errCredentials, NeedsCode: errNeedsCode, NotFound: errMissing, Exists: errExists, Invalid: errInvalid, Unavailable: errAway, Trusted: errTrusted, SamePerson: errSame},
		Console: fstest.MapFS{
			"index.html": {Data: []byte("<!doctype html><title>page</title>")}, "assets/a-1.js": {Data: []byte(strings.Repeat("x", 5000))},
			"ring.wav": {Data: []byte("RIFF")}, ".placeholder": {},
		},
		Meter: meterFunc(func(result string) { w.set(func(w *world) { w.meter = append(w.meter, result) }) }),
	}
	for _, change := range changes {
		change(&o)
	}
	r.h = New(o)
	r.server = httptest.NewServer(r.h)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		d.hub.Close(ctx)
		r.h.Close(ctx)
		r.server.Close()
		http.DefaultClient.CloseIdleConnections()
		for _, secret := range []string{number, "80018001", "secret", "programs-token"} {
			if strings.Contains(r.log.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, r.log)
			}
		}
	})
	return r
}

// browser is one person's browser.
type browser struct {
	*rig
	client *http.Client
	jar    *cookiejar.Jar
}

func (r *rig) browser() *browser {
	jar, _ := cookiejar.New(nil)
	transport := &http.Transport{DisableCompression: true}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &browser{rig: r, jar: jar, client: &http.Client{Jar: jar, Transport: transport}}
}

// signedIn returns a browser in which the agent is signed in.
func (r *rig) signedIn(no string) *browser {
	r.t.Helper()
	b := r.browser()
	if a := b.do("POST", "/api/session", credentials(no, no+no)); a.code != http.StatusOK {
		r.t.Fatalf("sign in %s: %+v", no, a)
	}
	r.world.audited()
	return b
}

func credentials(no, password string) string {
	text, _ := json.Marshal(map[string]string{"agent_no": no, "password": password})
	return string(text)
}

// answer is what came back.
type answer struct {
	code   int
	header http.Header
	text   string
}

func (a answer) field(name string) any {
	var body map[string]any
	json.Unmarshal([]byte(a.text), &body)
	return body[name]
}

func (b *browser) do(method, path, body string, headers ...http.Header) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		maps.Copy(req.Header, h)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// want checks a refusal: its status and a word of what it says.
func (b *browser) want(code int, words, method, path, body string, headers ...http.Header) answer {
	b.t.Helper()
	a := b.do(method, path, body, headers...)
	if a.code != code || !strings.Contains(a.text, words) {
		b.t.Errorf("%s %s: want %d with %q, have %d %s", method, path, code, words, a.code, a.text)
	}
	return a
}

// socket opens a WebSocket with the browser's cookie.
func (b *browser) socket(path, subprotocol, origin string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{Jar: b.jar, Subprotocols: []string{subprotocol}, HandshakeTimeout: 10 * time.Second}
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	ws, resp, err := d.Dial("ws"+strings.TrimPrefix(b.server.URL, "http")+path, h)
	if ws != nil {
		b.t.Cleanup(func() { ws.Close() })
	}
	return ws, resp, err
}

func (b *browser) ticket() string {
	b.t.Helper()
	a := b.do("POST", "/api/console/ticket", "")
	text, _ := a.field("ticket").(string)
	if a.code != http.StatusOK || text == "" {
		b.t.Fatalf("ticket: %+v", a)
	}
	return text
}

// closeCode reads until the socket closes.
func closeCode(ws *websocket.Conn) int {
	ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			var e *websocket.CloseError
			if errors.As(err, &e) {
				return e.Code
			}
			return 0
		}
	}
}
