package stack

import (
	"context"
	"testing"
	"time"
)

func TestPrometheusWatchesTheGateway(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Gateway: true, Prometheus: true})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for expr, want := range map[string]float64{
		`up{job="hotline"}`: 1, `hotline_ari_connected`: 1, `hotline_answer_within_seconds`: 15, `hotline_journal_dropped_total`: 0,
	} {
		if err := s.Prometheus.Await(ctx, expr, want); err != nil {
			t.Error(err)
		}
	}
	rules, err := s.Prometheus.Rules(ctx)
	if err != nil || len(rules) < 20 {
		t.Errorf("%d rules, %v", len(rules), err)
	}
	for _, r := range rules {
		if r.State == "firing" {
			t.Errorf("%s fires on a stack that is well", r.Name)
		}
	}
	if s.Info().Prometheus != s.Prometheus.URL() {
		t.Errorf("the stack tells %q", s.Info().Prometheus)
	}
	s.KillGateway()
	if err := s.Prometheus.Await(ctx, `up{job="hotline"}`, 0); err != nil {
		t.Error(err)
	}
}
