package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// told is a line's figures by one source.
type told struct{ Offered, Answered, Within, Abandoned float64 }

// Screen, report, metrics and SQL tell the same figures, to the call, also after the gateway was killed.
func TestFiguresAgree(t *testing.T) {
	h := outages(t)
	began := time.Now()
	left := h.dial(t, dialled{line: "12300", number: "13500000071"})
	h.reaches(t, "13500000071", "waiting")
	left.hangUp()
	h.record(t, "13500000071").wantResult(t, "abandoned", "caller", "")
	d := h.staff(t, "8101", agentTone)
	c := h.dial(t, dialled{line: "12300", number: "13500000072"})
	ring := d.phone.ringing(patience)
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	c.hangUp()
	h.record(t, "13500000072").wantResult(t, "answered", "caller", "8101")
	boss := h.signedIn(t, "9001")
	h.figuresAgree(t, boss, began)

	h.KillGateway()
	h.restarted = true
	if err := h.StartGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.figuresAgree(t, boss, began)
}

// figuresAgree waits until everyone tells what SQL tells, of the line 直通 and in all.
func (h *house) figuresAgree(t *testing.T, boss *person, began time.Time) {
	t.Helper()
	const count = `SELECT count(*) AS "Offered", count(*) FILTER (WHERE result = 'answered') AS "Answered",
		count(*) FILTER (WHERE result = 'answered' AND talking_at - queued_at <= interval '15s') AS "Within",
		count(*) FILTER (WHERE result = 'abandoned') AS "Abandoned"
		FROM call WHERE result IN ('answered', 'abandoned', 'lost_system') AND (line = '直通' OR %s = 'all')`
	period := url.Values{
		"by": {"line"}, "from": {began.Add(-time.Hour).Format(time.RFC3339)}, "to": {began.Add(time.Hour).Format(time.RFC3339)},
	}
	until(t, "all tell the same figures", 15*time.Second, func() bool { return h.disagreement(t, boss, count, period) == "" },
		func() string { return h.disagreement(t, boss, count, period) })
	if all := rows[told](t, h, count, "all")[0]; all.Answered < 1 || all.Abandoned < 1 {
		t.Errorf("there is nothing to compare: %+v", all)
	}
}

func (h *house) disagreement(t *testing.T, boss *person, count string, period url.Values) string {
	t.Helper()
	all, one := rows[told](t, h, count, "all")[0], rows[told](t, h, count, "one")[0]
	for _, path := range []string{"/api/figures?" + period.Encode(), "/api/figures/live?by=line"} {
		status, text := boss.ask(t, http.MethodGet, path, nil)
		var body struct {
			Total map[string]float64
			Rows  []struct {
				Name   string
				Values map[string]float64
			}
		}
		if err := json.Unmarshal(text, &body); err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, text)
		}
		if have := ofAPI(body.Total); have != all {
			return fmt.Sprintf("%s tells %+v in all, SQL %+v", path, have, all)
		}
		for _, row := range body.Rows {
			if have := ofAPI(row.Values); row.Name == "直通" && have != one {
				return fmt.Sprintf("%s tells %+v, SQL %+v", path, have, one)
			}
		}
	}
	for name, want := range map[string]float64{
		"hotline_day_requests": all.Offered, "hotline_day_answers": all.Answered, "hotline_day_answers_in_time": all.Within,
		`hotline_day_line_requests{line="直通"}`: one.Offered, "hotline_day_lost": all.Offered - all.Answered,
	} {
		if have, err := h.metric(name); err != nil || have != want {
			return fmt.Sprintf("%s is %v, SQL %v; %v", name, have, want, err)
		}
	}
	if !h.restarted {
		if have, err := h.metric("hotline_requests_total"); err != nil || have != all.Offered {
			return fmt.Sprintf("hotline_requests_total is %v, SQL %v; %v", have, all.Offered, err)
		}
	}
	return ""
}

func ofAPI(v map[string]float64) told {
	return told{v["offered"], v["answered"], v["answered_within"], v["abandoned"]}
}
