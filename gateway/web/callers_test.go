package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/switchboard"
)

func (w *world) Caller(_ context.Context, no string, before call.ID, _ int) (switchboard.Known, error) {
	if w.isAway() {
		return switchboard.Known{}, errAway
	}
	return switchboard.Known{Profile: caller.Profile{
		Tags: []caller.Tag{caller.Elderly}, Counts: caller.Counts{Days30: 5},
		Requests: []caller.Request{{OrderNo: "A1", Title: "路灯", State: caller.Open}},
	}}, nil
}

func (w *world) SetTag(_ context.Context, id call.ID, tag caller.Tag, on bool, who string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return errAway
	}
	w.tagged = append(w.tagged, fmt.Sprint(who, " ", id, " ", tag, " ", on))
	return nil
}

func (w *world) PutRequest(_ context.Context, no string, r caller.Request) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return false, errAway
	}
	if w.requests[r.OrderNo].ChangedAt.After(r.ChangedAt) {
		return false, nil
	}
	r.Title = no + " " + r.Title
	w.requests[r.OrderNo] = r
	return true, nil
}

func (w *world) DeleteRequest(_ context.Context, orderNo string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.requests[orderNo]; !known {
		return errMissing
	}
	delete(w.requests, orderNo)
	return nil
}

func TestACallersProfileIsShownToWhoMaySeeTheCall(t *testing.T) {
	r := newRig(t)
	one, other := r.signedIn("8001"), r.signedIn("8002")
	a := one.want(200, `"tags":["elderly"]`, "GET", "/api/calls/h-1.1/caller", "")
	if strings.Contains(a.text, number) || !strings.Contains(a.text, `"days_30":5`) || !strings.Contains(a.text, "路灯") {
		t.Error(a.text)
	}
	other.want(403, "", "GET", "/api/calls/h-1.1/caller", "")
	if got := r.world.audited(); got != "8001 caller.view h-1.1" {
		t.Error(got)
	}
}

func TestTagsOfPastCallers(t *testing.T) {
	r := newRig(t)
	r.signedIn("8001").want(403, "roles", "PUT", "/api/calls/h-1.1/caller/tags/elderly", `{"on":true}`)
	boss := r.signedIn("9001")
	boss.want(204, "", "PUT", "/api/calls/h-1.1/caller/tags/nuisance", `{"on":true}`)
	boss.want(422, "", "PUT", "/api/calls/h-1.1/caller/tags/fool", `{"on":true}`)
	boss.want(422, "", "PUT", "/api/calls/h-1.1/caller/tags/elderly", `{}`)
	if got := strings.Join(r.world.tagged, "; "); got != "9001 h-1.1 nuisance true" {
		t.Error(got)
	}
	if got := r.world.audited(); got != "9001 caller.tag h-1.1" {
		t.Error(got)
	}
}

// token is the header by which a program is known.
func token(s string) http.Header { return http.Header{"Authorization": {"Bearer " + s}} }

const aRequest = `{"number":"+86 138 1234 5678","title":"路灯不亮","state":"open","made_at":"2026-09-01T08:00:00+08:00","changed_at":"%s"%s}`

func TestAProgramTellsHowFarRequestsAre(t *testing.T) {
	r := newRig(t)
	p := r.browser()
	put := func(order, at, more string) string { return fmt.Sprintf(aRequest, at, more) }
	p.want(200, `"kept":true`, "PUT", "/api/requests/A-1", put("A-1", "2026-09-02T08:00:00Z", ""), token("programs-token"))
	p.want(200, `"kept":false`, "PUT", "/api/requests/A-1", put("A-1", "2026-09-01T09:00:00Z", ""), token("programs-token"))
	if got := r.world.requests["A-1"]; got.Title != number+" 路灯不亮" || got.State != caller.Open {
		t.Errorf("%+v", got)
	}
	if got := r.world.audited(); got != "program request.put A-1; program request.put A-1" {
		t.Error(got)
	}
	r.signedIn("9003").want(200, "", "PUT", "/api/requests/A-2", put("A-2", "2026-09-02T08:00:00Z", ""))
	r.signedIn("9001").want(403, "roles", "DELETE", "/api/requests/A-2", "")
	p.want(204, "", "DELETE", "/api/requests/A-2", "", token("programs-token"))
	p.want(404, "", "DELETE", "/api/requests/A-2", "", token("programs-token"))
	p.want(403, "roles", "GET", "/api/calls", "", token("programs-token"))
	p.want(401, "sign in", "PUT", "/api/requests/A-1", put("A-1", "2026-09-02T08:00:00Z", ""))
	p.want(401, "token", "PUT", "/api/requests/A-1", put("A-1", "2026-09-02T08:00:00Z", ""), token("programs-tokem"))
	p.want(401, "token", "PUT", "/api/requests/A-1", "{}", http.Header{"Authorization": {"Basic programs-token"}})
}

