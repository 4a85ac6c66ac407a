package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"hotline/deploy/stack"
)

// browser is one Chromium for all tests; its microphone plays the agent's tone. Each page has cookies and storage of
// its own.
var browser = sync.OnceValues(startBrowser)

var closeBrowser = func() {}

func startBrowser() (context.Context, error) {
	root, err := stack.ModuleRoot()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "agent/console/dist/index.html")); err != nil {
		return nil, fmt.Errorf("the console's page is not built; run make console: %w", err)
	}
	dir, err := os.MkdirTemp("", "hotline-browser-")
	if err != nil {
		return nil, err
	}
	microphone := filepath.Join(dir, "microphone.wav")
	if err := os.WriteFile(microphone, agentTone.wav(10), 0o644); err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.WindowSize(width, height),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", microphone),
		chromedp.Flag("allow-loopback-in-peer-connection", true),
		chromedp.Flag("disable-features", "Translate,WebRtcHideLocalIpsWithMdns"),
		chromedp.Flag("autoplay-policy", "document-user-activation-required"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("mute-audio", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("ignore-certificate-errors", true), // a gateway may have made its own
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	closeBrowser = func() {
		cancel()
		stop()
		os.RemoveAll(dir)
	}
	return ctx, chromedp.Do(ctx)
}

const (
	width, height = 1440, 900
	patience      = 10 * time.Second // for what the page should show
)

// page is an agent's console in Chromium.
type page struct {
	t   *testing.T
	ctx context.Context
	no  string
	url string
}

// newPage opens the console in a place of its own, as another computer would.
func (h *house) newPage(t *testing.T, no string) *page {
	t.Helper()
	parent, err := browser()
	if err != nil {
		t.Fatal("Chromium: ", err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	p := &page{t: t, ctx: ctx, no: no, url: h.ConsoleURL() + "?raw-audio=1"}
	t.Cleanup(func() {
		if t.Failed() {
			p.picture("failed-" + t.Name())
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil { // without a deadline: it would be the page's own
		t.Fatal("open a page: ", err)
	}
	p.do("open the page", chromedp.EmulateViewport(width, height), chromedp.Navigate(p.url))
	return p
}

func (p *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("agent %s: %s: %v", p.no, what, err)
	}
}

// eval returns an expression's value in the page. It is no user's gesture.
func eval[T any](p *page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// evalPromise waits for the text that a promise in the page gives.
func evalPromise(p *page, expression string) (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](expression, func(e *runtime.EvaluateParams) { e.AwaitPromise = new(true) }))
}

func at(id string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf("[data-testid=%q]", id)) }

// click clicks as a person does: where the thing is visible and can be clicked.
func (p *page) click(id string) {
	p.t.Helper()
	p.do("click "+id, chromedp.Click(at(id), chromedp.NodeVisible, chromedp.NodeEnabled))
}

func (p *page) fill(id, text string) {
	p.t.Helper()
	p.do("fill in "+id, chromedp.Click(at(id), chromedp.NodeVisible), chromedp.SendKeys(at(id), text))
}

// attr is an attribute of the first element with this id, "" where there is none.
func (p *page) attr(id, name string) string {
	value, _ := eval[string](p, fmt.Sprintf("document.querySelector('[data-testid=%q]')?.getAttribute(%q) ?? ''", id, name))
	return value
}

// text is what the element with this id says, for a field what was typed.
func (p *page) text(id string) string {
	value, _ := eval[string](p, fmt.Sprintf("(e => !e ? '' : 'maxLength' in e ? e.value : e.innerText)(document.querySelector('[data-testid=%q]'))", id))
	return value
}

func (p *page) shows(id, name, value string, within time.Duration) time.Duration {
	p.t.Helper()
	return until(p.t, fmt.Sprintf("agent %s sees %s with %s=%s", p.no, id, name, value), within,
		func() bool { return p.attr(id, name) == value }, func() string { return "it is " + p.attr(id, name) })
}

func (p *page) phase(want string, within time.Duration) time.Duration {
	p.t.Helper()
	if want == "ringing" { // the strip takes the bar's place
		return until(p.t, "agent "+p.no+" sees the call ring", within, func() bool { return p.attr("ringing-strip", "data-call") != "" })
	}
	return p.shows("phase", "data-phase", want, within)
}

func (p *page) state(want string, within time.Duration) time.Duration {
	p.t.Helper()
	return p.shows("state-label", "data-state", want, within)
}

// level is how loud a tone is in what the agent hears, in dB.
func (p *page) level(f tone) float64 {
	value, err := eval[json.RawMessage](p, fmt.Sprintf("String(window.__hotline?.level(%v) ?? -Infinity)", float64(f)))
	var text string
	var db float64
	if err != nil || json.Unmarshal(value, &text) != nil {
		return math.Inf(-1)
	}
	if _, err := fmt.Sscan(text, &db); err != nil {
		return math.Inf(-1)
	}
	return db
}

// hearing tells whether the agent hears the tone, well above what lies beside it.
func (p *page) hearing(f tone) bool {
	here := p.level(f)
	return here > -50 && here > p.level(f+200)+15
}

// hears waits until the agent hears the tone.
func (p *page) hears(f tone, within time.Duration) time.Duration {
	p.t.Helper()
	return until(p.t, fmt.Sprintf("agent %s hears %.0f Hz", p.no, f), within, func() bool { return p.hearing(f) },
		func() string { return fmt.Sprintf("%.0f dB, beside it %.0f dB", p.level(f), p.level(f+200)) })
}

// hearsNot waits until the agent has not heard the tone for half a second.
func (p *page) hearsNot(f tone, within time.Duration) {
	p.t.Helper()
	quiet := time.Now()
	until(p.t, fmt.Sprintf("agent %s hears %.0f Hz no more", p.no, f), within, func() bool {
		if p.hearing(f) {
			quiet = time.Now()
		}
		return time.Since(quiet) > 500*time.Millisecond
	}, func() string { return fmt.Sprintf("%.0f dB", p.level(f)) })
}

// atRest is true when nothing on the page is on its way in or out any more.
const atRest = `document.getAnimations().every(a => a.playState !== 'running' || a.effect.getComputedTiming().iterations === Infinity)`

// picture keeps what the page shows under build/screens.
func (p *page) picture(name string) {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if still, err := eval[bool](p, atRest); err != nil || still {
			break
		}
	}
	root, err := stack.ModuleRoot()
	if err != nil {
		p.t.Log(err)
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	image, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	file := filepath.Join(root, "build/screens", "e2e-"+filepath.Base(name)+".png")
	if err == nil {
		if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			err = os.WriteFile(file, image, 0o644)
		}
	}
	if err != nil {
		p.t.Logf("picture %s: %v", name, err)
	}
}

// close ends the page without a word to anybody, as a computer does that loses its power.
func (p *page) close() {
	p.t.Helper()
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.t.Fatalf("agent %s: close the page: %v", p.no, err)
	}
}

// login gives number and password.
func (p *page) login() {
	p.t.Helper()
	p.fill("login-no", p.no)
	p.fill("login-password", password)
	p.click("login-submit")
}

// signIn is 签入 with its self-check.
func (p *page) signIn() {
	p.t.Helper()
	p.click("sign-in")
	p.state("not_ready", patience)
	p.shows("phone-health", "data-state", "ok", patience)
}

// ready makes the agent ready by the menu; where somebody waits he rings at once.
func (p *page) ready() {
	p.t.Helper()
	p.click("state-menu")
	p.click("state-ready")
	until(p.t, "agent "+p.no+" is ready", patience, func() bool {
		state := p.attr("state-label", "data-state")
		return state == "ready" || state == "reserved"
	}, func() string { return p.attr("state-label", "data-state") })
}

// atWork opens a page, signs in and makes the agent ready; at the test's end he signs out.
func (h *house) atWork(t *testing.T, no string) *page {
	t.Helper()
	p := h.newPage(t, no)
	p.login()
	p.signIn()
	p.ready()
	t.Cleanup(func() { h.signOut(t, no) })
	return p
}
