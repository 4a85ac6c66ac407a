package queue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var t0 = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second) }

func pair(t *testing.T, q *Queue, id, agent string) {
	t.Helper()
	gotID, gotAgent, ok := q.Next()
	if !ok || gotID != id || gotAgent != agent {
		t.Errorf("next is %q with %q (%v), want %q with %q", gotID, gotAgent, ok, id, agent)
	}
}

func empty(t *testing.T, q *Queue) {
	t.Helper()
	if id, agent, ok := q.Next(); ok {
		t.Errorf("next is %q with %q, want nothing", id, agent)
	}
}

func TestFirstComeFirstServedByWhoIsIdleLongest(t *testing.T) {
	t.Parallel()
	var q Queue
	empty(t, &q)
	q.Wait("c2", "general", after(2))
	q.Wait("c1", "social", after(1)) // handed over late, began to wait earlier
	q.Wait("c3", "general", after(3))
	empty(t, &q)
	q.Ready("late", after(-1))
	q.Ready("early", after(-9))
	pair(t, &q, "c1", "early")
	pair(t, &q, "c2", "late")
	empty(t, &q)
	q.Ready("early", after(4))
	pair(t, &q, "c3", "early")
	empty(t, &q)
}

func TestWhoComesBackKeepsHisPlace(t *testing.T) {
	t.Parallel()
	var q Queue
	for n := range 5 {
		q.Wait(fmt.Sprint("c", n), "general", after(n))
	}
	q.Ready("a", t0)
	pair(t, &q, "c0", "a")
	q.Wait("c0", "general", after(0)) // nobody answered: he waits since 0 and not since now
	q.Wait("c3", "general", after(9)) // said again: he has a place already
	q.Ready("a", t0)
	q.Ready("b", t0)
	pair(t, &q, "c0", "a")
	pair(t, &q, "c1", "b")
}

func TestEqualsAreServedInTheOrderTheyCame(t *testing.T) {
	t.Parallel()
	var q Queue
	for n := range 20 {
		q.Wait(fmt.Sprint("c", n), "general", t0)
		q.Ready(fmt.Sprint("a", n), t0)
	}
	for n := range 20 {
		pair(t, &q, fmt.Sprint("c", n), fmt.Sprint("a", n))
	}
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	var q Queue
	q.Wait("c1", "general", after(1))
	q.Wait("c2", "general", after(2))
	q.Leave("c1")
	q.Leave("c1")
	q.Leave("nobody")
	q.Ready("a", t0)
	q.Ready("b", t0)
	q.Ready("a", after(5)) // again, and now idle for less time than b
	q.NotReady("nobody")
	pair(t, &q, "c2", "b")
	if q.ReadyAgents() != 1 {
		t.Errorf("%d agents ready", q.ReadyAgents())
	}
	q.NotReady("a")
	q.Wait("c3", "general", t0)
	empty(t, &q)
}

func TestFigures(t *testing.T) {
	t.Parallel()
	var q Queue
	if n, longest := q.Length(); n != 0 || !longest.IsZero() {
		t.Errorf("empty: %d since %v", n, longest)
	}
	q.Wait("c2", "general", after(2))
	q.Wait("c1", "social", after(1))
	q.Wait("c3", "general", after(3))
	if n, longest := q.Length(); n != 3 || !longest.Equal(after(1)) {
		t.Errorf("%d since %v", n, longest)
	}
	groups := q.Groups()
	if g := groups["general"]; len(groups) != 2 || g.Waiting != 2 || !g.Longest.Equal(after(2)) {
		t.Errorf("groups: %v", groups)
	}
}

func TestUnattendedIsAskedOnce(t *testing.T) {
	t.Parallel()
	var q Queue
	q.Wait("c1", "general", after(1))
	q.Wait("c2", "general", after(2))
	q.Ready("a", t0)
	pair(t, &q, "c1", "a")
	if got := q.Unattended(); !slices.Equal(got, []string{"c2"}) {
		t.Errorf("unattended: %v", got)
	}
	if got := q.Unattended(); len(got) != 0 {
		t.Errorf("asked again: %v", got)
	}
	q.Wait("c1", "general", after(1)) // back: nobody answered
	if got := q.Unattended(); !slices.Equal(got, []string{"c1"}) {
		t.Errorf("came back: %v", got)
	}
}

// naive is the queue as one would say it: look at all, take the best.
type naive struct {
	waiting, ready []one
	turn           int
}

type one struct {
	name  string
	since time.Time
	turn  int
}

func (n *naive) add(list *[]one, name string, since time.Time) {
	n.turn++
	*list = append(*list, one{name, since, n.turn})
}

func has(list []one, name string) bool {
	return slices.ContainsFunc(list, func(o one) bool { return o.name == name })
}

func without(list []one, name string) []one {
	return slices.DeleteFunc(list, func(o one) bool { return o.name == name })
}

func best(list []one) one {
	return slices.MinFunc(list, func(a, b one) int {
		if c := a.since.Compare(b.since); c != 0 {
			return c
		}
		return a.turn - b.turn
	})
}

// TestAgainstANaiveModel plays random stories to both and compares every answer.
func TestAgainstANaiveModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		var q Queue
		var m naive
		for range 200 {
			id, agent := fmt.Sprint("c", r.IntN(12)), fmt.Sprint("a", r.IntN(6))
			since := after(r.IntN(20))
			switch r.IntN(6) {
			case 0, 1:
				q.Wait(id, "general", since)
				if !has(m.waiting, id) {
					m.add(&m.waiting, id, since)
				}
			case 2:
				q.Leave(id)
				m.waiting = without(m.waiting, id)
			case 3:
				q.Ready(agent, since)
				m.ready = without(m.ready, agent)
				m.add(&m.ready, agent, since)
			case 4:
				q.NotReady(agent)
				m.ready = without(m.ready, agent)
			case 5:
				gotID, gotAgent, ok := q.Next()
				if possible := len(m.waiting) > 0 && len(m.ready) > 0; ok != possible {
					t.Fatalf("seed %d: next %v, want %v", seed, ok, possible)
				}
				if !ok {
					continue
				}
				who, whom := best(m.waiting), best(m.ready)
				if gotID != who.name || gotAgent != whom.name {
					t.Fatalf("seed %d: next is %s with %s, want %s with %s", seed, gotID, gotAgent, who.name, whom.name)
				}
				m.waiting, m.ready = without(m.waiting, gotID), without(m.ready, gotAgent)
			}
			if n, _ := q.Length(); n != len(m.waiting) || q.ReadyAgents() != len(m.ready) {
				t.Fatalf("seed %d: %d wait and %d are ready, want %d and %d", seed, n, q.ReadyAgents(), len(m.waiting), len(m.ready))
			}
		}
	}
}

func BenchmarkPair(b *testing.B) {
	var q Queue
	for n := range 1000 {
		q.Wait(fmt.Sprint("c", n), "general", after(n))
	}
	n := 1000
	for b.Loop() {
		q.Ready("a", t0)
		q.Next()
		q.Wait(fmt.Sprint("c", n), "general", after(n))
		n++
	}
}
