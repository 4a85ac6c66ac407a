package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hotline/gateway/figures"
)

type csvOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// byteOrderMark tells Excel that the text is UTF-8.
const byteOrderMark = "\uFEFF"

const (
	csvTime = "2006-01-02 15:04:05"
	fileDay = "20060102"
)

// units as they stand behind a label; a ratio is told in percent.
var units = map[figures.Unit]string{figures.Count: "", figures.Ratio: "（%）", figures.Seconds: "（秒）", figures.Grade: ""}

// groupLabels head the first column.
var groupLabels = map[figures.By]string{
	figures.ByTotal: "合计", figures.ByLine: "热线号码", figures.ByQueue: "技能队列", figures.ByAgent: "工号",
	figures.By5Min: "时段", figures.ByDay: "日期",
}

// csvOf writes a table: what was asked for, a line for each group, the total, and what each figure means.
func csvOf(t *figures.Table) (*csvOut, error) {
	q, list := t.Query, t.Figures()
	zone := q.Zone
	if zone == nil {
		zone = figures.China
	}
	var text bytes.Buffer
	text.WriteString(byteOrderMark)
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	write := func(cells ...string) {
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		_ = w.Write(cells) // its errors come with Error below
	}
	write("统计时段", q.From.In(zone).Format(csvTime), q.To.In(zone).Format(csvTime), "热线号码", all(q.Line), "技能队列", all(q.Queue))
	head := []string{groupLabels[q.By]}
	for _, f := range list {
		head = append(head, f.Label+units[f.Unit])
	}
	write(head...)
	for _, r := range t.Rows() {
		name := r.Name
		if !r.Begin.IsZero() {
			name = r.Begin.Format(beginLayout(q.By))
		}
		write(append([]string{name}, cells(list, r.Sum)...)...)
	}
	write(append([]string{"合计"}, cells(list, t.Total())...)...)
	write("指标", "口径")
	for _, f := range list {
		write(f.Label, f.Definition)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("write figures: %w", err)
	}
	name := fmt.Sprintf("figures-%s-%s-%s.csv", q.By, q.From.In(zone).Format(fileDay), q.To.In(zone).Format(fileDay))
	return &csvOut{"text/csv; charset=utf-8", `attachment; filename="` + name + `"`, text.Bytes()}, nil
}

// cells are a sum's figures; what is not known is empty.
func cells(list []figures.Figure, sum figures.Sum) []string {
	texts := make([]string, len(list))
	for i, f := range list {
		v, ok := f.Value(sum)
		switch {
		case !ok:
		case f.Unit == figures.Count:
			texts[i] = strconv.FormatFloat(v, 'f', 0, 64)
		case f.Unit == figures.Ratio:
			texts[i] = strconv.FormatFloat(v*100, 'f', 2, 64)
		default:
			texts[i] = strconv.FormatFloat(v, 'f', 2, 64)
		}
	}
	return texts
}

func beginLayout(by figures.By) string {
	if by == figures.ByDay {
		return time.DateOnly
	}
	return "2006-01-02 15:04"
}

func all(name string) string {
	if name == "" {
		return "全部"
	}
	return name
}

// harmless keeps a spreadsheet from taking text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
