package web

import (
	"context"
	"testing"

	"hotline/gateway/call"
)

// Hold and Lift are what the store does of h-1.1.
func (w *world) Hold(_ context.Context, id call.ID, who, reason string) error {
	return w.held(id, who+" holds: "+reason)
}

func (w *world) Lift(_ context.Context, id call.ID, who string) error {
	return w.held(id, who+" lifts")
}

func (w *world) held(id call.ID, what string) error {
	if w.isAway() {
		return errAway
	}
	if id != "h-1.1" {
		return errMissing
	}
	w.set(func(w *world) { w.holds = append(w.holds, what) })
	return nil
}

func TestACallIsHeldForAReason(t *testing.T) {
	r := newRig(t)
	admin, path := r.signedIn("9003"), "/api/calls/h-1.1/hold"
	r.world.audited()
	admin.want(204, "", "PUT", path, `{"reason":"法院 (2026) 12 号"}`)
	admin.want(204, "", "DELETE", path, "")
	if got := r.world.audited(); got != "9003 hold.set h-1.1; 9003 hold.lift h-1.1" {
		t.Error(got)
	}
	if h := r.world.holds; len(h) != 2 || h[0] != "9003 holds: 法院 (2026) 12 号" || h[1] != "9003 lifts" {
		t.Error(h)
	}
	admin.want(422, "reason", "PUT", path, `{"reason":" "}`)
	admin.want(404, "", "PUT", "/api/calls/h-9.9/hold", `{"reason":"法院"}`)
	admin.want(404, "", "DELETE", "/api/calls/h-9.9/hold", "")
	r.signedIn("8001").want(403, "roles", "PUT", path, `{"reason":"法院"}`)
	r.world.set(func(w *world) { w.away = true })
	admin.want(503, "audit", "PUT", path, `{"reason":"法院"}`)
}
