// Package metrics counts what the gateway does, for Prometheus, and says whether it is well. Every name is in this
// file, in figures.go those of the hotline's figures and in transfers.go those of transfers. Times are seconds.
package metrics

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// Metrics implements the meters of the switchboard, of the link to Asterisk, of the consoles and of the web.
type Metrics struct {
	reg *prometheus.Registry

	offered, ended, offers, swept  *prometheus.CounterVec
	waiting, longest, agents       *prometheus.GaugeVec
	talking                        prometheus.Gauge
	callbackEnded                  *prometheus.CounterVec
	step                           prometheus.Histogram
	journalDropped                 prometheus.Counter
	ariRequest                     *prometheus.HistogramVec
	ariLag                         prometheus.Histogram
	ariEvents, ariSkipped          *prometheus.CounterVec
	ariConnected, consoles         prometheus.Gauge
	consoleClosed, consoleResumed  *prometheus.CounterVec
	consoleFrames                  prometheus.Counter
	consoleEvent, pop              prometheus.Histogram
	signIns                        *prometheus.CounterVec
	lines, queues, kinds, requests label
	service                        *service
	transfers                      *transfers
	abuse                          *prometheus.CounterVec
}

var _ switchboard.Meter = (*Metrics)(nil)

// short suits what should take less than a few milliseconds, long what a person may notice.
var (
	short = []float64{.00001, .00005, .0001, .0005, .001, .0025, .005, .01, .025, .1, 1}
	long  = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
)

// New makes all figures, with those of the Go runtime and the process.
func New(version string) *Metrics {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	f := factory{reg}
	m := &Metrics{
		reg:            reg,
		offered:        f.counters("hotline_calls_offered_total", "Calls that reached the gateway. Line unknown: the dialled number is in no directory.", "line"),
		ended:          f.counters("hotline_calls_ended_total", "Calls that ended, each with one result.", "line", "result"),
		offers:         f.counters("hotline_offers_total", "Offers of a call to an agent, by how they ended.", "outcome"),
		waiting:        f.gauges("hotline_calls_waiting", "Callers waiting for an agent.", "queue"),
		longest:        f.gauges("hotline_longest_wait_seconds", "How long the first of those has waited.", "queue"),
		talking:        f.gauge("hotline_calls_talking", "Calls in which an agent and a caller are connected."),
		callbackEnded:  f.counters("hotline_callback_attempts_total", "Attempts to call them back, by what came of dialling.", "reach"),
		agents:         f.gauges("hotline_agents", "Agents by state.", "state"),
		step:           f.histogram("hotline_loop_step_seconds", "One turn of the loop that owns all calls.", short),
		swept:          f.counters("hotline_swept_total", "Things without an owner that were removed.", "kind"),
		journalDropped: f.counter("hotline_journal_dropped_total", "Journal entries lost: neither memory nor disk would take them."),
		ariRequest:     f.histograms("hotline_ari_request_seconds", "Requests to Asterisk.", long, "operation", "outcome"),
		ariLag:         f.histogram("hotline_ari_event_lag_seconds", "From Asterisk's timestamp of an event to its being handled.", long),
		ariEvents:      f.counters("hotline_ari_events_total", "Events from Asterisk.", "type"),
		ariSkipped:     f.counters("hotline_ari_events_skipped_total", "Events from Asterisk that could not be used.", "reason"),
		ariConnected:   f.gauge("hotline_ari_connected", "1 while the gateway hears Asterisk."),
		consoles:       f.gauge("hotline_console_sessions", "Consoles with an open socket."),
		consoleClosed:  f.counters("hotline_console_closed_total", "Console sockets that ended, by reason.", "reason"),
		consoleResumed: f.counters("hotline_console_resumes_total", "Consoles that came back: replayed, or with a snapshot because too much was missed.", "outcome"),
		consoleFrames:  f.counter("hotline_console_frames_total", "Frames written to consoles."),
		consoleEvent:   f.histogram("hotline_console_event_seconds", "From an event's being made to its being written to the socket.", long),
		pop:            f.histogram("hotline_pop_seconds", "From the offer of a call to its screen pop's being written to the socket; for a call that did not wait this begins with StasisStart.", long),
		signIns:        f.counters("hotline_signins_total", "Tries to sign in.", "result"),
	}
	m.service = newService(f)
	m.transfers = newTransfers(f)
	m.abuse = f.counters("hotline_abuse_total", "What agents noted of abusive calls: marks, warnings and logged hang-ups.", "act", "kind")
	f.gauges("hotline_build_info", "Always 1; the label says what runs.", "version").WithLabelValues(version).Set(1)
	return m
}

