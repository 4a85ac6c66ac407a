package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hotline/gateway/figures"
)

// Figures counts calls.
type Figures interface {
	// Report counts the calls of a period from what is stored. The query is one that Check allows.
	Report(ctx context.Context, q figures.Query) (*figures.Table, error)
	// Live counts the calls of the civil day so far or, rolling, of the last 24 hours, as they are known now.
	Live(ctx context.Context, by figures.By, rolling bool) (*figures.Table, error)
}

// ActionFiguresOfAgents is audited: it tells how each person works.
const ActionFiguresOfAgents = "figures.agents"

const (
	reportWithin  = 90 * time.Second // a month of a million calls takes some 20 s
	reportsAtOnce = 2
	watchingEvery = 15 * time.Minute // an entry for each who keeps looking at live figures of persons
)

type figuresIn struct {
	From  time.Time  `query:"from" required:"true" doc:"arrived at or after"`
	To    time.Time  `query:"to" required:"true" doc:"arrived before; by 5min at most 7 days later, else 31"`
	By    figures.By `query:"by" required:"true" enum:"total,line,queue,agent,5min,day"`
	Line  string     `query:"line" maxLength:"100" doc:"calls of this line only"`
	Queue string     `query:"queue" maxLength:"100" doc:"calls of this queue only"`
}

type liveIn struct {
	By     figures.By `query:"by" enum:"total,line,queue,agent,5min,day" default:"queue"`
	Window string     `query:"window" enum:"today,24h" default:"24h" doc:"the civil day so far, or the last 24 hours to the microsecond"`
}

// settingsView is the choices behind the figures.
type settingsView struct {
	AnswerWithin float64             `json:"answer_within_s" doc:"N of the N-second rate"`
	ClockStart   figures.Clock       `json:"clock_start" enum:"arrived,queued"`
	Denominator  figures.Denominator `json:"denominator" enum:"offered,offered_without_short_abandons"`
	ShortAbandon float64             `json:"short_abandon_s"`
	RepeatWithin float64             `json:"repeat_within_s"`
	SatisfiedTo  int                 `json:"satisfied_to"`
}

type figureView struct {
	Name       string       `json:"name"`
	Label      string       `json:"label"`
	Unit       figures.Unit `json:"unit" enum:"calls,ratio,s,grade"`
	Definition string       `json:"definition" doc:"in words, with the settings in force"`
}

type figuresRow struct {
	Name   string              `json:"name" doc:"line, queue or agent; empty by time"`
	From   *time.Time          `json:"from" doc:"when the five minutes or the day began; null otherwise"`
	Values map[string]*float64 `json:"values" doc:"by figure; null where there is nothing to divide by"`
}

type figuresOut struct {
	Body struct {
		From     time.Time           `json:"from"`
		To       time.Time           `json:"to"`
		By       figures.By          `json:"by"`
		Line     string              `json:"line"`
		Queue    string              `json:"queue"`
		Settings settingsView        `json:"settings"`
		Figures  []figureView        `json:"figures" nullable:"false" doc:"in the order they are shown"`
		Rows     []figuresRow        `json:"rows" nullable:"false"`
		Total    map[string]*float64 `json:"total"`
	}
}

