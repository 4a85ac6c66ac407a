package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/figures"
	"hotline/gateway/switchboard"
)

const (
	figuresQueue = 1 << 16                // entries on their way to the counter
	figuresTake  = 250 * time.Millisecond // between looks at what has come: one at each entry would wake a thread for it
	figuresEvery = 5 * time.Second        // the metrics of the rolling day are made anew
	figuresKeep  = 24*time.Hour + 5*time.Minute
	figuresAgain = 30 * time.Second // between attempts to read the day from the tables
	figuresFlush = 2 * time.Second  // for the journal to write what it has, before that
	figuresRead  = 20 * time.Second // a record day of 87,000 calls takes some 2 s
)

// figuresStore is what the counter needs of the store.
type figuresStore interface {
	FigureCalls(ctx context.Context, q figures.Query, each func(figures.Call)) error
	FigureStays(ctx context.Context, from, to time.Time, each func(figures.Stay)) error
}

// figuresJournal is the journal that the counter listens to.
type figuresJournal interface {
	switchboard.Journal
	Flush(ctx context.Context) error
}

// figuresMeter is told what is counted.
type figuresMeter interface {
	CallCounted(line, queue string, v figures.Verdict)
	RollingDay(byLine, byQueue *figures.Table)
}

// counter stands between the switchboard and the journal and counts what passes, so that screens and metrics know the
// figures of this moment. The switchboard never waits for it: what it misses while it cannot keep up it reads from the
// tables later. It is the web's Figures.
type counter struct {
	journal  figuresJournal
	store    figuresStore
	meter    figuresMeter
	log      *slog.Logger
	now      func() time.Time
	settings atomic.Pointer[figures.Settings]
	in       chan switchboard.Entry
	asked    chan question
	missed   atomic.Bool

	// Only Run's goroutine has these.
	live   *figures.Live
	gather *figures.Gather
	fresh  map[string]bool // calls that are not in the counters yet
	whole  bool            // the day has been read from the tables
	tried  time.Time
}

// question asks for a table.
type question struct {
	query  func(now time.Time) figures.Query
	answer chan<- *figures.Table
}

func newCounter(j figuresJournal, s figuresStore, m figuresMeter, set figures.Settings, log *slog.Logger) *counter {
	c := &counter{
		journal: j, store: s, meter: m, log: log, now: time.Now,
		in: make(chan switchboard.Entry, figuresQueue), asked: make(chan question),
	}
	c.Set(set)
	c.reset()
	return c
}

// Set changes the choices; everything is counted by them from now on.
func (c *counter) Set(set figures.Settings) { c.settings.Store(&set) }

// Append implements switchboard.Journal.
func (c *counter) Append(e switchboard.Entry) {
	c.journal.Append(e)
	if e.Call == nil && e.Offer == nil && e.Change == nil && e.Agent == nil {
		return
	}
	select {
	case c.in <- e:
	default:
		c.missed.Store(true)
	}
}

// Run counts until ctx ends.
func (c *counter) Run(ctx context.Context) error {
	take := time.NewTicker(figuresTake)
	defer take.Stop()
	tick := time.NewTicker(figuresEvery)
	defer tick.Stop()
	c.turn(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-take.C:
			c.drain()
		case q := <-c.asked:
			c.drain()
			q.answer <- c.live.Table(*c.settings.Load(), q.query(c.now()))
		case <-tick.C:
			c.drain()
			c.turn(ctx)
		}
	}
}

// turn does what is due now and then.
func (c *counter) turn(ctx context.Context) {
	now, set := c.now(), *c.settings.Load()
	if c.missed.Load() {
		c.whole = false
	}
	if !c.whole && now.Sub(c.tried) >= figuresAgain {
		c.tried = now
		c.refill(ctx, now, set)
	}
	for id := range c.fresh {
		if one, ok := c.live.Get(id); ok {
			c.meter.CallCounted(one.Line, one.Queue, set.Judge(one))
		}
	}
	clear(c.fresh)
	c.live.Expire(now.Add(-figuresKeep))
	c.gather.Expire(now, set.RepeatWithin)
	c.meter.RollingDay(c.live.Table(set, figures.Rolling(now, figures.ByLine, nil)),
		c.live.Table(set, figures.Rolling(now, figures.ByQueue, nil)))
}

// refill reads the last day from the tables, once the journal has written what it has. While PostgreSQL is away the
// figures are of what has passed since the start.
func (c *counter) refill(ctx context.Context, now time.Time, set figures.Settings) {
	c.missed.Store(false)
	calls, err := c.read(ctx, figures.Query{From: now.Add(-max(figuresKeep, set.RepeatWithin)), To: now.Add(time.Hour)})
	if err != nil {
		c.log.Warn("figures begin with the calls from now on; the day will be read when the database answers", "err", err)
		return
	}
	fresh := c.fresh
	c.reset()
	for _, one := range calls {
		c.gather.Resume(one)
	}
	c.fresh, c.whole = fresh, true // those of the tables are in the counters of an earlier run
}

func (c *counter) read(ctx context.Context, q figures.Query) (calls []figures.Call, err error) {
	flushing, cancel := context.WithTimeout(ctx, figuresFlush)
	defer cancel()
	if err := c.journal.Flush(flushing); err != nil {
		return nil, err
	}
	reading, cancel := context.WithTimeout(ctx, figuresRead)
	defer cancel()
	err = c.store.FigureCalls(reading, q, func(call figures.Call) { calls = append(calls, call) })
	return calls, err
}

func (c *counter) reset() {
	c.live, c.fresh = figures.NewLive(), map[string]bool{}
	c.gather = figures.NewGather(func(call figures.Call) {
		if _, known := c.live.Get(call.ID); !known {
			c.fresh[call.ID] = true
		}
		c.live.Put(call)
	})
}

// drain takes what has come already.
func (c *counter) drain() {
	for range len(c.in) {
		c.take(<-c.in)
	}
}

func (c *counter) take(e switchboard.Entry) {
	switch {
	case e.Call != nil && e.Call.Direction == call.Outbound, e.Change != nil && call.IsOutbound(e.Change.Call),
		e.Offer != nil && call.IsOutbound(e.Offer.Call): // figures are of those who call us
	case e.Call != nil:
		c.gather.Call(figures.FromRecord(*e.Call))
	case e.Offer != nil:
		c.gather.Offer(*e.Offer)
	case e.Change != nil:
		c.gather.Change(*e.Change)
	case e.Agent != nil:
		c.gather.Agent(*e.Agent)
	}
}

// Report implements web.Figures.
func (c *counter) Report(ctx context.Context, q figures.Query) (*figures.Table, error) {
	t := figures.NewTable(*c.settings.Load(), q)
	if err := c.store.FigureCalls(ctx, q, t.Add); err != nil {
		return nil, err
	}
	if q.Line != "" || q.Queue != "" { // agents' time is no line's
		return t, nil
	}
	to := q.To
	if now := c.now(); now.Before(to) {
		to = now
	}
	if err := c.store.FigureStays(ctx, q.From, to, t.AddStay); err != nil {
		return nil, err
	}
	return t, nil
}

// Live implements web.Figures.
func (c *counter) Live(ctx context.Context, by figures.By, rolling bool) (*figures.Table, error) {
	answer := make(chan *figures.Table, 1)
	q := question{answer: answer, query: func(now time.Time) figures.Query {
		if rolling {
			return figures.Rolling(now, by, nil)
		}
		return figures.Today(now, by, nil)
	}}
	select {
	case c.asked <- q:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case t := <-answer:
		return t, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
