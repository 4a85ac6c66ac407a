package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"hotline/gateway/call"
)

func (w *world) OpenCallbacks(_ context.Context, limit int) ([]Callback, error) {
	if w.isAway() {
		return nil, errAway
	}
	return []Callback{{
		ID: "h-1.1", Number: number, DNIS: "12333", Line: "人社", Queue: "general", Reason: call.Abandoned, Missed: 2,
		MissedAt: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), Attempts: 1, LastReach: "busy", LastAgent: "8001",
	}}, nil
}

func (w *world) CloseCallback(_ context.Context, id, who, reason string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.away:
		return errAway
	case id == "h-2.1":
		return errExists
	case id != "h-1.1":
		return errMissing
	}
	w.closed = append(w.closed, who+" "+id+" "+reason)
	return nil
}

func TestCallbacksAreListed(t *testing.T) {
	r := newRig(t)
	boss, one := r.signedIn("9001"), r.signedIn("8001")
	a := boss.want(200, `"number":"`+number+`"`, "GET", "/api/callbacks", "")
	for _, want := range []string{`"due_at":null`, `"missed":2`, `"reason":"abandoned"`, `"last_reach":"busy"`, `"attempts":1`} {
		if !strings.Contains(a.text, want) {
			t.Errorf("no %s in %s", want, a.text)
		}
	}
	if a := one.want(200, `"number":"138****5678"`, "GET", "/api/callbacks", ""); strings.Contains(a.text, number) {
		t.Error("an agent sees the whole number: " + a.text)
	}
	if got := r.world.audited(); got != "9001 callback.list ; 8001 callback.list " {
		t.Error(got)
	}
	r.signedIn("9004").want(403, "roles", "GET", "/api/callbacks", "")
	r.world.set(func(w *world) { w.away = true })
	boss.want(503, "database", "GET", "/api/callbacks", "")
}

func TestACallbackIsClosedByHand(t *testing.T) {
	r := newRig(t)
	boss, one := r.signedIn("9001"), r.signedIn("8001")
	one.want(403, "roles", "POST", "/api/callbacks/h-1.1/close", `{"reason":"x"}`)
	boss.want(204, "", "POST", "/api/callbacks/h-1.1/close", `{"reason":"重复"}`)
	boss.want(409, "already", "POST", "/api/callbacks/h-2.1/close", `{"reason":"x"}`)
	boss.want(404, "", "POST", "/api/callbacks/h-9.9/close", `{"reason":"x"}`)
	for _, bad := range []string{`{}`, `{"reason":""}`, `{"reason":"   "}`, `{"reason":"` + strings.Repeat("长", 201) + `"}`} {
		boss.want(422, "", "POST", "/api/callbacks/h-1.1/close", bad)
	}
	if got := strings.Join(r.world.closed, "; "); got != "9001 h-1.1 重复" {
		t.Error(got)
	}
	if got := r.world.audited(); got != "9001 callback.close h-1.1; 9001 callback.close h-2.1; 9001 callback.close h-9.9" {
		t.Error(got)
	}
	r.world.set(func(w *world) { w.away = true })
	boss.want(503, "", "POST", "/api/callbacks/h-1.1/close", `{"reason":"x"}`)
}
