package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"hotline/gateway/call"
)

// rings are the buckets of times until somebody else's telephone rings or is answered. 3 s is what a person takes for
// prompt, 20 s is how long a route rings.
var rings = []float64{.1, .25, .5, 1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 120}

// transfers is what became of third parties and supervision.
type transfers struct {
	ended      *prometheus.CounterVec
	ring       *prometheus.HistogramVec
	answer     *prometheus.HistogramVec
	supervised *prometheus.CounterVec
	alerts     prometheus.Gauge
	services   label
}

func newTransfers(f factory) *transfers {
	return &transfers{
		ended:      f.counters("hotline_transfers_total", "Transfers by how, to which service (a line's number, else the kind of target) and with what result.", "how", "service", "result"),
		ring:       f.histograms("hotline_transfer_ring_seconds", "From an agent's asking to a telephone's ringing there.", rings, "how"),
		answer:     f.histograms("hotline_transfer_answer_seconds", "From an agent's asking to an answer there.", rings, "service"),
		supervised: f.counters("hotline_supervision_total", "Times that a supervisor began to listen, whisper or barge in.", "how"),
		alerts:     f.gauge("hotline_alerts_open", "Alerts to supervisors that nobody has acknowledged."),
	}
}

// lineKinds are the kinds of target that are lines of the directory: few, and worth telling apart. Agents and outside
// numbers are neither.
var lineKinds = map[string]bool{"emergency": true, "sub_centre": true, "utility": true, "region": true, "line": true}

// TransferEnded counts a transfer that has its result.
func (m *Metrics) TransferEnded(t call.Transfer) {
	service := t.ToKind
	if lineKinds[t.ToKind] {
		service = m.transfers.services.bound(t.ToKey)
	}
	how := string(t.Kind)
	m.transfers.ended.WithLabelValues(how, service, string(t.Result)).Inc()
	if !t.RingingAt.IsZero() {
		m.transfers.ring.WithLabelValues(how).Observe(t.RingingAt.Sub(t.At).Seconds())
	}
	if !t.AnsweredAt.IsZero() {
		m.transfers.answer.WithLabelValues(service).Observe(t.AnsweredAt.Sub(t.At).Seconds())
	}
}

// Supervised counts a supervisor's coming to an agent, and each change of how he is with him.
func (m *Metrics) Supervised(how call.Supervision) {
	m.transfers.supervised.WithLabelValues(string(how)).Inc()
}

// Alerts tells how many alerts nobody has acknowledged.
func (m *Metrics) Alerts(open int) { m.transfers.alerts.Set(float64(open)) }