// WatchJournal reports what the journal says of itself.
func (m *Metrics) WatchJournal(pending, rejected func() int64) {
	m.reg.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hotline_journal_pending", Help: "Journal entries that are not yet in PostgreSQL.",
		}, func() float64 { return float64(pending()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "hotline_journal_rejected_total", Help: "Journal entries that PostgreSQL refused.",
		}, func() float64 { return float64(rejected()) }),
	)
}

// Handler serves the figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// The switchboard's meter.

func (m *Metrics) CallOffered(line string, unknownNo bool) {
	if unknownNo {
		line = "unknown"
	}
	m.offered.WithLabelValues(m.lines.bound(line)).Inc()
}

func (m *Metrics) CallEnded(line string, result call.Result) {
	m.ended.WithLabelValues(m.lines.bound(line), string(result)).Inc()
}

func (m *Metrics) OfferEnded(outcome call.Outcome) { m.offers.WithLabelValues(string(outcome)).Inc() }

func (m *Metrics) Waiting(queue string, n int, longest time.Duration) {
	queue = m.queues.bound(queue)
	m.waiting.WithLabelValues(queue).Set(float64(n))
	m.longest.WithLabelValues(queue).Set(longest.Seconds())
}

func (m *Metrics) Agents(state agent.State, n int) {
	m.agents.WithLabelValues(string(state)).Set(float64(n))
}

func (m *Metrics) Talking(n int)        { m.talking.Set(float64(n)) }
func (m *Metrics) Step(d time.Duration) { m.step.Observe(d.Seconds()) }
func (m *Metrics) Swept(kind string)    { m.swept.WithLabelValues(kind).Inc() }
func (m *Metrics) JournalDropped()      { m.journalDropped.Inc() }

func (m *Metrics) CallbackEnded(reach call.Reach) {
	m.callbackEnded.WithLabelValues(string(reach)).Inc()
}

// The meter of the link to Asterisk.

func (m *Metrics) ARIRequest(operation string, d time.Duration, err error) {
	m.ariRequest.WithLabelValues(m.requests.bound(operation), outcome(err)).Observe(d.Seconds())
}

func (m *Metrics) ARIEvent(kind string, lag time.Duration) {
	m.ariEvents.WithLabelValues(m.kinds.bound(kind)).Inc()
	m.ariLag.Observe(max(0, lag.Seconds())) // the two clocks may differ by a little
}

func (m *Metrics) ARISkipped(reason string) { m.ariSkipped.WithLabelValues(reason).Inc() }

func (m *Metrics) ARIConnected(up bool) {
	if up {
		m.ariConnected.Set(1)
	} else {
		m.ariConnected.Set(0)
	}
}

// The meter of the consoles.

func (m *Metrics) ConsoleSessions(n int)        { m.consoles.Set(float64(n)) }
func (m *Metrics) ConsoleClosed(reason string)  { m.consoleClosed.WithLabelValues(reason).Inc() }
func (m *Metrics) ConsoleFrame()                { m.consoleFrames.Inc() }
func (m *Metrics) ConsoleEvent(d time.Duration) { m.consoleEvent.Observe(d.Seconds()) }
func (m *Metrics) Pop(d time.Duration)          { m.pop.Observe(d.Seconds()) }

func (m *Metrics) ConsoleResumed(replayed bool) {
	if replayed {
		m.consoleResumed.WithLabelValues("replayed").Inc()
	} else {
		m.consoleResumed.WithLabelValues("snapshot").Inc()
	}
}

// SignIn is the web's meter.
func (m *Metrics) SignIn(result string) { m.signIns.WithLabelValues(result).Inc() }

// outcome puts an error of a request into a word.
func outcome(err error) string {
	var slow net.Error
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	}
	return "error"
}

// label bounds how many values a label may have: a directory or an Asterisk gone mad must not fill the memory.
type label struct {
	mu   sync.Mutex
	seen map[string]bool
}

const maxLabels = 200

func (l *label) bound(value string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[value] {
		return value
	}
	if len(l.seen) >= maxLabels {
		return "other"
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[value] = true
	return value
}

// factory makes and registers.
type factory struct{ reg *prometheus.Registry }

func (f factory) counter(name, help string) prometheus.Counter {
	return add(f, prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help}))
}

func (f factory) counters(name, help string, labels ...string) *prometheus.CounterVec {
	return add(f, prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels))
}

func (f factory) gauge(name, help string) prometheus.Gauge {
	return add(f, prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help}))
}

func (f factory) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return add(f, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels))
}

func (f factory) histogram(name, help string, buckets []float64) prometheus.Histogram {
	return add(f, prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}))
}

func (f factory) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return add(f, prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels))
}

func add[C prometheus.Collector](f factory, c C) C {
	f.reg.MustRegister(c)
	return c
}
