package metrics

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/gateway/figures"
)

// waits are the buckets of waiting times. 15 s is what the standard asks for.
var waits = []float64{1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200}

// service is what callers get: the figures of domain and standard. What each counts is package figures' to say.
type service struct {
	requests, answers, inTime, lost *prometheus.CounterVec
	wait                            *prometheus.HistogramVec
	trunks, links                   *prometheus.GaugeVec
	callbacks, answerWithin         prometheus.Gauge
	day                             *day
	trunkNames                      label
}

func newService(f factory) *service {
	return &service{
		requests:     f.counters("hotline_requests_total", "Calls that asked for a human and have ended: offered.", "line", "queue"),
		answers:      f.counters("hotline_answers_total", "Those of them that were answered.", "line", "queue"),
		inTime:       f.counters("hotline_answers_in_time_total", "Those that were answered within hotline_answer_within_seconds.", "line", "queue"),
		lost:         f.counters("hotline_lost_total", "Those that were not answered, by reason.", "line", "queue", "reason"),
		wait:         f.histograms("hotline_wait_seconds", "How long those who were answered had waited.", waits, "queue"),
		answerWithin: f.gauge("hotline_answer_within_seconds", "The N of the N-second rate."),
		trunks:       f.gauges("hotline_trunk_up", "1 while a trunk can carry calls.", "trunk"),
		links:        f.gauges("hotline_agent_links", "Agents at work by the state of their console's link: up or lost.", "link"),
		callbacks:    f.gauge("hotline_callbacks_pending", "Callers who wait to be called back."),
		day:          add(f, newDay()),
	}
}

// CallCounted counts a call that has ended, once.
func (m *Metrics) CallCounted(line, queue string, v figures.Verdict) {
	if !v.Offered {
		return
	}
	s := m.service
	line, queue = m.lines.bound(line), m.queues.bound(queue)
	s.requests.WithLabelValues(line, queue).Inc()
	if !v.Answered {
		s.lost.WithLabelValues(line, queue, string(v.Lost)).Inc()
		return
	}
	s.answers.WithLabelValues(line, queue).Inc()
	s.wait.WithLabelValues(queue).Observe(v.Wait.Seconds())
	if v.Within {
		s.inTime.WithLabelValues(line, queue).Inc()
	}
}

// RollingDay tells the figures of the last 24 hours, which are exact and do not begin anew when the gateway does. The
// tables are not changed afterwards.
func (m *Metrics) RollingDay(byLine, byQueue *figures.Table) {
	m.service.answerWithin.Set(byLine.Settings.AnswerWithin.Seconds())
	m.service.day.tables.Store(&dayTables{byLine.Rows(), byQueue.Rows()})
}

// Trunk tells whether a trunk can carry calls.
func (m *Metrics) Trunk(name string, up bool) {
	m.service.trunks.WithLabelValues(m.service.trunkNames.bound(name)).Set(oneIf(up))
}

// AgentLinks tells how many agents at work have their console's link, and how many have lost it.
func (m *Metrics) AgentLinks(up, lost int) {
	m.service.links.WithLabelValues("up").Set(float64(up))
	m.service.links.WithLabelValues("lost").Set(float64(lost))
}

// CallbacksPending tells how many callers wait to be called back.
func (m *Metrics) CallbacksPending(n int) { m.service.callbacks.Set(float64(n)) }

// day serves the figures of the last 24 hours as they were last told, all of one instant.
type day struct {
	tables                                *atomic.Pointer[dayTables]
	requests, answers, inTime, lost, wait *prometheus.Desc
	lineRequests, lineAnswers             *prometheus.Desc
}

type dayTables struct{ lines, queues []figures.Row }

func newDay() *day {
	of := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &day{
		tables:       &atomic.Pointer[dayTables]{},
		requests:     of("hotline_day_requests", "Calls of the last 24 hours that asked for a human and have ended.", "queue"),
		answers:      of("hotline_day_answers", "Those of them that were answered.", "queue"),
		inTime:       of("hotline_day_answers_in_time", "Those that were answered within hotline_answer_within_seconds.", "queue"),
		lost:         of("hotline_day_lost", "Those that were not answered, by reason.", "queue", "reason"),
		wait:         of("hotline_day_longest_wait_seconds", "The longest wait of any of them.", "queue"),
		lineRequests: of("hotline_day_line_requests", "Calls of the last 24 hours that asked for a human and have ended, by line.", "line"),
		lineAnswers:  of("hotline_day_line_answers", "Those of them that were answered, by line.", "line"),
	}
}

// Describe implements prometheus.Collector.
func (d *day) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{d.requests, d.answers, d.inTime, d.lost, d.wait, d.lineRequests, d.lineAnswers} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (d *day) Collect(ch chan<- prometheus.Metric) {
	t := d.tables.Load()
	if t == nil {
		return
	}
	tell := func(desc *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	for _, row := range t.queues[:min(len(t.queues), maxLabels)] {
		tell(d.requests, float64(row.Sum.Offered()), row.Name)
		tell(d.answers, float64(row.Sum.Answered()), row.Name)
		tell(d.inTime, float64(row.Sum.Within()), row.Name)
		tell(d.wait, row.Sum.LongestWait().Seconds(), row.Name)
		for _, reason := range figures.Reasons {
			tell(d.lost, float64(row.Sum.Lost(reason)), row.Name, string(reason))
		}
	}
	for _, row := range t.lines[:min(len(t.lines), maxLabels)] {
		tell(d.lineRequests, float64(row.Sum.Offered()), row.Name)
		tell(d.lineAnswers, float64(row.Sum.Answered()), row.Name)
	}
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