func TestARequestThatIsNotValid(t *testing.T) {
	r := newRig(t)
	p := r.browser()
	now, tomorrow := "2026-09-02T08:00:00Z", time.Now().Add(24*time.Hour).Format(time.RFC3339)
	for body, field := range map[string]string{
		fmt.Sprintf(aRequest, now, `,"state":"lost"`):                           "state",
		fmt.Sprintf(aRequest, now, `,"state":"final"`):                          "basis",
		fmt.Sprintf(aRequest, now, `,"number":"anonymous"`):                     "number",
		fmt.Sprintf(aRequest, now, `,"number":"' OR 1=1 --"`):                   "number",
		fmt.Sprintf(aRequest, "2026-08-01T08:00:00Z", ""):                       "changed_at",
		fmt.Sprintf(aRequest, tomorrow, ""):                                     "changed_at",
		fmt.Sprintf(aRequest, now, `,"title":" "`):                              "title",
		fmt.Sprintf(aRequest, now, `,"answer":"`+strings.Repeat("长", 2001)+`"`): "answer",
		`{}`: "number",
	} {
		p.want(422, field, "PUT", "/api/requests/A-1", body, token("programs-token"))
	}
	p.want(422, "order_no", "PUT", "/api/requests/..%2fetc", fmt.Sprintf(aRequest, now, ""), token("programs-token"))
	p.want(413, "", "PUT", "/api/requests/A-1", `{"title":"`+strings.Repeat("x", 70<<10)+`"}`, token("programs-token"))
	if len(r.world.requests) != 0 {
		t.Errorf("%+v", r.world.requests)
	}
}

func TestWrongTokensAreSlowedDown(t *testing.T) {
	r := newRig(t)
	p := r.browser()
	for range accountTries {
		p.want(401, "token", "DELETE", "/api/requests/A-1", "", token("guess"))
	}
	p.want(429, "too many", "DELETE", "/api/requests/A-1", "", token("guess"))
}

func TestWhatIsNotAcceptedIsImported(t *testing.T) {
	r := newRig(t)
	admin, one := r.signedIn("9003"), r.signedIn("8001")
	csv := http.Header{"Content-Type": {"text/csv"}}
	const file = "code,title,script,channel\n01,诉讼,请向人民法院提出,12368\n02,仲裁,请向仲裁委员会提出,12348\n"
	one.want(403, "roles", "POST", scopeFile, file, csv)
	dry := admin.want(200, `"added":["01","02"]`, "POST", scopeFile+"?dry_run=true", file, csv)
	admin.want(200, `"added":["01","02"]`, "POST", scopeFile+"?revision="+fmt.Sprint(dry.field("revision")), file, csv)
	admin.want(409, "", "POST", scopeFile+"?revision="+fmt.Sprint(dry.field("revision")), file, csv)
	a := one.want(200, "请向人民法院提出", "GET", "/api/settings/scope", "")
	if strings.Index(a.text, `"01"`) > strings.Index(a.text, `"02"`) {
		t.Error("the list lost its order: " + a.text)
	}
	admin.want(200, "02,仲裁,请向仲裁委员会提出,12348", "GET", scopeFile, "")
	admin.want(422, `"row":3`, "POST", scopeFile, "code,title,script,channel\n01,诉讼,a,b\n01,仲裁,a,b\n", csv)
	if got := r.world.audited(); !strings.Contains(got, "9003 scope.import") {
		t.Error(got)
	}
}
