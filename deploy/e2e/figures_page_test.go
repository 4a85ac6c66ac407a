package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the page 报表 shows is what the file it saves, the API, SQL and the metrics tell, to the call: of a caller who was
// answered, one who gave up, and one who gave up at once.
func TestFiguresPage(t *testing.T) {
	h := outages(t)
	began := time.Now()
	for number, waits := range map[string]time.Duration{"13500000073": 0, "13500000074": 5500 * time.Millisecond} {
		c := h.dial(t, dialled{line: "12300", number: number})
		h.reaches(t, number, "waiting")
		time.Sleep(waits) // his patience: under 5 s he is a short abandon
		c.hangUp()
		h.record(t, number).wantResult(t, "abandoned", "caller", "")
	}
	d := h.staff(t, "8101", agentTone)
	c := h.dial(t, dialled{line: "12300", number: "13500000075"})
	ring := d.phone.ringing(patience)
	answered := time.Now()
	ring.answer()
	c.hears(t, agentTone, answered, 3*time.Second)
	c.hangUp()
	h.record(t, "13500000075").wantResult(t, "answered", "caller", "8101")
	boss := h.signedIn(t, "9001")
	h.figuresAgree(t, boss, began)

	p := h.newPage(t, "9001")
	if _, err := eval[string](p, `location.hash = '#/figures/now/line'`); err != nil {
		t.Fatal(err)
	}
	p.login()
	p.agrees(t, boss, "/api/figures/live?by=line")
	until(t, "the chart is drawn", patience, func() bool { return p.attr("chart", "data-points") != "" })
	p.picture("21-figures-now")
	sql := rows[struct{ Answered, Short, Abandoned int }](t, h, `SELECT
		count(*) FILTER (WHERE result = 'answered') AS "Answered",
		count(*) FILTER (WHERE result = 'abandoned' AND ended_at - queued_at < interval '5s') AS "Short",
		count(*) FILTER (WHERE result = 'abandoned') AS "Abandoned" FROM call`)[0]
	if sql.Answered < 1 || sql.Short < 1 || sql.Abandoned <= sql.Short {
		t.Errorf("there is nothing to compare: %+v", sql)
	}
	shown := p.figures(t)["合计"]
	for figure, want := range map[string]int{"answered": sql.Answered, "lost_short_abandon": sql.Short, "abandoned": sql.Abandoned} {
		if shown[figure] != strconv.Itoa(want) {
			t.Errorf("the page shows %s %s, SQL counts %d", figure, shown[figure], want)
		}
	}

	p.click("when-week")
	p.shows("age", "data-stale", "false", patience)
	period := url.Values{"by": {"line"}, "from": {began.Add(-24 * time.Hour).Format(time.RFC3339)}, "to": {began.Add(time.Hour).Format(time.RFC3339)}}
	p.agrees(t, boss, "/api/figures?"+period.Encode())
	p.savesWhatItShows(t, boss, "/api/figures?"+period.Encode())
	p.picture("22-figures-week")
	h.figuresAgree(t, boss, began)
}

// figures is the page's table as it is read: by row, then by figure.
func (p *page) figures(t *testing.T) map[string]map[string]string {
	t.Helper()
	table, err := eval[map[string]map[string]string](p, `Object.fromEntries([...document.querySelectorAll('[data-testid=figures-row], [data-testid=figures-total]')].map(
		(row) => [row.firstElementChild.textContent, Object.fromEntries([...row.querySelectorAll('[data-figure]')].map((cell) => [cell.dataset.figure, cell.firstChild.textContent]))]))`)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// counted is what the API tells.
type counted struct {
	Figures []struct{ Name, Label, Unit string }
	Rows    []struct {
		Name   string
		Values map[string]*float64
	}
	Total map[string]*float64
}

func (c *person) counts(t *testing.T, path string) counted {
	t.Helper()
	status, text := c.ask(t, http.MethodGet, path, nil)
	var body counted
	if err := json.Unmarshal(text, &body); err != nil || status != http.StatusOK || len(body.Figures) < 30 {
		t.Fatalf("%s: %d %s", path, status, text)
	}
	return body
}

// agrees waits until the page shows each figure of each row as the API tells it; the time of agents depends on the
// instant, and is left out.
func (p *page) agrees(t *testing.T, boss *person, path string) {
	t.Helper()
	differs := func() string {
		body, table := boss.counts(t, path), p.figures(t)
		body.Rows = append(body.Rows, struct {
			Name   string
			Values map[string]*float64
		}{"合计", body.Total})
		for _, row := range body.Rows {
			for _, f := range body.Figures {
				if want := written(row.Values[f.Name], f.Unit); f.Name != "occupancy" && table[row.Name][f.Name] != want {
					return fmt.Sprintf("%s of %s: the page shows %q, the API %s", f.Name, row.Name, table[row.Name][f.Name], want)
				}
			}
		}
		return ""
	}
	until(t, "the page shows what "+path+" tells", 15*time.Second, func() bool { return differs() == "" }, differs)
}

// written is a figure as the page writes it.
func written(v *float64, unit string) string {
	switch {
	case v == nil:
		return "—"
	case unit == "calls":
		return fmt.Sprintf("%.0f", *v)
	case unit == "ratio":
		return fmt.Sprintf("%.2f%%", *v*100)
	case unit == "s" && *v < 60:
		return fmt.Sprintf("%.1f 秒", *v)
	case unit == "s":
		return fmt.Sprintf("%d:%02d", int(*v)/60, int(*v)%60)
	}
	return fmt.Sprintf("%.2f", *v)
}

// savesWhatItShows saves the table as a file and reads it.
func (p *page) savesWhatItShows(t *testing.T, boss *person, path string) {
	t.Helper()
	if _, err := eval[bool](p, `(() => {
		const make = URL.createObjectURL
		URL.createObjectURL = (blob) => (blob.text().then((text) => (window.savedFile = text)), make.call(URL, blob))
		return true
	})()`); err != nil {
		t.Fatal(err)
	}
	p.click("export")
	var text string
	until(t, "the file is saved", patience, func() bool { text, _ = eval[string](p, `window.savedFile ?? ''`); return text != "" })
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	body := boss.counts(t, path)
	for _, name := range []string{"直通", "合计"} {
		i := slices.IndexFunc(lines, func(line []string) bool { return line[0] == name })
		if i < 0 {
			t.Errorf("the file has no row %s: %q", name, lines)
			continue
		}
		values := body.Total
		for _, row := range body.Rows {
			if row.Name == name {
				values = row.Values
			}
		}
		for k, f := range body.Figures {
			if v := values[f.Name]; f.Unit == "calls" && v != nil && lines[i][k+1] != fmt.Sprintf("%.0f", *v) {
				t.Errorf("%s of %s: the file tells %s, the API %v", f.Name, name, lines[i][k+1], *v)
			}
		}
	}
}
