package web

import (
	"context"
	"strings"
	"testing"

	"hotline/gateway/call"
	"hotline/gateway/calldata"
)

// SearchAudit is the newest row that fits.
func (w *world) SearchAudit(_ context.Context, f AuditFilter) (rows []AuditRow, err error) {
	for i := len(w.audits) - 1; i >= 0; i-- {
		if e := w.audits[i]; (f.Who == "" || e.Who == f.Who) && (f.Action == "" || e.Action == f.Action) {
			rows = append(rows, AuditRow{AuditEntry: e, Seq: int64(i + 1)})
		}
	}
	return rows, nil
}

func secretRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, func(o *Options) { o.AuditLog = o.Audit.(*world) })
	r.world.set(func(w *world) {
		d := sample()
		d.Call.Secret, d.Call.CameFrom = true, &calldata.Data{CallID: "x", Number: number, Name: "王女士"}
		w.calls = map[call.ID]CallDetail{d.Call.ID: d}
	})
	return r
}

// Who asked for secrecy is told by nothing but unmask, which wants a reason and leaves a trace.
func TestASecretCallerIsHidden(t *testing.T) {
	r := secretRig(t)
	for _, no := range []string{"8001", "9001", "9002", "9003"} {
		b := r.signedIn(no)
		for _, path := range []string{"/api/calls/h-1.1", "/api/calls/h-1.1/caller"} {
			if a := b.want(200, "", "GET", path, ""); strings.Contains(a.text, number) || strings.Contains(a.text, "王女士") || strings.Contains(a.text, "路灯") || !strings.Contains(a.text, `"number":"***"`) {
				t.Errorf("%s reads the number in %s: %s", no, path, a.text)
			}
		}
	}
	r.signedIn("8001").want(403, "", "POST", "/api/calls/h-1.1/unmask", `{"reason":"想知道"}`)
	boss := r.signedIn("9001")
	boss.want(422, "reason", "POST", "/api/calls/h-1.1/unmask", `{"reason":""}`)
	boss.want(422, "reason", "POST", "/api/calls/h-1.1/unmask", `{"reason":"   "}`)
	r.world.audited()
	boss.want(200, number, "POST", "/api/calls/h-1.1/unmask", `{"reason":"公安来函"}`)
	if got := r.world.audited(); got != "9001 call.unmask h-1.1" {
		t.Errorf("the audit: %s", got)
	}
}

func TestTheAuditIsReadByAuditorsOnly(t *testing.T) {
	r := secretRig(t)
	for _, no := range []string{"8001", "9001", "9002", "9003", "9005"} {
		r.signedIn(no).want(403, "", "GET", "/api/audit", "")
	}
	auditor := r.signedIn("9004")
	auditor.want(200, `"action":"audit.search"`, "GET", "/api/audit?action=audit.search", "") // itself is in it
	auditor.want(422, "action", "GET", "/api/audit?action=%27%20OR%201%3D1", "")
	auditor.want(422, "limit", "GET", "/api/audit?limit=100000", "")
}
