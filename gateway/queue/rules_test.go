package queue

import (
	"fmt"
	"testing"
	"time"
)

// TestSkills has a general agent, one for social matters and one who is an expert of them.
func TestSkills(t *testing.T) {
	t.Parallel()
	q := New([]Definition{
		{Name: "general"},
		{Name: "social", Needs: []Need{{"social", 3}}},
		{Name: "english", Needs: []Need{{"english", 1}, {"social", 1}}},
	}, nil)
	q.Skills("basic", map[string]int{"social": 2})
	q.Skills("social", map[string]int{"social": 5})
	q.Skills("both", map[string]int{"social": 3, "english": 4})
	for n, a := range []string{"basic", "social", "both"} {
		q.Ready(a, after(n), 0)
	}
	q.Wait(caller("c1", "english", 1))
	q.Wait(caller("c2", "social", 2))
	q.Wait(caller("c3", "social", 3))
	q.Wait(caller("c4", "general", 4))
	pair(t, q, "c1", "both")
	pair(t, q, "c2", "social")
	pair(t, q, "c4", "basic") // c3 came earlier, but nobody who is ready may serve him
	q.Ready("basic", t0, 0)
	empty(t, q)
	q.Skills("basic", map[string]int{"social": 9}) // learnt while he is ready
	pair(t, q, "c3", "basic")
}

func TestLeastOccupiedGoesFirst(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "fair", Order: LeastOccupied}, {Name: "idle", Order: LongestIdle}}, nil)
	q.Ready("a", after(1), 0.7)
	q.Ready("b", after(2), 0.2)
	q.Ready("c", after(3), 0.2)
	q.Ready("d", after(4), 0)
	q.Wait(caller("c1", "fair", 1))
	q.Wait(caller("c2", "fair", 2))
	q.Wait(caller("c3", "idle", 3))
	q.Wait(caller("c4", "fair", 4))
	pair(t, q, "c1", "d")
	pair(t, q, "c2", "b")
	pair(t, q, "c3", "a")
	pair(t, q, "c4", "c")
}

func TestWidening(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{
		Name: "social", Needs: []Need{{"social", 5}},
		Widen: []Widening{{seconds(30), []Need{{"social", 1}}}, {seconds(60), nil}},
	}}, nil)
	q.Skills("expert", map[string]int{"social": 7})
	q.Skills("some", map[string]int{"social": 1})
	q.Ready("none", after(-9), 0)
	q.Wait(Caller{ID: "strict", Queue: "social", Since: after(0), Expert: true})
	q.Wait(caller("c1", "social", 10))
	q.Wait(caller("c2", "social", 20))
	q.Wait(caller("c3", "social", 70))
	emptyAt(t, q, 69)
	if wake := q.Wake(); !wake.Equal(after(70)) {
		t.Errorf("wakes at %v, want 60 s after c1 came", wake)
	}
	q.Ready("some", after(5), 0)
	if wake := q.Wake(); !wake.Equal(after(40)) {
		t.Errorf("wakes at %v, want 30 s after c1 came", wake)
	}
	emptyAt(t, q, 39)
	pairAt(t, q, 40, "c1", "some")
	emptyAt(t, q, 79)
	pairAt(t, q, 80, "c2", "none")
	q.Ready("none", after(-9), 0)
	q.Ready("expert", after(80), 0)
	pairAt(t, q, 200, "strict", "expert")
	q.Ready("expert", after(80), 0)
	pairAt(t, q, 200, "c3", "expert") // goes before the one idle longer, who only helps out
	if wake := q.Wake(); !wake.IsZero() {
		t.Errorf("nobody waits, but wakes at %v", wake)
	}
}

func TestCreditsOfPriorities(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}, {Name: "social"}}, Credits{From110: seconds(300), Elderly: seconds(60)})
	add := func(id, queue string, since int, p Priority) {
		q.Wait(Caller{ID: id, Queue: queue, Since: after(since), Priority: p})
	}
	add("patient", "general", 0, Ordinary)
	add("plain", "social", 100, Ordinary)
	add("elderly", "general", 150, Elderly)
	add("police", "social", 299, From110)
	add("late", "general", 301, From110)
	add("odd", "general", 90, "unheard_of")
	for _, want := range []string{"police", "patient", "late", "elderly", "odd", "plain"} {
		q.Ready("a", t0, 0)
		pairAt(t, q, 400, want, "a")
	}
}

