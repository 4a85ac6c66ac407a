package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
)

// counted answers from the scripted hour.
type counted struct {
	t     testing.TB
	world *world
}

func (c *counted) Report(_ context.Context, q figures.Query) (*figures.Table, error) {
	if c.world.isAway() {
		return nil, errAway
	}
	t := figures.NewTable(figures.Default(), q)
	for _, one := range figurestest.Hour(c.t) {
		if one.Queue == "social" && q.By == figures.ByQueue {
			one.Queue = `=HYPERLINK("http://x")`
		}
		t.Add(one)
	}
	for _, s := range figurestest.Stays(c.t) {
		t.AddStay(s)
	}
	return t, nil
}

func (c *counted) Live(ctx context.Context, by figures.By, rolling bool) (*figures.Table, error) {
	now := figurestest.To
	q := figures.Today(now, by, nil)
	if rolling {
		q = figures.Rolling(now, by, nil)
	}
	return c.Report(ctx, q)
}

const theHour = "from=2026-11-21T16:00:00%2B08:00&to=2026-11-21T17:00:00%2B08:00"

// figuresBody is what the API answers.
type figuresBody struct {
	Settings struct {
		Within float64 `json:"answer_within_s"`
	}
	Figures []struct{ Name, Label, Unit, Definition string }
	Rows    []struct {
		Name   string
		From   *time.Time
		Values map[string]*float64
	}
	Total map[string]*float64
}

func same(t *testing.T, group string, want map[string]figurestest.Value, have map[string]*float64) {
	t.Helper()
	for name, v := range have {
		w, listed := want[name]
		known := v != nil
		if !known {
			v = new(float64)
		}
		if !listed || !w.Same(*v, known) {
			t.Errorf("%s of %s: %v %v, by hand %v", name, group, *v, known, w)
		}
	}
}

func TestTheAPITellsWhatWasCountedByHand(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("9001")
	for _, by := range []figures.By{figures.ByLine, figures.ByAgent} {
		var body figuresBody
		if err := json.Unmarshal([]byte(b.want(200, "", "GET", "/api/figures?by="+string(by)+"&"+theHour, "").text), &body); err != nil {
			t.Fatal(err)
		}
		want := figurestest.ByHand(t, by)
		for _, row := range body.Rows {
			if len(row.Values) != len(body.Figures) || len(body.Figures) < 10 {
				t.Errorf("%d values, %d figures", len(row.Values), len(body.Figures))
			}
			same(t, row.Name, want[row.Name], row.Values)
			delete(want, row.Name)
		}
		delete(want, "total")
		if len(want) > 0 || body.Settings.Within != 15 {
			t.Error(want, body.Settings)
		}
		same(t, "total", figurestest.ByHand(t, figures.ByLine)["total"], body.Total)
	}
	var body figuresBody
	_ = json.Unmarshal([]byte(b.want(200, "", "GET", "/api/figures?by=5min&"+theHour, "").text), &body)
	if len(body.Rows) != 12 || body.Rows[11].From == nil || !body.Rows[11].From.Equal(figurestest.To.Add(-5*time.Minute)) {
		t.Errorf("%+v", body.Rows)
	}
	for window, from := range map[string]string{"24h": "2026-11-20T09:00:00Z", "today": "2026-11-20T16:00:00Z"} {
		b.want(200, `"from":"`+from+`"`, "GET", "/api/figures/live?by=line&window="+window, "")
		b.want(200, `"by":"day"`, "GET", "/api/figures/live?by=day&window="+window, "")
	}
	b.want(200, `"by":"queue"`, "GET", "/api/figures/live", "")
}

