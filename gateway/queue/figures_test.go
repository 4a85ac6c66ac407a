package queue

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}, {Name: "social", Needs: []Need{{"social", 1}}}}, nil)
	if n, longest := q.Length(); n != 0 || !longest.IsZero() {
		t.Errorf("empty: %d since %v", n, longest)
	}
	q.Wait(caller("c2", "general", 2))
	q.Wait(caller("c1", "social", 1))
	q.Wait(caller("c3", "general", 3))
	q.Ready("a", t0, 0)
	if n, longest := q.Length(); n != 3 || !longest.Equal(after(1)) {
		t.Errorf("%d since %v", n, longest)
	}
	groups := q.Groups()
	if g := groups["general"]; len(groups) != 2 || g.Waiting != 2 || !g.Longest.Equal(after(2)) {
		t.Errorf("groups: %v", groups)
	}
	if f, ok := q.Figures("general"); !ok || f.Waiting != 2 || f.Ready != 1 || !f.EstimateKnown || f.Estimate != 0 {
		t.Errorf("general: %+v", f)
	}
	if f, ok := q.Figures("social"); !ok || f.Waiting != 1 || f.Ready != 0 || f.EstimateKnown || !f.Longest.Equal(after(1)) {
		t.Errorf("social: %+v", f)
	}
	if _, ok := q.Figures("none"); ok {
		t.Error("a queue that does not exist has figures")
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}}, Credits{From110: seconds(10)})
	for n := range 10 {
		q.Wait(caller(fmt.Sprint("c", n), "general", 2*n))
	}
	q.Wait(caller("other", "social", 0))
	q.Wait(Caller{ID: "police", Queue: "general", Since: after(21), Priority: From110})
	q.Wait(Caller{ID: "strict", Queue: "general", Since: after(4), Expert: true})
	for id, want := range map[string]int{"c0": 1, "c2": 3, "strict": 4, "c5": 7, "police": 8, "c6": 9, "c9": 12, "other": 1} {
		if p, ok := q.Place(id); !ok || p.Position != want || p.Known {
			t.Errorf("%s: %+v, want position %d", id, p, want)
		}
	}
	if _, ok := q.Place("nobody"); ok {
		t.Error("somebody who does not wait has a place")
	}
}

func TestConfigureTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	q := New([]Definition{{Name: "general"}, {Name: "social"}, {Name: "empty"}}, nil)
	q.Wait(caller("c1", "social", 1))
	q.Wait(Caller{ID: "c2", Queue: "general", Since: after(20), Priority: Elderly})
	q.Wait(caller("stray", "undefined", 30))
	q.Skills("b", map[string]int{"social": 1})
	q.Ready("a", after(0), 0.5)
	q.Ready("b", after(1), 0.1)
	var inUse *InUse
	err := q.Configure([]Definition{{Name: "general"}}, nil)
	if !errors.As(err, &inUse) || *inUse != (InUse{"social", 1}) {
		t.Errorf("removed a queue in which somebody waits: %v", err)
	}
	if err := q.Configure([]Definition{{Name: "general"}, {Name: "social", Order: "worst"}}, nil); err == nil {
		t.Error("took a faulty definition")
	}
	if err := q.Configure([]Definition{{Name: "social"}, {Name: "general"}}, Credits{Elderly: 2 * time.Hour}); err == nil {
		t.Error("took an endless credit")
	}
	err = q.Configure([]Definition{
		{Name: "social", Needs: []Need{{"social", 1}}}, {Name: "general", Order: LeastOccupied}, {Name: "new"},
	}, Credits{Elderly: seconds(60)})
	if err != nil {
		t.Fatal(err)
	}
	if _, there := q.Figures("empty"); there {
		t.Error("an empty queue was not removed")
	}
	if q.ReadyAgents() != 2 {
		t.Errorf("%d agents ready", q.ReadyAgents())
	}
	pair(t, q, "c2", "b") // worth a minute now, and b is less occupied
	q.Ready("b", after(1), 0.1)
	pair(t, q, "c1", "b") // only he has the skill
	pair(t, q, "stray", "a")
	if err := q.Configure(nil, nil); err != nil {
		t.Errorf("nobody waits any more: %v", err)
	}
}
