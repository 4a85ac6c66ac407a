package e2e

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"hotline/agent"
	"hotline/deploy/apifuzz"
	"hotline/deploy/stack"
	"hotline/gateway/totp"
)

// onePerRole are accounts, one of each role.
var onePerRole = map[agent.Role]string{
	agent.RoleAgent: "8001", agent.RoleExpert: "8301", agent.RoleSupervisor: "9001", agent.RoleQuality: "9002",
	agent.RoleAdmin: "9003", agent.RoleAuditor: "9004", agent.RoleEditor: "9005", agent.RoleReviewer: "9006",
}

// TestDoors is about how one comes in, on a gateway with its own certificate, a second factor and a real OpenID server.
func TestDoors(t *testing.T) {
	new(door).enter(t)
	id, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { id.Shutdown() })
	h := doorsHouse(t, id)
	t.Run("the page works under its policy, and nothing else", h.pagePolicy)
	t.Run("second factor", h.secondFactor)
	t.Run("OpenID", func(t *testing.T) { h.openID(t, id) })
	t.Run("one session", h.oneSession)
	t.Run("every address with every role", h.everyRole)
	t.Run("every field", h.everyField)
}

func doorsHouse(t *testing.T, id *mockoidc.MockOIDC) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	var all []stack.Account
	for role, no := range onePerRole {
		all = append(all, stack.Account{AgentNo: no, Name: "某" + no, Role: string(role), Phone: "browser", Password: password})
	}
	all = append(all, stack.Account{AgentNo: "9013", Name: "管理二", Role: "administrator", Phone: "browser", Password: password})
	c := id.Config()
	h, err := openHouse(lines, nil, stack.Options{Agents: all, ConsolePort: port, GatewayEnv: []string{
		"HOTLINE_TLS=local", "HOTLINE_SECOND_FACTOR=administrator", "HOTLINE_ONE_SESSION=true",
		"HOTLINE_OIDC_ISSUER=" + c.Issuer, "HOTLINE_OIDC_CLIENT=" + c.ClientID, "HOTLINE_OIDC_SECRET=" + c.ClientSecret,
		fmt.Sprintf("HOTLINE_OIDC_URL=https://127.0.0.1:%d", port), "HOTLINE_OIDC_ROLES=hotline-agents=agent;hotline-admins=administrator",
	}})
	if err == nil {
		t.Cleanup(func() {
			if err := h.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	return h.visit(t, err)
}

// pagePolicy tries in Chromium what a page's policy forbids.
func (h *house) pagePolicy(t *testing.T) {
	p := h.newPage(t, "8001")
	p.login()
	p.signIn() // sound, telephone and events work under the policy
	const tries = `(async () => {
  const seen = []
  addEventListener('securitypolicyviolation', e => seen.push(e.effectiveDirective))
  const add = (name, set) => document.body.appendChild(Object.assign(document.createElement(name), set))
  add('script', { textContent: 'window.inline = 1' })
  add('script', { src: 'https://elsewhere.invalid/x.js' })
  add('script', { src: 'data:text/javascript,window.data=1' })
  document.body.insertAdjacentHTML('beforeend', '<img src="/none.png" onerror="window.handler=1">')
  add('object', { data: 'https://elsewhere.invalid/x' })
  add('iframe', { src: 'https://elsewhere.invalid/' })
  add('base', { href: 'https://elsewhere.invalid/' })
  await fetch('https://elsewhere.invalid/').catch(() => {})
  await new Promise(r => setTimeout(r, 300))
  return JSON.stringify({ ran: [window.inline, window.data, window.handler].filter(Boolean).length, seen })
})()`
	text, err := evalPromise(p, tries)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Ran  int
		Seen []string
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(text, err)
	}
	if got.Ran != 0 {
		t.Errorf("%d scripts ran that should not", got.Ran)
	}
	for _, want := range []string{"script-src-elem", "script-src-attr", "object-src", "frame-src", "base-uri", "connect-src"} {
		if !slices.Contains(got.Seen, want) {
			t.Errorf("%s was not enforced: %v", want, got.Seen)
		}
	}
	resp, err := h.tlsClient().Get(h.ConsoleURL())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.TLS == nil || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("no TLS or no word of it: %v", resp.Header)
	}
}

