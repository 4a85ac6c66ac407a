package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/figures"
)

func filled() *Metrics {
	m := New("v1")
	m.CallOffered("12345", false)
	m.CallOffered("a number nobody knows", true)
	m.CallOffered("another", true)
	m.CallEnded("12345", call.Answered)
	m.OfferEnded(call.OfferNoAnswer)
	m.Waiting("main", 3, 41*time.Second)
	m.Agents(agent.Ready, 7)
	m.Talking(5)
	m.Step(20 * time.Microsecond)
	m.Swept("channel")
	m.JournalDropped()
	m.ARIRequest("answer", time.Millisecond, nil)
	m.ARIRequest("answer", time.Second, context.DeadlineExceeded)
	m.ARIRequest("answer", time.Second, errors.New("500"))
	m.ARIEvent("StasisStart", -time.Millisecond)
	m.ARISkipped("unknown")
	m.ARIConnected(true)
	m.ConsoleSessions(2)
	m.ConsoleClosed("slow")
	m.ConsoleFrame()
	m.ConsoleEvent(time.Millisecond)
	m.ConsoleResumed(true)
	m.ConsoleResumed(false)
	m.Pop(3 * time.Millisecond)
	m.SignIn("ok")
	m.CallCounted("12345", "main", figures.Verdict{Offered: true, InRate: true, Answered: true, Within: true, Wait: time.Second})
	m.CallCounted("12345", "main", figures.Verdict{Offered: true, InRate: true, Lost: figures.Gone})
	m.CallCounted("12345", "main", figures.Verdict{})
	m.Trunk("city", true)
	m.AgentLinks(3, 1)
	m.CallbacksPending(2)
	m.TransferEnded(call.Transfer{Kind: call.OneKey, ToKind: "emergency", ToKey: "110", Result: call.Connected})
	m.Supervised(call.ListenTo)
	m.Alerts(1)
	m.WatchJournal(func() int64 { return 4 }, func() int64 { return 1 })
	return m
}

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	return w.Code, w.Body.String()
}

func TestEveryFigureIsServed(t *testing.T) {
	code, text := get(t, Mux(filled(), Health{}), "/metrics")
	if code != http.StatusOK {
		t.Fatal(code)
	}
	for _, want := range []string{
		`hotline_calls_offered_total{line="12345"} 1`,
		`hotline_calls_offered_total{line="unknown"} 2`,
		`hotline_calls_ended_total{line="12345",result="answered"} 1`,
		`hotline_offers_total{outcome="no_answer"} 1`,
		`hotline_calls_waiting{queue="main"} 3`,
		`hotline_longest_wait_seconds{queue="main"} 41`,
		`hotline_calls_talking 5`,
		`hotline_agents{state="ready"} 7`,
		`hotline_loop_step_seconds_bucket{le="0.01"} 1`,
		`hotline_swept_total{kind="channel"} 1`,
		`hotline_journal_dropped_total 1`,
		`hotline_journal_pending 4`,
		`hotline_journal_rejected_total 1`,
		`hotline_ari_request_seconds_count{operation="answer",outcome="ok"} 1`,
		`hotline_ari_request_seconds_count{operation="answer",outcome="timeout"} 1`,
		`hotline_ari_request_seconds_count{operation="answer",outcome="error"} 1`,
		`hotline_ari_event_lag_seconds_sum 0`,
		`hotline_ari_events_total{type="StasisStart"} 1`,
		`hotline_ari_events_skipped_total{reason="unknown"} 1`,
		`hotline_ari_connected 1`,
		`hotline_console_sessions 2`,
		`hotline_console_closed_total{reason="slow"} 1`,
		`hotline_console_frames_total 1`,
		`hotline_console_event_seconds_count 1`,
		`hotline_console_resumes_total{outcome="replayed"} 1`,
		`hotline_pop_seconds_count 1`,
		`hotline_signins_total{result="ok"} 1`,
		`hotline_build_info{version="v1"} 1`,
		`hotline_requests_total{line="12345",queue="main"} 2`,
		`hotline_answers_total{line="12345",queue="main"} 1`,
		`hotline_trunk_up{trunk="city"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("missing %s", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

func TestLabelsAreBounded(t *testing.T) {
	m := New("v1")
	for i := range 10_000 {
		m.CallOffered(fmt.Sprint("line ", i), false)
		m.ARIEvent(fmt.Sprint("event ", i), 0)
	}
	_, text := get(t, m.Handler(), "/metrics")
	if n := strings.Count(text, "hotline_calls_offered_total{"); n != maxLabels+1 {
		t.Error(n)
	}
	if !strings.Contains(text, `hotline_ari_events_total{type="other"} 9800`) {
		t.Error("events beyond the bound are not counted under one label")
	}
}

func TestHealth(t *testing.T) {
	fail := func(context.Context) error { return errors.New("away") }
	for name, c := range map[string]struct {
		h            Health
		alive, ready int
		want         report
	}{
		"well":          {Health{}, 200, 200, report{Ready: true}},
		"database away": {Health{Database: fail}, 200, 200, report{Ready: true, Degraded: true}},
		"asterisk away": {Health{Asterisk: fail}, 200, 503, report{Degraded: true}},
		"loop stuck":    {Health{Loop: fail}, 503, 503, report{Degraded: true}},
	} {
		mux := Mux(New(""), c.h)
		if code, _ := get(t, mux, "/healthz"); code != c.alive {
			t.Errorf("%s: healthz %d", name, code)
		}
		code, text := get(t, mux, "/readyz")
		var have report
		if err := json.Unmarshal([]byte(text), &have); err != nil || code != c.ready || len(have.Parts) != 4 {
			t.Errorf("%s: readyz %d %s %v", name, code, text, err)
		}
		have.Parts = nil
		if diff := cmp.Diff(c.want, have); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestStuckLoopIsFoundInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := Health{Loop: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		begun := time.Now()
		code, _ := get(t, Mux(New(""), stuck), "/healthz")
		if code != http.StatusServiceUnavailable || time.Since(begun) != aliveWithin {
			t.Fatal(code, time.Since(begun))
		}
	})
}