func TestTheCSVTellsWhatWasCountedByHand(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("9002")
	a := b.want(200, "人工请求量", "GET", "/api/figures.csv?by=queue&"+theHour, "")
	if a.header.Get("Content-Type") != "text/csv; charset=utf-8" ||
		a.header.Get("Content-Disposition") != `attachment; filename="figures-queue-20261121-20261121.csv"` {
		t.Error(a.header)
	}
	text, marked := strings.CutPrefix(a.text, "\uFEFF")
	rows := csv.NewReader(strings.NewReader(text))
	rows.FieldsPerRecord = -1
	lines, err := rows.ReadAll()
	if err != nil || !marked || len(lines) < 30 {
		t.Fatal(err, marked, len(lines))
	}
	if lines[0][1] != "2026-11-21 16:00:00" || lines[0][4] != "全部" || lines[1][0] != "技能队列" || lines[4][0] != "合计" {
		t.Error(lines[:5])
	}
	if lines[2][0] != `'=HYPERLINK("http://x")` {
		t.Errorf("a spreadsheet would compute %q", lines[2][0])
	}
	want := figurestest.ByHand(t, figures.ByQueue)
	list := figures.Default().List()
	for i, group := range []string{"social", "general", "total"} {
		for k, f := range list {
			cell, w := lines[2+i][k+1], want[group][f.Name]
			if f.Name == "occupancy" && group != "total" {
				w.Known = false
			}
			v, err := strconv.ParseFloat(cell, 64)
			if f.Unit == figures.Ratio {
				v /= 100
			}
			if (err == nil) != w.Known || w.Known && math.Abs(v-w.V) > 0.00501 {
				t.Errorf("%s of %s: %q, by hand %v", f.Name, group, cell, w)
			}
			if f.Unit == figures.Count && cell != fmt.Sprint(int(w.V)) {
				t.Errorf("%s of %s: %q, by hand %v", f.Name, group, cell, w)
			}
		}
	}
	if lines[5][1] != "口径" || !strings.Contains(text, "排队与振铃合计不超过15秒") {
		t.Error("the choices are not told", lines[5])
	}
	b.want(200, "2026-11-21 16:55", "GET", "/api/figures.csv?by=5min&"+theHour, "")
	b.want(200, "\n2026-11-21,", "GET", "/api/figures.csv?by=day&"+theHour, "")
}

func TestFiguresAreForThoseWhoMay(t *testing.T) {
	r := newRig(t)
	for no, code := range map[string]int{
		"8001": 403, "8003": 403, "9001": 200, "9002": 200, "9003": 200, "9004": 403, "9005": 403, "9006": 403,
	} {
		b := r.signedIn(no)
		for _, path := range []string{"/api/figures?by=agent&" + theHour, "/api/figures.csv?by=agent&" + theHour, "/api/figures/live?by=agent"} {
			b.want(code, "", "GET", path, "")
			want := ""
			if code == 200 {
				want = no + " figures.agents "
			}
			if code == 200 && strings.Contains(path, ".csv") {
				want = no + " export figures.csv; " + want
			}
			if got := r.world.audited(); got != want {
				t.Errorf("%s %s: audit %q", no, path, got)
			}
		}
		b.want(code, "", "GET", "/api/figures?by=day&"+theHour, "")
		b.want(code, "", "GET", "/api/figures/live?by=agent", "") // as a screen does every few seconds
		if got := r.world.audited(); got != "" {
			t.Errorf("what is no person's, or is looked at still, is audited: %s", got)
		}
	}
	r.browser().want(401, "sign in", "GET", "/api/figures?by=day&"+theHour, "")
	r2 := newRig(t)
	b := r2.signedIn("9001")
	r2.h.o.Audit = &world{away: true}
	b.want(503, "audit cannot be written", "GET", "/api/figures?by=agent&"+theHour, "")
	for range 2 {
		b.want(503, "audit cannot be written", "GET", "/api/figures/live?by=agent", "")
	}
	b.want(200, "", "GET", "/api/figures?by=line&"+theHour, "")
	r2.world.set(func(w *world) { w.away = true })
}

func TestWhatCannotBeCountedIsSaid(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("9001")
	for query, words := range map[string]string{
		"":                                  "required",
		"by=week&" + theHour:                "by",
		"by=day&from=yesterday&to=tomorrow": "from",
		"by=day&from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z":                                   "from must be before to",
		"by=5min&from=2026-01-01T00:00:00Z&to=2026-01-09T00:00:00Z":                                  "by 5min at most 7 days",
		"by=line&from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z":                                  "by line at most 31 days",
		"by=line&from=0001-01-01T00:00:00Z&to=2026-02-02T00:00:00Z":                                  "needed",
		"by=line&from=1002-01-01T00:00:00Z&to=1002-01-02T00:00:00Z":                                  "between the years",
		"by=line&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&line=" + strings.Repeat("x", 101): "line",
	} {
		b.want(422, words, "GET", "/api/figures?"+query, "")
		b.want(422, words, "GET", "/api/figures.csv?"+query, "")
	}
	b.want(422, "window", "GET", "/api/figures/live?window=week", "")
	r.world.set(func(w *world) { w.away = true })
	b.want(503, "database", "GET", "/api/figures?by=line&"+theHour, "")
}
