package queue

import (
	"fmt"
	"testing"
	"time"
)

// crowdedHall is a queue in which the same number wait all the time, in 8 queues with skills and priorities, and most
// agents are ready for a ninth that nobody calls: both sides are as deep as they get.
type crowdedHall struct {
	*Queue
	now    time.Time
	next   string // name of the next who comes
	n      int
	queues []string
	staff  []string
}

const working = 50 // agents who are offered calls in turn

func newCrowdedHall(waiting, agents int) *crowdedHall {
	h := &crowdedHall{now: t0, next: "c"}
	defs := []Definition{{Name: "rare", Needs: []Need{{"rare", 1}}}}
	for n := range 8 {
		h.queues = append(h.queues, fmt.Sprint("q", n))
		defs = append(defs, Definition{Name: h.queues[n], Needs: []Need{{fmt.Sprint("s", n), 1}}})
	}
	h.Queue = New(defs, Credits{Elderly: time.Minute, From110: 5 * time.Minute})
	for n := range agents {
		agent, levels := fmt.Sprint("a", n), map[string]int{"rare": 1}
		if n < working {
			h.staff = append(h.staff, agent)
			for _, s := range []int{n, n + 1, n + 3} {
				levels[fmt.Sprint("s", s%8)] = 1
			}
		}
		h.Skills(agent, levels)
		if n >= working {
			h.Ready(agent, t0.Add(time.Duration(n*7919%agents)*time.Second), 0)
		}
	}
	for n := range waiting {
		h.come(fmt.Sprint("c", n))
	}
	h.Unattended()
	return h
}

var benchPriorities = [10]Priority{3: Elderly, 7: From110}

func (h *crowdedHall) come(name string) {
	h.n++
	h.now = h.now.Add(50 * time.Millisecond)
	h.Wait(Caller{ID: name, Queue: h.queues[h.n%len(h.queues)], Since: h.now, Priority: benchPriorities[h.n%len(benchPriorities)]})
}

// match lets a caller come and an agent be ready, and pairs who is next.
func (h *crowdedHall) match() (ok bool) {
	h.come(h.next)
	h.Ready(h.staff[h.n%len(h.staff)], h.now, 0)
	h.next, _, ok = h.Next(h.now)
	return ok
}

func benchmarkMatch(b *testing.B, waiting, agents int) {
	h := newCrowdedHall(waiting, agents)
	for range 2 * waiting {
		h.match()
	}
	b.ReportAllocs()
	for b.Loop() {
		if !h.match() {
			b.Fatal("nobody was paired")
		}
	}
	if n, _ := h.Length(); n != waiting {
		b.Fatalf("%d wait at the end", n)
	}
}

// BenchmarkMatch is one caller who comes, one agent who becomes ready, and their pairing.
func BenchmarkMatch(b *testing.B) { benchmarkMatch(b, 10_000, 5_000) }

// BenchmarkGrowth is the same with ever more who wait, and half as many agents.
func BenchmarkGrowth(b *testing.B) {
	for _, waiting := range []int{100, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) { benchmarkMatch(b, waiting, waiting/2+working) })
	}
}

// BenchmarkPlace is the position of somebody in the middle.
func BenchmarkPlace(b *testing.B) {
	h := newCrowdedHall(10_000, 5_000)
	b.ReportAllocs()
	for b.Loop() {
		if p, ok := h.Place("c5000"); !ok || p.Position < 2 {
			b.Fatal(p)
		}
	}
}

func TestAMatchAllocatesNothing(t *testing.T) {
	h := newCrowdedHall(1000, 500)
	for range 20_000 {
		h.match()
	}
	if n := testing.AllocsPerRun(20_000, func() { h.match() }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkConfigure is new definitions for 10,000 who wait and 5,000 agents.
func BenchmarkConfigure(b *testing.B) {
	h := newCrowdedHall(10_000, 5_000)
	var defs []Definition
	for _, l := range h.lanes {
		defs = append(defs, l.Definition)
	}
	for b.Loop() {
		if err := h.Configure(defs, h.credits); err != nil {
			b.Fatal(err)
		}
	}
}
