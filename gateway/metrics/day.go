package metrics

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/gateway/figures"
)

// day serves the figures of the last 24 hours as they were last told, all of one instant. A rate is left out where
// there is nothing to divide by.
type day struct {
	tables       *atomic.Pointer[dayTables]
	all          []dayFigure
	lines        []dayFigure
	queues       []dayFigure
	lost         *prometheus.Desc
	descriptions []*prometheus.Desc
}

type dayTables struct {
	all           figures.Sum
	lines, queues []figures.Row
}

// dayFigure is one figure's metric.
type dayFigure struct {
	desc  *prometheus.Desc
	value func(figures.Sum) (float64, bool)
}

func newDay() *day {
	d := &day{tables: &atomic.Pointer[dayTables]{}}
	of := func(name, help string, labels ...string) *prometheus.Desc {
		desc := prometheus.NewDesc(name, help, labels, nil)
		d.descriptions = append(d.descriptions, desc)
		return desc
	}
	count := func(f func(figures.Sum) int) func(figures.Sum) (float64, bool) {
		return func(s figures.Sum) (float64, bool) { return float64(f(s)), true }
	}
	longest := func(s figures.Sum) (float64, bool) { return s.LongestWait().Seconds(), true }
	d.queues = []dayFigure{
		{of("hotline_day_requests", "Calls of the last 24 hours that asked for a human and have ended.", "queue"), count(figures.Sum.Offered)},
		{of("hotline_day_answers", "Those of them that were answered.", "queue"), count(figures.Sum.Answered)},
		{of("hotline_day_answers_in_time", "Those that were answered within hotline_answer_within_seconds.", "queue"), count(figures.Sum.Within)},
		{of("hotline_day_answer_rate", "Answer rate of the last 24 hours, 0 to 1.", "queue"), figures.Sum.AnswerRate},
		{of("hotline_day_in_time_rate", "N-second rate of the last 24 hours, 0 to 1.", "queue"), figures.Sum.WithinRate},
		{of("hotline_day_longest_wait_seconds", "The longest wait of any of them.", "queue"), longest},
	}
	d.lines = []dayFigure{
		{of("hotline_day_line_requests", "Calls of the last 24 hours that asked for a human and have ended, by line.", "line"), count(figures.Sum.Offered)},
		{of("hotline_day_line_answers", "Those of them that were answered, by line.", "line"), count(figures.Sum.Answered)},
		{of("hotline_day_line_answer_rate", "Answer rate of the last 24 hours by line, 0 to 1.", "line"), figures.Sum.AnswerRate},
	}
	d.all = []dayFigure{
		{of("hotline_day_all_answer_rate", "Answer rate of the last 24 hours of all lines, 0 to 1."), figures.Sum.AnswerRate},
		{of("hotline_day_all_in_time_rate", "N-second rate of the last 24 hours of all lines, 0 to 1."), figures.Sum.WithinRate},
	}
	d.lost = of("hotline_day_lost", "Calls of the last 24 hours that asked for a human and were not answered, by reason.", "queue", "reason")
	return d
}

// Describe implements prometheus.Collector.
func (d *day) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range d.descriptions {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (d *day) Collect(ch chan<- prometheus.Metric) {
	t := d.tables.Load()
	if t == nil {
		return
	}
	tell := func(list []dayFigure, sum figures.Sum, labels ...string) {
		for _, f := range list {
			if v, ok := f.value(sum); ok {
				ch <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, v, labels...)
			}
		}
	}
	tell(d.all, t.all)
	for _, row := range t.lines[:min(len(t.lines), maxLabels)] {
		tell(d.lines, row.Sum, row.Name)
	}
	for _, row := range t.queues[:min(len(t.queues), maxLabels)] {
		tell(d.queues, row.Sum, row.Name)
		for _, reason := range figures.Reasons {
			ch <- prometheus.MustNewConstMetric(d.lost, prometheus.GaugeValue, float64(row.Sum.Lost(reason)), row.Name, string(reason))
		}
	}
}
