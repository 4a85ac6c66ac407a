package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/gateway/settings"
)

const notAccepted = `code,title,script,channel
01,诉讼,您反映的事项已经由人民法院立案，不属于热线受理范围，请通过诉讼程序提出。,人民法院 12368
02,劳动仲裁,您反映的劳动争议请先向劳动人事争议仲裁委员会申请仲裁。,仲裁委员会 12333
03,信访,您反映的事项已在信访程序中办理，请向原信访受理机关查询。,信访局 国家信访局网上平台
`

// upload sends a file and returns what came back.
func (p *person) upload(t *testing.T, path, file string) (int, string) {
	t.Helper()
	resp, err := p.http.Post(p.base+path, "text/csv", strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// repeats makes whoever called once before a repeat, and a groundless one after a request of his was closed finally.
func (p *person) repeats(t *testing.T, r settings.Repeats) {
	t.Helper()
	status, text := p.ask(t, http.MethodGet, "/api/settings/policies", nil)
	var all map[string]struct{ Version int64 }
	if err := json.Unmarshal(text, &all); err != nil || status != http.StatusOK {
		t.Fatalf("policies: %d %s", status, text)
	}
	if status, text := p.put(t, "policies/repeats", all["repeats"].Version, r); status != http.StatusOK {
		t.Fatalf("repeats: %d %s", status, text)
	}
}

// request says how far a request of a number is, as the system that works on it does.
func (p *person) request(t *testing.T, orderNo, number, state string) {
	t.Helper()
	status, text := p.ask(t, http.MethodPut, "/api/requests/"+orderNo, map[string]any{
		"number": number, "title": "小区外广场舞噪音", "unit": "公安局", "state": state, "answer": "经现场检测夜间噪声未超标，已向您当面答复。",
		"basis": "同一事项无新的事实和证据", "made_at": time.Now().Add(-48 * time.Hour), "changed_at": time.Now(),
	})
	if status != http.StatusOK {
		t.Fatalf("request %s: %d %s", orderNo, status, text)
	}
}

// Somebody who calls again is known while it rings: his place, his tags, how often he called, what he was told and why
// that was the last word. He is served no worse for it, sooner if he is old. What is not accepted is told in one click.
func TestACallerWhoCallsAgainShowsHisProfile(t *testing.T) {
	h := theHouse(t)
	const number = "13813501234"
	admin := h.signedIn(t, "9003")
	if status, text := admin.upload(t, "/api/settings/scope.csv", notAccepted); status != http.StatusOK {
		t.Fatalf("import: %d %s", status, text)
	}
	if status, text := admin.upload(t, "/api/settings/scope.csv", notAccepted+"04,仲裁\n"); status != http.StatusUnprocessableEntity || !strings.Contains(text, `"row":5`) {
		t.Errorf("a file with a fault in row 5: %d %s", status, text)
	}
	admin.repeats(t, settings.Repeats{Days: 30, Calls: 1, Groundless: true, GroundlessCalls: 1})
	t.Cleanup(func() { admin.repeats(t, settings.DefaultPolicies().Repeats) })
	admin.request(t, "CZ-2026-0001", number, "final")

	p := h.newPage(t, "8001")
	p.login()
	t.Cleanup(func() { h.signOut(t, "8001") })
	p.signIn()
	firstCallIsTagged(t, h, p, number)

	c := h.dial(t, dialled{line: "12345", number: number})
	p.phase("ringing", patience)
	p.shows("tags", "data-tags", "elderly", time.Second)
	p.shows("repeat", "data-repeat", "groundless", time.Second)
	p.shows("counts", "data-counts", "1 1 1 1", time.Second)
	p.shows("request", "data-state", "final", time.Second)
	p.shows("history-row", "data-result", "answered", time.Second)
	if place, told := p.text("caller-place"), p.text("request"); place != "江苏省常州市" || !strings.Contains(told, "夜间噪声未超标") {
		t.Errorf("the page shows %q and %q", place, told)
	}
	p.picture("60-profile-ringing")
	p.click("answer")
	p.phase("talking", 3*time.Second)
	legalChannelIsTold(t, h, p, c, number)
}

// firstCallIsTagged lets the agent note, in the first call, that the caller is old.
func firstCallIsTagged(t *testing.T, h *house, p *page, number string) {
	t.Helper()
	c := h.dial(t, dialled{line: "12345", number: number})
	h.reaches(t, number, "waiting")
	p.ready()
	p.phase("ringing", patience)
	p.shows("counts", "data-counts", "0 0 0 0", 3*time.Second)
	p.shows("repeat", "data-repeat", "", time.Second)
	p.click("answer")
	p.phase("talking", 3*time.Second)
	p.click("tags-edit")
	p.click("tag-elderly")
	p.shows("tags", "data-tags", "elderly", 3*time.Second)
	p.picture("61-profile-tags")
	p.click("hangup")
	c.gone(3 * time.Second)
	p.click("disposition-complaint")
	p.click("wrap-finish")
	p.state("ready", patience)
	r := h.record(t, number)
	audit := rows[struct{ Who string }](t, h, "SELECT who AS \"Who\" FROM audit WHERE action = 'caller.tag' AND object = %s", r.ID)
	if len(audit) != 1 || audit[0].Who != "8001" {
		t.Errorf("audit of the tag: %+v", audit)
	}
}

// legalChannelIsTold: one click fills the form, and it is kept.
func legalChannelIsTold(t *testing.T, h *house, p *page, c *caller, number string) {
	t.Helper()
	p.click("helper-scope")
	p.click("scope-tell-01")
	p.shows("scope-told", "data-code", "01", time.Second)
	p.shows("disposition-legal_channel", "data-on", "true", time.Second)
	p.picture("62-profile-scope")
	p.click("hangup")
	c.gone(3 * time.Second)
	p.phase("wrap_up", patience)
	p.click("wrap-finish")
	p.state("ready", patience)
	r := h.record(t, number)
	type note struct{ Kind, Scope string }
	notes := rows[note](t, h, `SELECT kind AS "Kind", scope AS "Scope" FROM disposition WHERE call = %s`, r.ID)
	if fmt.Sprint(notes) != "[{legal_channel 01}]" {
		t.Errorf("kept: %+v", notes)
	}
	prefer := rows[struct{ Priority string }](t, h, `SELECT priority AS "Priority" FROM call WHERE id = %s`, r.ID)
	if len(prefer) != 1 || prefer[0].Priority != "elderly" {
		t.Errorf("his priority: %+v", prefer)
	}
}