// TestNobodyStarves lets a priority caller come every second: who is ordinary waits for his credit and no longer.
func TestNobodyStarves(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}}, Credits{From110: seconds(100)})
	q.Wait(caller("ordinary", "general", 0))
	for n := range 1000 {
		q.Wait(Caller{ID: fmt.Sprint("p", n), Queue: "general", Since: after(n), Priority: From110})
		q.Ready("a", after(n), 0)
		if id, _, _ := q.Next(after(n)); id == "ordinary" {
			if n > 101 {
				t.Errorf("served after %d s, his rivals' credit is 100 s", n)
			}
			return
		}
	}
	t.Error("never served")
}

func TestTheLastAgentFirst(t *testing.T) {
	t.Parallel()
	q := New([]Definition{
		{Name: "general", LastAgent: time.Hour},
		{Name: "social", LastAgent: time.Hour, Needs: []Need{{"social", 1}}},
		{Name: "never"},
	}, nil)
	q.Skills("b", map[string]int{"social": 1})
	wait := func(queue, last string, ago time.Duration, avoid ...string) {
		q.Wait(Caller{ID: "c", Queue: queue, Since: t0, LastAgent: last, LastAgentAt: after(100).Add(-ago), Avoid: avoid})
	}
	for _, c := range []struct {
		name, queue, last string
		ago               time.Duration
		avoid             []string
		want              string
	}{
		{"lately", "general", "c", time.Hour, nil, "c"},
		{"too long ago", "general", "c", time.Hour + 1, nil, "a"},
		{"not ready", "general", "z", 0, nil, "a"},
		{"may not serve", "social", "c", 0, nil, "b"},
		{"not wanted", "never", "c", 0, nil, "a"},
		{"refused him just now", "general", "c", 0, []string{"c"}, "a"},
	} {
		for n, a := range []string{"a", "b", "c"} {
			q.Ready(a, after(n), 0)
		}
		wait(c.queue, c.last, c.ago, c.avoid...)
		if _, got, _ := q.Next(after(100)); got != c.want {
			t.Errorf("%s: agent %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhoRefusedIsNotAskedAgainAtOnce(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "social", Needs: []Need{{"social", 1}}, Widen: []Widening{{seconds(10), nil}}}}, nil)
	q.Skills("a", map[string]int{"social": 1})
	q.Skills("b", map[string]int{"social": 1})
	ready := func(agents ...string) {
		for _, a := range []string{"a", "b", "helper"} {
			q.NotReady(a)
		}
		for n, a := range agents {
			q.Ready(a, after(n), 0)
		}
	}
	back := func(avoid ...string) {
		c := caller("c", "social", 0)
		c.Avoid = avoid
		q.Wait(c)
	}
	ready("a", "b", "helper")
	back()
	q.Avoid("c", "a")
	q.Avoid("nobody", "a")
	pairAt(t, q, 5, "c", "b")
	ready("a", "helper")
	back("a")
	pairAt(t, q, 5, "c", "a") // the helper's time has not come
	ready("a", "helper")
	back("a")
	pairAt(t, q, 10, "c", "helper")
	ready("a", "b")
	back("a", "b")
	pairAt(t, q, 10, "c", "a") // nobody else: whose turn it was longer ago
	ready("a", "b")
	back("a", "b", "a")
	pairAt(t, q, 10, "c", "b")
	ready("a")
	back("a")
	q.Wait(caller("d", "social", 1))
	pairAt(t, q, 10, "c", "a") // still before him who came later
	for n := range 40 {
		q.Avoid("d", fmt.Sprint("x", n))
	}
	if got := len(q.waiters[q.find("d")].avoid); got != avoidLimit {
		t.Errorf("avoids %d agents", got)
	}
}

func TestMoving(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}, {Name: "social", Needs: []Need{{"social", 1}}}}, nil)
	q.Skills("b", map[string]int{"social": 1})
	q.Wait(caller("c1", "general", 1))
	q.Wait(caller("c2", "social", 2))
	q.Wait(caller("c3", "social", 3))
	q.Move("c1", "social")
	q.Move("nobody", "social")
	q.Move("c3", "general")
	q.Ready("a", t0, 0)
	q.Ready("b", t0, 0)
	pair(t, q, "c1", "b")
	pair(t, q, "c3", "a")
}
