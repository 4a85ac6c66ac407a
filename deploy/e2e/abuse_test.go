package e2e

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/abuse"
	"hotline/gateway/evidence"
	"hotline/gateway/switchboard"
)

// strict is the house in which abusive callers are dealt with: two supervisors, since one alone blocks nobody.
var strictDoor door

var strict = sync.OnceValues(func() (*house, error) {
	var people []stack.Account
	for no, role := range map[string]string{"8001": "agent", "9001": "supervisor", "9002": "supervisor"} {
		people = append(people, stack.Account{AgentNo: no, Name: "网页" + no, Role: role, Phone: "browser", Password: password})
	}
	people = append(people, stack.Account{AgentNo: "8101", Name: "话机8101", Role: "agent", Phone: "desk", Password: password},
		stack.Account{AgentNo: "9003", Name: "管理", Role: "administrator", Phone: "browser", Password: password})
	return newHouseOf(people, lines, nil, "HOTLINE_WRAP_UP=60s")
})

func theStrictHouse(t *testing.T) *house {
	t.Helper()
	strictDoor.enter(t)
	h, err := strict()
	return h.visit(t, err)
}

// policy changes one policy, and waits until it is in effect.
func (h *house) policy(t *testing.T, name string, change func(setting map[string]any)) {
	t.Helper()
	admin := h.signedIn(t, "9003")
	status, text := admin.ask(t, http.MethodGet, "/api/settings/policies", nil)
	var policies map[string]struct {
		Version int            `json:"version"`
		Setting map[string]any `json:"setting"`
	}
	if err := json.Unmarshal(text, &policies); status != http.StatusOK || err != nil {
		t.Fatalf("policies: %d %v %s", status, err, text)
	}
	change(policies[name].Setting)
	if status, text := admin.ask(t, http.MethodPut, "/api/settings/policies/"+name, policies[name]); status != http.StatusOK {
		t.Fatalf("policy %s: %d %s", name, status, text)
	}
	time.Sleep(inEffect) // nothing tells that it is
}

// atAbuse opens the page 来电管理.
func (h *house) atAbuse(t *testing.T, no string) *page {
	t.Helper()
	p := h.newPage(t, no)
	if _, err := eval[string](p, `location.hash = '#/abuse'`); err != nil {
		t.Fatal(err)
	}
	p.login()
	return p
}

func (p *page) count(id string) int {
	n, _ := eval[int](p, `document.querySelectorAll('[data-testid="`+id+`"]').length`)
	return n
}

// With the policy off the button is absent and the command is refused; marks can be made all the same.
func TestNoLoggedHangUpWithoutThePolicy(t *testing.T) {
	h := theStrictHouse(t)
	a := h.staff(t, "8101", agentTone)
	k := &talk{agent: a, t: t, h: h, caller: h.dial(t, dialled{line: "12301", number: "13700000701"})}
	k.ring = a.phone.ringing(30 * time.Second)
	k.ring.answer()
	k.id = a.seesPhase("talking").ID
	a.must(switchboard.CmdWarn, switchboard.WarnArgs{Played: false}, k.id)
	a.refused(switchboard.CodeForbidden, switchboard.CmdLoggedHangUp, switchboard.LoggedHangUpArgs{Kind: abuse.Abusive, Note: "骂人"}, k.id)
	a.refused(switchboard.CodeBadRequest, switchboard.CmdMark, switchboard.MarkArgs{Kind: "rude"}, k.id)
	k.caller.onTheLine()
	k.caller.hangUp()
	a.finish()
	a.must(switchboard.CmdSignOut, struct{}{}, "")

	p := h.atWork(t, "8001")
	c := h.dial(t, dialled{line: "12301", number: "13700000702"})
	p.phase("ringing", 30*time.Second)
	p.click("answer")
	p.phase("talking", 3*time.Second)
	p.click("abuse")
	p.shows("abuse-silent", "data-on", "false", patience)
	if p.count("logged-hangup") != 0 {
		t.Error("the policy is off, and the page has a logged hang-up")
	}
	p.click("abuse-silent") // the second click
	p.shows("abuse", "data-marks", "1", patience)
	p.picture("70-marks-without-hangup")
	p.click("abuse") // closes the menu
	c.hangUp()
	p.finish()

	boss := h.atAbuse(t, "9001")
	p.shows("state-label", "data-state", "ready", patience)
	boss.shows("abuse-number", "data-number", "137****0702", patience)
	if boss.count("blocks-off") != 1 || boss.text("abuse-number") != strings.ReplaceAll(boss.text("abuse-number"), "提请", "") {
		t.Errorf("the block list is off, and the page offers it: %q", boss.text("abuse-number"))
	}
	status, text := h.signedIn(t, "9001").ask(t, http.MethodPost, "/api/blocks", map[string]any{"key": boss.attr("abuse-number", "data-key"), "reason": "试试", "calls": []string{"x"}, "days": 1})
	if status != http.StatusForbidden {
		t.Errorf("a proposal with the policy off: %d %s", status, text)
	}
}