func (h *Handler) registerFigures() {
	slots := make(chan struct{}, reportsAtOnce)
	watched := &watchers{since: map[string]time.Time{}}
	longer := huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		_, w := humago.Unwrap(ctx)
		// Where it cannot be set the server's own limit holds.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(reportWithin + time.Minute))
		next(ctx)
	}}
	register(h, huma.Operation{
		OperationID: "figures", Method: http.MethodGet, Path: "/api/figures", Middlewares: longer,
		Summary: "All figures of a period, with their definitions",
	}, func(ctx context.Context, in *figuresIn) (*figuresOut, error) {
		t, err := h.report(ctx, slots, in)
		if err != nil {
			return nil, err
		}
		return figuresOf(t), nil
	})
	register(h, huma.Operation{
		OperationID: "figures-csv", Method: http.MethodGet, Path: "/api/figures.csv", Middlewares: longer,
		Summary: "The same as a table for spreadsheets",
		Responses: map[string]*huma.Response{
			"200": {Description: "CSV", Content: map[string]*huma.MediaType{"text/csv": {}}},
		},
	}, func(ctx context.Context, in *figuresIn) (*csvOut, error) {
		who := whoIs(ctx)
		detail := map[string]any{"from": in.From, "to": in.To, "by": in.By}
		if err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionExport, Object: "figures.csv", Detail: detail, Address: who.Address}); err != nil {
			return nil, err
		}
		t, err := h.report(ctx, slots, in)
		if err != nil {
			return nil, err
		}
		return csvOf(t)
	})
	register(h, huma.Operation{
		OperationID: "figures-live", Method: http.MethodGet, Path: "/api/figures/live",
		Summary: "The figures of today or of the last 24 hours, up to now",
	}, func(ctx context.Context, in *liveIn) (*figuresOut, error) {
		if err := h.auditWatching(ctx, watched, in.By); err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		t, err := h.o.Figures.Live(asked, in.By, in.Window == "24h")
		if err != nil {
			return nil, err
		}
		return figuresOf(t), nil
	})
}

// report counts one period; a few at a time, the others wait.
func (h *Handler) report(ctx context.Context, slots chan struct{}, in *figuresIn) (*figures.Table, error) {
	q := figures.Query{From: in.From, To: in.To, By: in.By, Line: in.Line, Queue: in.Queue}
	if err := q.Check(); err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if err := h.auditFigures(ctx, q); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, reportWithin)
	defer cancel()
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return h.o.Figures.Report(ctx, q)
}

// auditFigures keeps who looked at figures of persons, before they are shown.
func (h *Handler) auditFigures(ctx context.Context, q figures.Query) error {
	if q.By != figures.ByAgent {
		return nil
	}
	who := whoIs(ctx)
	detail := map[string]any{"from": q.From, "to": q.To, "line": q.Line, "queue": q.Queue}
	return h.audit(ctx, AuditEntry{Who: who.No, Action: ActionFiguresOfAgents, Detail: detail, Address: who.Address})
}

// watchers are the accounts that look at live figures of persons, with when that was kept last.
type watchers struct {
	mu    sync.Mutex
	since map[string]time.Time
}

// due says whether it is to be kept again, and that it is being kept.
func (w *watchers) due(no string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if last, known := w.since[no]; known && now.Sub(last) < watchingEvery {
		return false
	}
	w.since[no] = now
	return true
}

// failed undoes due.
func (w *watchers) failed(no string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.since, no)
}

// auditWatching is auditFigures of a screen that asks every few seconds: one entry now and then tells as much.
func (h *Handler) auditWatching(ctx context.Context, w *watchers, by figures.By) error {
	who := whoIs(ctx)
	if by != figures.ByAgent || !w.due(who.No, time.Now()) {
		return nil
	}
	err := h.auditFigures(ctx, figures.Query{By: by})
	if err != nil {
		w.failed(who.No)
	}
	return err
}

func figuresOf(t *figures.Table) *figuresOut {
	q, set, list := t.Query, t.Settings, t.Figures()
	out := &figuresOut{}
	b := &out.Body
	b.From, b.To, b.By, b.Line, b.Queue = q.From, q.To, q.By, q.Line, q.Queue
	b.Settings = settingsView{
		set.AnswerWithin.Seconds(), set.ClockStart, set.Denominator, set.ShortAbandon.Seconds(), set.RepeatWithin.Seconds(), set.SatisfiedTo,
	}
	b.Figures = make([]figureView, len(list))
	for i, f := range list {
		b.Figures[i] = figureView{f.Name, f.Label, f.Unit, f.Definition}
	}
	rows := t.Rows()
	b.Rows = make([]figuresRow, len(rows))
	for i, r := range rows {
		b.Rows[i] = figuresRow{r.Name, at(r.Begin), values(list, r.Sum)}
	}
	b.Total = values(list, t.Total())
	return out
}

func values(list []figures.Figure, sum figures.Sum) map[string]*float64 {
	all := make(map[string]*float64, len(list))
	for _, f := range list {
		all[f.Name] = nil
		if v, ok := f.Value(sum); ok {
			all[f.Name] = &v
		}
	}
	return all
}
