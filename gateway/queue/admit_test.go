package queue

import (
	"fmt"
	"testing"
)

var (
	message = Target{ToMessage, "busy"}
	region  = Target{ToRegion, "12345-next"}
	general = Target{ToQueue, "general"}
)

// crowd makes a queue in which n callers wait since 0, 1, 2 …
func crowd(defs []Definition, n int) *Queue {
	q := New(defs, nil)
	for i := range n {
		q.Wait(caller(fmt.Sprint("c", i), "social", i))
	}
	return q
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	rules := func(o ...Overflow) Definition { return Definition{Name: "social", Overflow: o} }
	full := func(d Definition) Definition { d.MaxWaiting = 3; return d }
	for _, c := range []struct {
		name    string
		def     Definition
		waiting int
		lost    int
		ready   int
		surge   bool
		want    Decision
	}{
		{name: "no rule", def: rules(), waiting: 9, want: stay},
		{name: "not full", def: full(rules()), waiting: 2, want: stay},
		{name: "full without a target", def: full(rules()), waiting: 3, want: Decision{Refused: true, Why: Full}},
		{name: "full, the first target decides", def: full(rules(Overflow{Longest: seconds(999), To: message}, Overflow{To: region})),
			waiting: 3, want: Decision{To: message, Why: Full}},
		{name: "not as many", def: rules(Overflow{Waiting: 4, To: message}), waiting: 3, want: stay},
		{name: "as many", def: rules(Overflow{Waiting: 4, To: message}), waiting: 4, want: Decision{To: message, Why: TooMany}},
		{name: "an agent is ready", def: rules(Overflow{Waiting: 4, To: message}), waiting: 4, ready: 5, want: stay},
		{name: "not as long", def: rules(Overflow{Longest: seconds(101), To: message}), waiting: 1, want: stay},
		{name: "as long", def: rules(Overflow{Longest: seconds(100), To: message}), waiting: 1, want: Decision{To: message, Why: TooLong}},
		{name: "not as lossy", def: rules(Overflow{LossRate: 0.1, To: region}), waiting: 1, lost: 4, want: stay},
		{name: "as lossy", def: rules(Overflow{LossRate: 0.1, To: region}), waiting: 1, lost: 5, want: Decision{To: region, Why: TooLossy}},
		{name: "lossy, but nobody waits", def: rules(Overflow{LossRate: 0.1, To: region}), lost: 50, want: stay},
		{name: "the second rule", def: rules(Overflow{Waiting: 9, To: message}, Overflow{Waiting: 2, To: region}), waiting: 2,
			want: Decision{To: region, Why: TooMany}},
		{name: "no condition", def: rules(Overflow{To: message}), waiting: 50, want: stay},
		{name: "surge", def: rules(Overflow{To: message}), surge: true, want: Decision{To: message, Why: InSurge}},
		{name: "surge with an agent", def: rules(Overflow{To: message}), surge: true, ready: 1, want: stay},
		{name: "surge without a target", def: rules(), waiting: 2, surge: true, want: stay},
	} {
		q := crowd([]Definition{c.def}, c.waiting)
		for n := range 60 {
			q.Result("social", n >= 60-c.lost)
		}
		for n := range c.ready {
			q.Ready(fmt.Sprint("a", n), t0, 0)
		}
		q.Surge("social", c.surge)
		if got := q.Admit("social", after(100)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	q := New(nil, nil)
	q.Surge("none", true)
	q.Result("none", true)
	if got := q.Admit("none", after(100)); got != stay {
		t.Errorf("a queue that nobody defined: %+v", got)
	}
}

func TestOverflowIntoAQueueThatOverflows(t *testing.T) {
	t.Parallel()
	social := Definition{Name: "social", Overflow: []Overflow{{Waiting: 1, To: general}, {Waiting: 1, To: message}}}
	into := func(d Definition, n int) Decision {
		q := crowd([]Definition{social, d}, 1)
		for i := range n {
			q.Wait(caller(fmt.Sprint("g", i), "general", i))
		}
		return q.Admit("social", after(100))
	}
	for _, c := range []struct {
		name    string
		general Definition
		waiting int
		want    Target
	}{
		{"has room", Definition{Name: "general"}, 5, general},
		{"sends on", Definition{Name: "general", Overflow: []Overflow{{Waiting: 5, To: region}}}, 5, region},
		{"is full", Definition{Name: "general", MaxWaiting: 5}, 5, message},
	} {
		if got := into(c.general, c.waiting); got != (Decision{To: c.want, Why: TooMany}) {
			t.Errorf("the other queue %s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestALoopThatSlippedThrough asks queues that Check would have refused.
func TestALoopThatSlippedThrough(t *testing.T) {
	t.Parallel()
	q := New([]Definition{
		{Name: "social", MaxWaiting: 1, Overflow: []Overflow{{To: general}}},
		{Name: "general", MaxWaiting: 1, Overflow: []Overflow{{To: Target{ToQueue, "social"}}}},
	}, nil)
	q.Wait(caller("c1", "social", 1))
	q.Wait(caller("c2", "general", 2))
	if got := q.Admit("social", after(5)); !got.Refused {
		t.Errorf("%+v", got)
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	q := crowd([]Definition{
		{Name: "social", MaxWaiting: 1, Overflow: []Overflow{{Waiting: 1, To: region}, {Longest: seconds(50), To: general}}},
		{Name: "general", MaxWaiting: 1},
	}, 3)
	q.Surge("social", true)
	if got := q.Review("c0", after(49)); got != stay {
		t.Errorf("before his time: %+v", got)
	}
	if got := q.Review("c0", after(50)); got != (Decision{To: general, Why: TooLong}) {
		t.Errorf("at his time: %+v", got)
	}
	q.Move("c0", "general")
	if got := q.Review("c1", after(60)); got != stay {
		t.Errorf("the target is full: %+v", got)
	}
	if got := q.Review("nobody", after(60)); got != stay {
		t.Errorf("who does not wait: %+v", got)
	}
}