// secondFactor lets an administrator set up his second factor on the page and sign in with it.
func (h *house) secondFactor(t *testing.T) {
	p := h.newPage(t, "9003")
	p.login()
	until(t, "he is told to set it up", patience, func() bool { return p.text("factor-due") != "" })
	p.fill("factor-password", password)
	p.click("factor-begin")
	until(t, "the secret is shown", patience, func() bool {
		return p.text("factor-secret") != "" && strings.HasPrefix(p.attr("factor-qr", "src"), "data:image/png")
	})
	p.picture("30-second-factor")
	secret := totp.Secret(p.text("factor-secret"))
	p.fill("factor-code", codeOf(t, secret, 0))
	p.click("factor-confirm")
	until(t, "recovery codes are shown", patience, func() bool { return strings.Count(p.text("recovery-codes"), "-") == 3*totp.RecoveryCodes })
	recovery := strings.Fields(p.text("recovery-codes"))[0]
	p.click("factor-done")
	p.shows("section-lines", "aria-current", "page", patience)

	again := h.newPage(t, "9003")
	again.login()
	until(t, "he is asked for a code", patience, func() bool { return again.attr("login-code", "data-testid") != "" })
	again.fill("login-code", codeOf(t, secret, 30*time.Second))
	again.click("login-submit")
	again.shows("section-lines", "aria-current", "page", patience)

	lost := h.newPage(t, "9003")
	lost.login()
	until(t, "he is asked for a code", patience, func() bool { return lost.attr("login-code", "data-testid") != "" })
	lost.fill("login-code", recovery)
	lost.click("login-submit")
	lost.shows("section-lines", "aria-current", "page", patience)
	if kept := rows[struct{ Totp string }](t, h, "SELECT encode(totp, 'escape') AS totp FROM account WHERE agent_no = '9003'"); strings.Contains(kept[0].Totp, string(secret)) {
		t.Error("the secret is kept in clear")
	}
}

func codeOf(t *testing.T, secret totp.Secret, later time.Duration) string {
	t.Helper()
	code, err := secret.Code(time.Now().Add(later))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// openID signs people in at the provider.
func (h *house) openID(t *testing.T, id *mockoidc.MockOIDC) {
	id.QueueUser(&mockoidc.MockUser{Subject: "u-1", PreferredUsername: "8401", Groups: []string{"hotline-agents"}})
	p := h.newPage(t, "8401")
	p.click("login-oidc")
	p.signIn()
	for _, c := range []struct {
		user *mockoidc.MockUser
		say  string
	}{
		{&mockoidc.MockUser{Subject: "u-2", PreferredUsername: "8402", Groups: []string{"staff"}}, "没有给您分配本系统的角色"},
		{&mockoidc.MockUser{Subject: "u-3", PreferredUsername: "9001", Groups: []string{"hotline-admins"}}, "已有账号"},
	} {
		id.QueueUser(c.user)
		p := h.newPage(t, c.user.PreferredUsername)
		p.click("login-oidc")
		until(t, c.say, patience, func() bool { return strings.Contains(p.text("login-error"), c.say) }, func() string { return p.text("login-error") })
	}
	if n := rows[struct{ N int }](t, h, `SELECT count(*) AS "n" FROM account WHERE subject IS NOT NULL`)[0].N; n != 1 {
		t.Errorf("%d accounts are the provider's", n)
	}
}

// oneSession lets an agent sign in at a second computer: he is told, and so is the first.
func (h *house) oneSession(t *testing.T) {
	first := h.newPage(t, "8301")
	first.login()
	first.signIn()
	second := h.newPage(t, "8301")
	second.login()
	until(t, "the second is told", patience, func() bool { return strings.Contains(second.text("elsewhere"), "127.0.0.1") })
	until(t, "the first is told", patience, func() bool {
		text, _ := eval[string](first, "document.body.innerText")
		return strings.Contains(text, "工号已在别处打开")
	})
	second.click("elsewhere-close")
}

// everyRole asks a real gateway for every address of deploy/roles.md with every role.
func (h *house) everyRole(t *testing.T) {
	root, err := stack.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy/roles.md"))
	if err != nil {
		t.Fatal(err)
	}
	people := map[agent.Role]*person{}
	for role, no := range onePerRole {
		if role == agent.RoleAdmin {
			no = "9013"
		}
		people[role] = h.overTLS(t, no)
	}
	asked := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		route := strings.Trim(strings.TrimSpace(cells[min(1, len(cells)-1)]), "`")
		method, path, ok := strings.Cut(route, " ")
		if !ok || !strings.HasPrefix(path, "/") || strings.Contains(cells[2], "✓") {
			continue
		}
		path = strings.NewReplacer("{id}", "none", "{key}", "none", "{kind}", "agent").Replace(path)
		for i, role := range agent.Roles {
			status, answer := people[role].ask(t, method, path, nil)
			refused := status == http.StatusForbidden && strings.Contains(string(answer), "your roles do not allow this")
			if may := strings.Contains(cells[3+i], "✓"); may == refused {
				t.Errorf("%s for %s: may %v, answered %d %s", route, role, may, status, answer)
			}
			asked++
		}
	}
	t.Logf("%d requests", asked)
	if asked < 400 {
		t.Error("the table was not read")
	}
}

