package stack

import (
	"context"
	"path/filepath"
	"time"

	"hotline/deploy/prometheus"
)

// prometheusEvery is how often a stack's gateway is asked: whoever looks waits.
const prometheusEvery = time.Second

func (s *Stack) startPrometheus(ctx context.Context) error {
	if !s.opts.Prometheus {
		return nil
	}
	if !s.opts.Gateway {
		return errNoGateway
	}
	began := time.Now()
	server, err := prometheus.Start(ctx, prometheus.Options{
		Dir: filepath.Join(s.dir, "prometheus"), Port: s.opts.PrometheusPort,
		Targets: []string{s.addresses.metrics}, Every: prometheusEvery,
	})
	if err != nil {
		return err
	}
	s.Prometheus = server
	s.onStop("stop Prometheus", server.Close)
	s.say("prometheus: ready at %s (%v)", server.URL(), took(began))
	return nil
}
