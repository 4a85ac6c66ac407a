package queue

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestEstimatesOfASteadyQueue lets a caller be served every 10 s and 30 wait all the time.
func TestEstimatesOfASteadyQueue(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}}, nil)
	n := 0
	come := func(now time.Time) {
		q.Wait(Caller{ID: fmt.Sprint("c", n), Queue: "general", Since: now})
		n++
	}
	now := t0
	serve := func() {
		now = now.Add(10 * time.Second)
		q.Ready("a", now, 0)
		if _, _, ok := q.Next(now); !ok {
			t.Fatal("nobody was served")
		}
		come(now)
	}
	for range 30 {
		come(now)
	}
	for range enough - 1 {
		serve()
	}
	if p, _ := q.Place(fmt.Sprint("c", n-1)); p.Known || p.Position != 30 {
		t.Errorf("foretold too early: %+v", p)
	}
	for range 500 {
		serve()
	}
	for ahead := range 30 {
		p, _ := q.Place(fmt.Sprint("c", n-30+ahead))
		if want := float64(10 * (ahead + 1)); p.Position != ahead+1 || !p.Known || math.Abs(p.Wait.Seconds()-want) > 0.05*want {
			t.Errorf("place %d: %+v, want %v s", ahead+1, p, want)
		}
	}
	if f, _ := q.Figures("general"); !f.EstimateKnown || math.Abs(f.Estimate.Seconds()-310) > 15 || f.EstimateError > 10*time.Second {
		t.Errorf("%+v", f)
	}
}

// TestEstimatesCountOnThoseWhoGiveUp lets those who wait lose patience after 100 s on average.
func TestEstimatesCountOnThoseWhoGiveUp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	q := New([]Definition{{Name: "general"}}, nil)
	gone := map[int][]string{} // by second
	var off, last, naive float64
	forecasts := 0
	told := map[string]Place{}
	began := map[string]int{}
	for s := range 40_000 {
		now := after(s)
		for _, id := range gone[s] {
			q.Leave(id)
		}
		if r.IntN(2) == 0 { // twice as many as are served
			id := fmt.Sprint("c", s)
			q.Wait(Caller{ID: id, Queue: "general", Since: now})
			at := s + 1 + int(r.ExpFloat64()*100)
			gone[at] = append(gone[at], id)
			told[id], _ = q.Place(id)
			began[id] = s
		}
		if r.IntN(4) > 0 {
			q.Next(now)
			continue
		}
		q.Ready("a", now, 0)
		id, _, ok := q.Next(now)
		if !ok {
			continue
		}
		waited := float64(s - began[id])
		if p := told[id]; p.Known && waited > 0 {
			forecasts++
			off += math.Abs(p.Wait.Seconds() - waited)
			naive += math.Abs(float64(p.Position)*4 - waited)
			last += waited
		}
	}
	n := float64(forecasts)
	if forecasts < 1000 || off/n > 0.35*last/n || off > 0.7*naive {
		t.Errorf("%d forecasts, off by %.1f s of %.1f s; position times pace is off by %.1f s", forecasts, off/n, last/n, naive/n)
	}
	f, _ := q.Figures("general")
	if e := f.EstimateError.Seconds(); e < 0.5*off/n || e > 2*off/n {
		t.Errorf("says it is off by %.1f s, is by %.1f s", e, off/n)
	}
}

// TestWhoComesBackTeachesNothing has callers return after failed offers: their second wait is no measure of what they
// were told.
func TestWhoComesBackTeachesNothing(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}}, nil)
	q.Next(after(1000))
	q.Wait(caller("c", "general", 0))
	if f := q.waiters[q.find("c")].forecast; f.position != 0 {
		t.Errorf("foretold %+v", f)
	}
	q.Ready("a", t0, 0)
	q.Next(after(500)) // the clock was set back
	if e := &q.lane("general").estimator; e.served != 0 || e.interval < 0 {
		t.Errorf("learnt %+v", e)
	}
}

// TestIdleTimeIsNoPace leaves the queue empty for hours in every way there is: the pace is that of callers who wait.
func TestIdleTimeIsNoPace(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}, {Name: "other"}}, nil)
	now := t0
	wait := func(id string) { q.Wait(Caller{ID: id, Queue: "general", Since: now}) }
	for n := range 100 {
		wait("c1")
		wait("c2")
		for range 2 {
			now = now.Add(10 * time.Second)
			q.Ready("a", now, 0)
			q.Next(now)
		}
		wait("c3")
		if n%2 == 0 {
			q.Leave("c3")
		} else {
			q.Move("c3", "other")
			q.Leave("c3")
		}
		now = now.Add(5 * time.Hour)
		q.Next(now)
	}
	if e := &q.lane("general").estimator; e.served != 200 || math.Abs(e.interval-10) > 0.001 {
		t.Errorf("%d services, one every %.1f s", e.served, e.interval)
	}
	wait("c1")
	now = now.Add(100 * time.Hour) // the clock was set
	q.Ready("a", now, 0)
	q.Next(now)
	if e := &q.lane("general").estimator; e.interval > 20 {
		t.Errorf("one every %.1f s after the clock was set", e.interval)
	}
}

// TestOneLongWaitIsNotARule has a crowd served quickly, then one caller who waits long for the only agent: what the
// next is told does not follow from him alone.
func TestOneLongWaitIsNotARule(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}}, nil)
	now := t0
	serve := func(after time.Duration) {
		now = now.Add(after)
		q.Ready("a", now, 0)
		q.Next(now)
	}
	for n := range 22 {
		q.Wait(caller(fmt.Sprint("c", n), "general", 0))
	}
	for range 22 {
		serve(30 * time.Millisecond)
	}
	q.Wait(Caller{ID: "long", Queue: "general", Since: now})
	serve(12 * time.Second)
	q.Wait(Caller{ID: "next", Queue: "general", Since: now})
	if p, _ := q.Place("next"); !p.Known || p.Wait > 5*time.Second {
		t.Errorf("one in 23 waited 12 s, and the next is told %v", p.Wait)
	}
}