// everyField tries every field of every address against the real database.
func (h *house) everyField(t *testing.T) {
	admin, boss := h.overTLS(t, "9013"), h.overTLS(t, "9001")
	_, description := admin.ask(t, http.MethodGet, "/api/openapi.json", nil)
	skip := []string{"DELETE /api/session", "POST /api/session", "GET /api/oidc"}
	for _, p := range []*person{admin, boss} {
		p.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		report, err := apifuzz.Run(description, skip, func(method, path string, body []byte) (int, string, string, error) {
			req, err := http.NewRequest(method, p.base+path, strings.NewReader(string(body)))
			if err != nil {
				return 400, "", "", nil // no client sends this
			}
			req.Header.Set("Content-Type", "application/json")
			resp, text, err := p.send(req)
			if err != nil {
				return 0, "", "", err
			}
			return resp.StatusCode, resp.Header.Get("Content-Type"), string(text), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("as %s: %d operations, %d fields, %d requests", p.no, report.Operations, report.Fields, report.Requests)
		for _, f := range report.Faults {
			t.Error(f)
		}
	}
	if n := rows[struct{ N int }](t, h, `SELECT count(*) AS "n" FROM account`)[0].N; n < len(onePerRole) {
		t.Errorf("%d accounts are left", n)
	}
}

// overTLS signs a person in, who sets up a second factor where he must.
func (h *house) overTLS(t *testing.T, no string) *person {
	t.Helper()
	p := &person{no: no, base: strings.TrimSuffix(h.ConsoleURL(), "/"), http: h.tlsClient()}
	status, body := p.ask(t, http.MethodPost, "/api/session", map[string]string{"agent_no": no, "password": password})
	if status == http.StatusUnauthorized && h.secrets[no] != "" {
		status, body = p.ask(t, http.MethodPost, "/api/session", map[string]string{"agent_no": no, "password": password, "code": codeOf(t, h.secrets[no], 30*time.Second)})
	}
	if status != http.StatusOK {
		t.Fatalf("sign in %s: %d %s", no, status, body)
	}
	if !strings.Contains(string(body), `"second_factor_due":true`) {
		return p
	}
	var begun struct{ Secret totp.Secret }
	_, body = p.ask(t, http.MethodPost, "/api/me/second-factor", map[string]string{"password": password})
	if err := json.Unmarshal(body, &begun); err != nil {
		t.Fatal(err)
	}
	if status, body := p.ask(t, http.MethodPut, "/api/me/second-factor", map[string]string{"code": codeOf(t, begun.Secret, 0)}); status != http.StatusOK {
		t.Fatalf("set up the second factor of %s: %d %s", no, status, body)
	}
	if h.secrets == nil {
		h.secrets = map[string]totp.Secret{}
	}
	h.secrets[no] = begun.Secret
	return p
}

// tlsClient is a client that takes the gateway's own certificate.
func (h *house) tlsClient() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}
