package app

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
	"hotline/gateway/metrics"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// past is a journal and its tables.
type past struct {
	mu    sync.Mutex
	away  bool
	calls []figures.Call
}

func (p *past) Append(switchboard.Entry) {}

func (p *past) Flush(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away {
		return errors.New("away")
	}
	return nil
}

func (p *past) FigureCalls(_ context.Context, q figures.Query, each func(figures.Call)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		if !c.ArrivedAt.Before(q.From) && c.ArrivedAt.Before(q.To) {
			each(c)
		}
	}
	return nil
}

func (p *past) FigureStays(context.Context, time.Time, time.Time, func(figures.Stay)) error {
	return nil
}

// scraped is what the metrics say.
func scraped(t testing.TB, m *metrics.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	return w.Body.String()
}

// answered is an answered call of the general queue and its agent's wrap-up, as the switchboard tells them.
func answered(c switchboard.Journal, id string, at time.Time) {
	r := call.Record{ID: call.ID(id), Line: "12345", Queue: "general", State: call.Waiting, Version: 1, ArrivedAt: at, QueuedAt: at}
	begun := r
	c.Append(switchboard.Entry{Call: &begun})
	r.TalkingAt, r.EndedAt, r.Agent, r.Result, r.State, r.Version = at.Add(9*time.Second), at.Add(time.Minute), "8001", call.Answered, call.Ended, 5
	c.Append(switchboard.Entry{Call: &r})
	c.Append(switchboard.Entry{Agent: &agent.Change{Agent: "8001", At: r.EndedAt, State: agent.WrapUp, Call: id}})
	c.Append(switchboard.Entry{Agent: &agent.Change{Agent: "8001", At: r.EndedAt.Add(30 * time.Second), State: agent.Ready}})
}

// counting runs a counter and returns what it told so far.
func counting(t *testing.T, p *past) (*counter, *metrics.Metrics) {
	m := metrics.New("test")
	c := newCounter(p, p, m, figures.Default(), storetest.Log(t))
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go c.Run(ctx)
	synctest.Wait()
	return c, m
}

func total(t *testing.T, c *counter) figures.Sum {
	t.Helper()
	table, err := c.Live(t.Context(), figures.ByTotal, true)
	if err != nil {
		t.Fatal(err)
	}
	return table.Total()
}

func TestFiguresOfTheMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		p := &past{}
		for _, c := range figurestest.Hour(t) { // a day and an hour ago: half of it has left the 24 hours
			shift := now.Add(-24*time.Hour - 29*time.Minute - 54*time.Second).Sub(figurestest.From)
			c.ArrivedAt = c.ArrivedAt.Add(shift)
			p.calls = append(p.calls, c)
		}
		c, m := counting(t, p)
		if n := total(t, c).Calls(); n != 250 {
			t.Errorf("%d calls of the day before", n)
		}
		if text := scraped(t, m); strings.Contains(text, "hotline_requests_total{") || !strings.Contains(text, `hotline_day_requests{queue="general"} 150`) {
			t.Errorf("calls of an earlier run are counted again, or not known: %s", text)
		}
		answered(c, "new", time.Now().Add(-time.Second))
		if s := total(t, c); s.Calls() != 251 {
			t.Errorf("a call that has just ended is not known: %d", s.Calls())
		}
		table, err := c.Live(t.Context(), figures.ByAgent, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table.Rows() {
			if wrap, _ := row.Sum.Wrap(); row.Name == "8001" && wrap != (10*10*time.Second+30*time.Second)/11 {
				t.Errorf("wrap-up %v", wrap)
			}
		}
		time.Sleep(figuresEvery)
		synctest.Wait()
		for _, want := range []string{
			`hotline_requests_total{line="12345",queue="general"} 1`, `hotline_answers_in_time_total{line="12345",queue="general"} 1`,
			`hotline_wait_seconds_sum{queue="general"} 9`, `hotline_day_requests{queue="general"} 151`,
		} {
			if text := scraped(t, m); !strings.Contains(text, want+"\n") {
				t.Errorf("no %s in %s", want, text)
			}
		}
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		if n := total(t, c).Calls(); n != 0 || c.live.Len() != 0 {
			t.Errorf("%d calls, %d kept", n, c.live.Len())
		}
	})
}

func TestFiguresWithoutADatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &past{away: true, calls: []figures.Call{{ID: "old", Queue: "general", ArrivedAt: time.Now().Add(-time.Second), Result: call.LostSystem}}}
		c, m := counting(t, p)
		answered(c, "new", time.Now().Add(-time.Second))
		if n := total(t, c).Calls(); n != 1 {
			t.Errorf("%d calls", n)
		}
		p.mu.Lock()
		p.away = false
		p.calls = append(p.calls, figures.Call{ID: "new", Queue: "general", ArrivedAt: time.Now().Add(-time.Second), Result: call.Answered})
		p.mu.Unlock()
		time.Sleep(figuresAgain + figuresEvery)
		synctest.Wait()
		if n := total(t, c).Calls(); n != 2 {
			t.Errorf("%d calls after the database has come back", n)
		}
		if text := scraped(t, m); strings.Count(text, "hotline_requests_total{") != 1 || !strings.Contains(text, `hotline_day_requests{queue="general"} 2`) {
			t.Error(text)
		}
	})
}

func TestWhatTheCounterMissedItReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &past{}
		m := metrics.New("test")
		c := newCounter(p, p, m, figures.Default(), storetest.Log(t))
		for range figuresQueue/4 + 10 { // nobody takes them
			answered(c, "again", time.Now())
		}
		p.calls = []figures.Call{
			{ID: "again", ArrivedAt: time.Now(), Result: call.Answered}, {ID: "missed", ArrivedAt: time.Now(), Result: call.Answered},
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go c.Run(ctx)
		time.Sleep(figuresAgain + figuresEvery)
		synctest.Wait()
		if n := total(t, c).Calls(); n != 2 {
			t.Errorf("%d calls", n)
		}
	})
}
