package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"hotline/gateway/figures"
)

// waits are the buckets of waiting times. 15 s is what the standard asks for.
var waits = []float64{1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200}

// service is what callers get: the figures of domain and standard. What each counts is package figures' to say.
type service struct {
	requests, inRate, answers, inTime, lost *prometheus.CounterVec
	wait                                    *prometheus.HistogramVec
	trunks, links                           *prometheus.GaugeVec
	callbacks, answerWithin                 prometheus.Gauge
	day                                     *day
	trunkNames                              label
}

func newService(f factory) *service {
	return &service{
		requests:     f.counters("hotline_requests_total", "Calls that asked for a human and have ended: offered.", "line", "queue"),
		inRate:       f.counters("hotline_rated_requests_total", "Those of them that rates are out of: all, or all but short abandons.", "line", "queue"),
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
	if v.InRate {
		s.inRate.WithLabelValues(line, queue).Inc()
	}
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
	m.service.day.tables.Store(&dayTables{byLine.Total(), byLine.Rows(), byQueue.Rows()})
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

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
