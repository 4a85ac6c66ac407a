package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/gateway/call"
)

func TestTransfersAreTimedFromTheAsking(t *testing.T) {
	t.Parallel()
	m := New("v1")
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	after := func(s float64) time.Time { return at.Add(time.Duration(s * float64(time.Second))) }
	for _, one := range []call.Transfer{
		{Kind: call.OneKey, ToKind: "emergency", ToKey: "110", At: at, RingingAt: after(.4), AnsweredAt: after(4), Result: call.Connected},
		{Kind: call.OneKey, ToKind: "emergency", ToKey: "119", At: at, Result: call.NotReached},
		{Kind: call.Consult, ToKind: "agent", ToKey: "8002", At: at, RingingAt: after(2.5), Result: call.Cancelled},
		{Kind: call.Blind, ToKind: "number", ToKey: "13800001111", At: at, AnsweredAt: after(9), Result: call.Connected},
	} {
		m.TransferEnded(one)
	}
	m.Supervised(call.Whisper)
	m.Alerts(2)
	_, text := get(t, m.Handler(), "/metrics")
	for _, want := range []string{
		`hotline_transfers_total{how="one_key",result="connected",service="110"} 1`,
		`hotline_transfers_total{how="one_key",result="failed",service="119"} 1`,
		`hotline_transfers_total{how="consult",result="cancelled",service="agent"} 1`,
		`hotline_transfer_ring_seconds_bucket{how="one_key",le="0.25"} 0`,
		`hotline_transfer_ring_seconds_bucket{how="one_key",le="0.5"} 1`,
		`hotline_transfer_ring_seconds_count{how="consult"} 1`,
		`hotline_transfer_answer_seconds_sum{service="110"} 4`,
		`hotline_transfer_answer_seconds_bucket{service="number",le="10"} 1`,
		`hotline_supervision_total{how="whisper"} 1`,
		`hotline_alerts_open 2`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("missing %s", want)
		}
	}
	for _, never := range []string{"13800001111", "8002", `ring_seconds_count{how="blind"}`, `answer_seconds_count{service="119"}`} {
		if strings.Contains(text, never) {
			t.Errorf("%s is told", never)
		}
	}
}

func TestServicesAreBounded(t *testing.T) {
	t.Parallel()
	m := New("v1")
	for i := range 10 * maxLabels {
		m.TransferEnded(call.Transfer{Kind: call.OneKey, ToKind: "emergency", ToKey: fmt.Sprint(i), Result: call.NotReached})
	}
	_, text := get(t, m.Handler(), "/metrics")
	if n := strings.Count(text, "hotline_transfers_total{"); n != maxLabels+1 {
		t.Error(n)
	}
}