// An abusive call is warned, logged and hung up under the policy; it is in the statistics and in the bundle of evidence,
// whose hashes verify. The number is blocked by two people and hears the notice; what is switched off lets it in again.
func TestAnAbusiveCallerFromMarkToBlock(t *testing.T) {
	h := theStrictHouse(t)
	const number, masked = "13700000711", "137****0711"
	h.policy(t, "abuse", func(s map[string]any) { s["hang_up"], s["least_s"], s["alert_at"] = true, 3, 1 })
	h.policy(t, "block_list", func(s map[string]any) { s["on"], s["trusted"] = true, []string{"13700000999"} })
	played, err := newPlaylist(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(played.close)
	floor := h.atTheFloor(t, "9001")
	p := h.atWork(t, "8001")

	c := h.dial(t, dialled{line: "12301", number: number})
	p.phase("ringing", 30*time.Second)
	id := p.attr("ringing-strip", "data-call")
	p.click("answer")
	p.phase("talking", 3*time.Second)
	p.click("abuse")
	p.click("abuse-abuse")
	p.shows("abuse", "data-marks", "1", patience)
	p.says("hangup-needs", func(s string) bool { return strings.Contains(s, "须先警告") }, patience)
	p.click("warn-play")
	p.shows("abuse-warned", "data-n", "1", patience)
	played.plays(t, id, 1, 10*time.Second, "warn_abuse")
	p.shows("logged-hangup", "data-needs", "note", 10*time.Second)
	p.fill("abuse-note", "反复辱骂座席，经警告无效")
	p.shows("logged-hangup", "data-needs", "", patience)
	p.picture("71-logged-hangup")
	p.click("logged-hangup")
	p.phase("wrap_up", patience)
	played.plays(t, id, 1, 10*time.Second, "closing_abuse")
	c.gone(10 * time.Second)
	p.click("abuse")
	p.picture("72-marks-in-wrap-up")
	p.click("abuse")
	p.finish()
	h.record(t, number).wantResult(t, "answered", "agent", "8001")
	until(t, "the supervisor is alerted", patience, func() bool { return floor.text("alerts-open") == "1" }, func() string { return floor.text("alerts-open") })
	floor.picture("73-alert")

	boss := h.atAbuse(t, "9001")
	row := func() string { return boss.text("abuse-number") }
	boss.shows("abuse-number", "data-number", masked, patience)
	if words := row(); !strings.Contains(words, "辱骂 1") || strings.Contains(words, number) {
		t.Errorf("the statistics say %q", words)
	}
	key := boss.attr("abuse-number", "data-key")
	boss.click("details-" + key)
	boss.says("marked-call", func(s string) bool { return strings.Contains(s, "反复辱骂座席") }, patience)
	boss.picture("74-numbers")
	h.evidence(t, key, number, id)

	boss.click("propose-" + key)
	boss.fill("propose-reason", "反复辱骂座席")
	boss.picture("75-propose")
	boss.click("propose-do")
	boss.shows("abuse-number", "data-block", "proposed", patience)
	boss.click("abuse-tab-proposed")
	boss.shows("block-row", "data-state", "proposed", patience)
	if boss.count("approve") != 0 || boss.count("approve-other") != 1 {
		t.Error("who proposed may approve")
	}
	entry := boss.attr("block-row", "data-id")
	if status, text := h.signedIn(t, "9001").ask(t, http.MethodPost, "/api/blocks/"+entry+"/decide", map[string]any{"approve": true}); status != http.StatusForbidden {
		t.Errorf("approved by who proposed: %d %s", status, text)
	}
	other := h.atAbuse(t, "9002")
	other.click("abuse-tab-proposed")
	other.shows("block-row", "data-id", entry, patience)
	other.picture("76-approve")
	other.click("approve")
	other.click("abuse-tab-approved")
	other.shows("block-row", "data-state", "approved", patience)

	blocked := h.dial(t, dialled{line: "12300", number: number})
	r := h.reaches(t, number, "greeting")
	played.plays(t, r.ID, 1, 20*time.Second, "blocked", "blocked_channels")
	blocked.gone(40 * time.Second)
	end := h.record(t, number)
	end.wantResult(t, "blocked", "system", "")
	if end.AnsweredAt == nil {
		t.Error("he was not answered")
	}
	status, text := h.signedIn(t, "9003").ask(t, http.MethodPost, "/api/blocks/check", map[string]any{"channel": "web", "number": number})
	if status != http.StatusOK || !bytes.Contains(text, []byte(`"blocked":true`)) || !bytes.Contains(text, []byte("110")) {
		t.Errorf("on the internet: %d %s", status, text)
	}
	until(t, "what it did is counted", patience, func() bool {
		other.click("abuse-tab-review")
		other.click("abuse-tab-approved")
		return strings.Contains(other.text("block-row"), "电话 1 · 网上 1")
	}, func() string { return other.text("block-row") })
	other.picture("77-in-force")

	h.policy(t, "block_list", func(s map[string]any) { s["on"] = false })
	again := h.dial(t, dialled{line: "12300", number: number})
	p.phase("ringing", 30*time.Second)
	again.hangUp()
	p.state("ready", patience)
}

// evidence exports a number's bundle and checks it.
func (h *house) evidence(t *testing.T, key, number, id string) {
	t.Helper()
	path := "/api/abuse/numbers/" + key + "/evidence.zip"
	boss := h.signedIn(t, "9001")
	if status, _ := h.signedIn(t, "8001").ask(t, http.MethodGet, path+"?reason=x1", nil); status != http.StatusForbidden {
		t.Errorf("an agent exports evidence: %d", status)
	}
	if status, _ := boss.ask(t, http.MethodGet, path, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	status, file := boss.ask(t, http.MethodGet, path+"?reason="+url.QueryEscape("报案材料"), nil)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, file)
	}
	keys, err := h.Keys()
	if err != nil {
		t.Fatal(err)
	}
	m, err := evidence.Verify(bytes.NewReader(file), int64(len(file)), evidence.Key(keys.Hash).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal("the bundle: ", err)
	}
	sounds := slices.IndexFunc(m.Files, func(f evidence.File) bool { return strings.HasPrefix(f.Name, "recordings/") && f.Size > 8000 })
	if m.Calls != 1 || m.Subject.Number != number || sounds < 0 || m.MadeBy != "9001" || m.Reason != "报案材料" || len(m.Missing) != 0 {
		t.Errorf("%+v", m)
	}
	t.Logf("a bundle of %d bytes: %+v", len(file), m.Files)
	file[len(file)/2] ^= 1
	if _, err := evidence.Verify(bytes.NewReader(file), int64(len(file)), evidence.Key(keys.Hash).Public().(ed25519.PublicKey)); err == nil {
		t.Error("a changed bit is not noticed")
	}
	list := rows[struct{ Who, Detail string }](t, h, `SELECT who, detail::text FROM audit WHERE action = 'evidence.export' AND object = %s`, "number:"+key)
	if len(list) != 1 || list[0].Who != "9001" || !strings.Contains(list[0].Detail, "报案材料") {
		t.Errorf("the audit says %+v", list)
	}
}
