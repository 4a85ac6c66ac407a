package metrics

import (
	"fmt"
	"strings"
	"testing"

	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
)

// day24 is the rolling day of the scripted hour.
func day24(t testing.TB, by figures.By) *figures.Table {
	table := figures.NewTable(figures.Default(), figures.Rolling(figurestest.To, by, nil))
	for _, c := range figurestest.Hour(t) {
		table.Add(c)
	}
	return table
}

func TestMetricsTellWhatWasCountedByHand(t *testing.T) {
	t.Parallel()
	m := New("v1")
	set := figures.Default()
	for _, c := range figurestest.Hour(t) {
		m.CallCounted(c.Line, c.Queue, set.Judge(c))
	}
	m.RollingDay(day24(t, figures.ByLine), day24(t, figures.ByQueue))
	m.Trunk("city", false)
	m.AgentLinks(7, 2)
	m.CallbacksPending(4)
	_, text := get(t, m.Handler(), "/metrics")
	want := []string{
		`hotline_trunk_up{trunk="city"} 0`, `hotline_agent_links{link="lost"} 2`, `hotline_agent_links{link="up"} 7`,
		`hotline_callbacks_pending 4`, `hotline_answer_within_seconds 15`,
		`hotline_wait_seconds_bucket{queue="social",le="15"} 40`, `hotline_wait_seconds_count{queue="social"} 60`,
		`hotline_wait_seconds_sum{queue="social"} 760`,
		fmt.Sprintf("hotline_day_all_answer_rate %v", 12./21), fmt.Sprintf("hotline_day_all_in_time_rate %v", 10./21),
		`hotline_day_longest_wait_seconds{queue="general"} 120`, `hotline_day_longest_wait_seconds{queue="social"} 70`,
	}
	for line, queue := range map[string]string{"12345": "general", "12333": "social"} {
		by := figurestest.ByHand(t, figures.ByLine)[line]
		for name, figure := range map[string]string{"requests": "offered", "answers": "answered", "answers_in_time": "answered_within"} {
			want = append(want, fmt.Sprintf("hotline_%s_total{line=%q,queue=%q} %v", name, line, queue, by[figure].V),
				fmt.Sprintf("hotline_day_%s{queue=%q} %v", name, queue, by[figure].V))
		}
		want = append(want, fmt.Sprintf("hotline_day_line_answer_rate{line=%q} %v", line, by["answer_rate"].V),
			fmt.Sprintf("hotline_day_answer_rate{queue=%q} %v", queue, by["answer_rate"].V),
			fmt.Sprintf("hotline_day_in_time_rate{queue=%q} %v", queue, by["within_rate"].V),
			fmt.Sprintf("hotline_rated_requests_total{line=%q,queue=%q} %v", line, queue, by["offered"].V))
		want = append(want, fmt.Sprintf("hotline_day_line_requests{line=%q} %v", line, by["offered"].V),
			fmt.Sprintf("hotline_day_line_answers{line=%q} %v", line, by["answered"].V))
		for _, r := range figures.Reasons {
			n := by["lost_"+string(r)].V
			want = append(want, fmt.Sprintf("hotline_day_lost{queue=%q,reason=%q} %v", queue, r, n))
			if n > 0 {
				want = append(want, fmt.Sprintf("hotline_lost_total{line=%q,queue=%q,reason=%q} %v", line, queue, r, n))
			}
		}
	}
	for _, line := range want {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("missing %s", line)
		}
	}
}
