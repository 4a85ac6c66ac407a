package queue

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var modelSkills = []string{"x", "y"}

func randomNeeds(r *rand.Rand) []Need {
	var needs []Need
	for _, s := range modelSkills {
		if r.IntN(3) == 0 {
			needs = append(needs, Need{s, 1 + r.IntN(3)})
		}
	}
	return needs
}

func randomDefs(r *rand.Rand) []Definition {
	var defs []Definition
	for n := range 4 {
		d := Definition{Name: fmt.Sprint("q", n), Needs: randomNeeds(r), Order: []Order{LongestIdle, LeastOccupied}[r.IntN(2)]}
		for i := range r.IntN(3) {
			d.Widen = append(d.Widen, Widening{seconds(8 * (i + 1)), randomNeeds(r)})
		}
		if r.IntN(2) == 0 {
			d.LastAgent = seconds(20)
		}
		defs = append(defs, d)
	}
	return defs
}

// play tells both the same random story and compares every answer.
func play(t *testing.T, seed uint64, steps int) {
	r := rand.New(rand.NewPCG(seed, 1))
	defs, credits := randomDefs(r), Credits{From110: seconds(10), Elderly: seconds(3)}
	q := New(defs, credits)
	m := &naive{defs: map[string]Definition{}, credits: credits, skills: map[string]map[string]int{}}
	configure := func() {
		clear(m.defs)
		for _, d := range defs {
			m.defs[d.Name] = d
		}
	}
	configure()
	now := t0.Add(time.Hour)
	for range steps {
		id, agent, queue := fmt.Sprint("c", r.IntN(14)), fmt.Sprint("a", r.IntN(7)), fmt.Sprint("q", r.IntN(4))
		switch r.IntN(15) {
		case 0, 1, 2:
			c := Caller{ID: id, Queue: queue, Since: now.Add(-seconds(r.IntN(20))), Expert: r.IntN(8) == 0}
			c.Priority = []Priority{Ordinary, Ordinary, From110, Elderly, "other"}[r.IntN(5)]
			c.LastAgent, c.LastAgentAt = fmt.Sprint("a", r.IntN(7)), now.Add(-seconds(r.IntN(40)))
			if r.IntN(4) == 0 {
				c.Avoid = []string{fmt.Sprint("a", r.IntN(3)), fmt.Sprint("a", 3+r.IntN(3))}
			}
			q.Wait(c)
			m.wait(c)
		case 3:
			q.Leave(id)
			m.leave(id)
		case 4, 5, 6:
			a := modelAgent{name: agent, idleSince: now.Add(-seconds(r.IntN(9))), occupancy: float64(r.IntN(4)) / 4}
			q.Ready(a.name, a.idleSince, a.occupancy)
			m.setReady(a)
		case 7:
			q.NotReady(agent)
			m.notReady(agent)
		case 8:
			levels := map[string]int{modelSkills[r.IntN(2)]: r.IntN(4)}
			m.skills[agent] = levels
			q.Skills(agent, levels)
		case 9:
			q.Move(id, queue)
			if i := m.find(id); i >= 0 {
				m.waiting[i].Queue = queue
			}
		case 10:
			q.Avoid(id, agent)
			if i := m.find(id); i >= 0 {
				avoid := slices.DeleteFunc(m.waiting[i].Avoid, func(a string) bool { return a == agent })
				m.waiting[i].Avoid = append(avoid, agent)
			}
		case 11:
			if r.IntN(10) == 0 {
				defs = randomDefs(r)
				r.Shuffle(len(defs), func(i, j int) { defs[i], defs[j] = defs[j], defs[i] })
				if err := q.Configure(defs, credits); err != nil {
					t.Fatal(err)
				}
				configure()
			}
		case 12:
			p := []Priority{Ordinary, From110, Elderly}[r.IntN(3)]
			q.Prefer(id, p)
			if i := m.find(id); i >= 0 {
				m.waiting[i].Priority = p
			}
		default:
			now = now.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
			for matched := true; matched; {
				matched = sameNext(t, seed, q, m, now)
			}
			if got, want := q.Wake(), m.wake(); !got.Equal(want) {
				t.Fatalf("seed %d: wakes at %v, want %v", seed, got, want)
			}
		}
		sameFigures(t, seed, q, m)
	}
}

func sameNext(t *testing.T, seed uint64, q *Queue, m *naive, now time.Time) bool {
	t.Helper()
	waiting := slices.Clone(m.waiting)
	id, agent, ok := q.Next(now)
	wantID, wantAgent, want := m.next(now)
	if id != wantID || agent != wantAgent || ok != want {
		t.Fatalf("seed %d: next is %s with %s (%v), want %s with %s (%v)", seed, id, agent, ok, wantID, wantAgent, want)
	}
	if !ok {
		return false
	}
	if slices.ContainsFunc(m.ready, func(a modelAgent) bool { return a.name == agent }) {
		t.Fatalf("seed %d: %s is paired and still ready", seed, agent)
	}
	served := waiting[slices.IndexFunc(waiting, func(c modelCaller) bool { return c.ID == id })]
	for _, c := range waiting {
		equal := c.Queue == served.Queue && c.Priority == served.Priority && c.Expert == served.Expert
		if equal && c.Since.Before(served.Since) {
			t.Fatalf("seed %d: %s overtook %s, his equal who came earlier", seed, id, c.ID)
		}
	}
	return true
}

func sameFigures(t *testing.T, seed uint64, q *Queue, m *naive) {
	t.Helper()
	if n, _ := q.Length(); n != len(m.waiting) || q.ReadyAgents() != len(m.ready) {
		t.Fatalf("seed %d: %d wait and %d are ready, want %d and %d", seed, n, q.ReadyAgents(), len(m.waiting), len(m.ready))
	}
	groups := map[string]Group{}
	for _, c := range m.waiting {
		if p, ok := q.Place(c.ID); !ok || p.Position != m.position(c) {
			t.Fatalf("seed %d: %s is at %d, want %d", seed, c.ID, p.Position, m.position(c))
		}
		g := groups[c.Queue]
		if g.Waiting++; g.Waiting == 1 || c.Since.Before(g.Longest) {
			g.Longest = c.Since
		}
		groups[c.Queue] = g
	}
	if got := q.Groups(); !maps.Equal(got, groups) {
		t.Fatalf("seed %d: groups %v, want %v", seed, got, groups)
	}
}

func TestAgainstANaiveModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		play(t, seed, 300)
	}
}

func FuzzAgainstANaiveModel(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { play(t, seed, 500) })
}
