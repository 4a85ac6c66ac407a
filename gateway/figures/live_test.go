package figures_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
)

func TestLiveFiguresAreThoseCountedByHand(t *testing.T) {
	t.Parallel()
	live, calls := figures.NewLive(), figurestest.Hour(t)
	rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	for _, c := range calls {
		live.Put(c)
		live.Put(c) // twice is once
	}
	for _, by := range []figures.By{figures.ByLine, figures.ByQueue, figures.ByAgent} {
		figurestest.CompareTable(t, live.Table(figures.Default(), hour(by)), false)
	}
}

func TestTheRollingDayIsExactToTheCall(t *testing.T) {
	t.Parallel()
	live, now := figures.NewLive(), figurestest.From
	for i, at := range []time.Duration{24*time.Hour + time.Microsecond, 24 * time.Hour, time.Hour, time.Microsecond, 0, -time.Second} {
		live.Put(figures.Call{ID: string(rune('a' + i)), ArrivedAt: now.Add(-at), EndedAt: now, Result: call.AbandonedGreeting})
	}
	q := figures.Rolling(now, figures.ByTotal, nil)
	if n := live.Table(figures.Default(), q).Total().Calls(); n != 3 { // the first instant counts, the last does not
		t.Errorf("%d calls", n)
	}
	live.Expire(now.Add(-24 * time.Hour))
	if n := live.Table(figures.Default(), q).Total().Calls(); n != 3 || live.Len() != 5 {
		t.Errorf("%d calls of %d", n, live.Len())
	}
	if _, kept := live.Get("a"); kept {
		t.Error("the expired call is there")
	}
	if c, kept := live.Get("b"); !kept || c.ID != "b" {
		t.Error(c, kept)
	}
}

func TestTodayBeginsAtTheCitysMidnight(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	q := figures.Today(figurestest.From, figures.By5Min, zone)
	want := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	if !q.From.Equal(want) || !q.To.Equal(figurestest.From) {
		t.Error(q.From, q.To)
	}
	days := figures.NewTable(figures.Default(), figures.Query{
		From: want.Add(-time.Hour), To: want.Add(time.Hour), By: figures.ByDay, Zone: zone,
	}).Rows()
	if len(days) != 2 || days[1].Begin.Format("01-02 15:04") != "11-21 00:00" {
		t.Error(days)
	}
}

// TestGatheredCallsAreWhole tells the story of the hour as the journal is told it.
func TestGatheredCallsAreWhole(t *testing.T) {
	t.Parallel()
	live := figures.NewLive()
	g := figures.NewGather(live.Put)
	for _, c := range figurestest.Hour(t) {
		id := call.ID(c.ID)
		begun := figures.Call{ID: c.ID, Number: c.Number, Line: c.Line, Queue: c.Queue, ArrivedAt: c.ArrivedAt}
		g.Call(begun)
		for n := 1; n <= c.FailedOffers; n++ {
			g.Offer(call.OfferRecord{Call: id, N: n})
			g.Offer(call.OfferRecord{Call: id, N: n, Outcome: call.OfferNoAnswer})
			g.Offer(call.OfferRecord{Call: id, N: n, Outcome: call.OfferNoAnswer}) // written twice
		}
		g.Offer(call.OfferRecord{Call: id, N: 9, Outcome: call.OfferWithdrawn})
		if c.Hold > 0 { // once for a second, then to the end
			g.Change(call.Change{Call: id, At: c.TalkingAt.Add(time.Second), From: call.Talking, To: call.Held})
			g.Change(call.Change{Call: id, At: c.TalkingAt.Add(2 * time.Second), From: call.Held, To: call.Talking})
			g.Change(call.Change{Call: id, At: c.EndedAt.Add(time.Second - c.Hold), From: call.Talking, To: call.Held})
		}
		known := c
		known.FailedOffers, known.Hold, known.Wrap, known.LastAt = 0, 0, 0, time.Time{}
		g.Call(known)
		g.Change(call.Change{Call: id, At: c.EndedAt, From: call.Held, To: call.Ended})
		if c.Wrap > 0 {
			g.Agent(agent.Change{Agent: c.Agent, At: c.EndedAt, State: agent.WrapUp, Call: c.ID})
			g.Agent(agent.Change{Agent: c.Agent, At: c.EndedAt.Add(c.Wrap), State: agent.Ready})
		}
	}
	for _, want := range figurestest.Hour(t) {
		if got, _ := live.Get(want.ID); got != want {
			t.Errorf("is   %+v\nwant %+v", got, want)
		}
	}
	figurestest.CompareTable(t, live.Table(figures.Default(), hour(figures.ByLine)), false)
}

func TestGatherGoesOnFromTheTables(t *testing.T) {
	t.Parallel()
	live := figures.NewLive()
	g := figures.NewGather(live.Put)
	at := figurestest.From
	g.Resume(figures.Call{ID: "old", Number: "139", ArrivedAt: at, EndedAt: at, Result: call.Abandoned})
	g.Resume(figures.Call{ID: "open", ArrivedAt: at, FailedOffers: 2, Hold: time.Second})
	g.Call(figures.Call{ID: "open", ArrivedAt: at, QueuedAt: at, EndedAt: at.Add(time.Minute), Result: call.Abandoned})
	g.Call(figures.Call{ID: "new", Number: "139", ArrivedAt: at.Add(time.Hour), EndedAt: at.Add(time.Hour), Result: call.Abandoned})
	if c, _ := live.Get("open"); c.FailedOffers != 2 || c.Hold != time.Second || live.Len() != 3 {
		t.Errorf("%+v of %d", c, live.Len())
	}
	if c, _ := live.Get("new"); !c.LastAt.Equal(at) {
		t.Errorf("called before at %v", c.LastAt)
	}
	g.Expire(at.Add(48*time.Hour), 24*time.Hour)
	g.Call(figures.Call{ID: "later", Number: "139", ArrivedAt: at.Add(48 * time.Hour), Result: call.Abandoned})
	if c, _ := live.Get("later"); !c.LastAt.IsZero() {
		t.Error("a number is remembered for ever")
	}
}

func BenchmarkRollingDayOf87000Calls(b *testing.B) {
	live := figures.NewLive()
	calls := figurestest.Hour(b)
	for i := range 174 {
		for _, c := range calls {
			shift := time.Duration(i) * 8 * time.Minute
			c.ID += string(rune(0x4e00 + i))
			c.ArrivedAt, c.EndedAt, c.TalkingAt = c.ArrivedAt.Add(shift), c.EndedAt.Add(shift), c.TalkingAt.Add(shift)
			live.Put(c)
		}
	}
	q := figures.Rolling(figurestest.From.Add(24*time.Hour), figures.ByQueue, nil)
	for b.Loop() {
		live.Table(figures.Default(), q)
	}
}
