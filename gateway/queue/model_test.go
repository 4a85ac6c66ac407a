package queue

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// naive is the queue as one would say it: look at all, take the best.
type naive struct {
	defs    map[string]Definition
	credits Credits
	skills  map[string]map[string]int
	waiting []modelCaller
	ready   []modelAgent
	turn    int
}

type modelCaller struct {
	Caller
	turn int
}

type modelAgent struct {
	name      string
	idleSince time.Time
	occupancy float64
	turn      int
}

func (m *naive) find(id string) int {
	return slices.IndexFunc(m.waiting, func(c modelCaller) bool { return c.ID == id })
}

func (m *naive) wait(c Caller) {
	if m.find(c.ID) < 0 {
		m.turn++
		c.Avoid = slices.Clone(c.Avoid)
		m.waiting = append(m.waiting, modelCaller{c, m.turn})
	}
}

func (m *naive) leave(id string) {
	m.waiting = slices.DeleteFunc(m.waiting, func(c modelCaller) bool { return c.ID == id })
}

func (m *naive) notReady(agent string) {
	m.ready = slices.DeleteFunc(m.ready, func(a modelAgent) bool { return a.name == agent })
}

func (m *naive) setReady(a modelAgent) {
	m.notReady(a.name)
	m.turn++
	a.turn = m.turn
	m.ready = append(m.ready, a)
}

func (m *naive) meets(agent string, needs []Need) bool {
	for _, n := range needs {
		if m.skills[agent][n.Skill] < n.Level {
			return false
		}
	}
	return true
}

// tier is how far a caller's queue must have widened for an agent to serve him, -1 when he may not at all.
func (m *naive) tier(c modelCaller, agent string, now time.Time) int {
	d := m.defs[c.Queue]
	if m.meets(agent, d.Needs) {
		return 0
	}
	for n, w := range d.Widen {
		if !c.Expert && now.Sub(c.Since) >= w.After && m.meets(agent, w.Needs) {
			return n + 1
		}
	}
	return -1
}

func (m *naive) arrival(c modelCaller) time.Time { return c.Since.Add(-m.credits[c.Priority]) }

// before tells whether caller a is served before b where an agent may serve both.
func (m *naive) before(a, b modelCaller) int {
	return cmp.Or(m.arrival(a).Compare(m.arrival(b)), a.turn-b.turn)
}

func (m *naive) next(now time.Time) (id, agent string, ok bool) {
	var best *modelCaller
	for i, c := range m.waiting {
		can := slices.ContainsFunc(m.ready, func(a modelAgent) bool { return m.tier(c, a.name, now) >= 0 })
		if can && (best == nil || m.before(c, *best) < 0) {
			best = &m.waiting[i]
		}
	}
	if best == nil {
		return "", "", false
	}
	c := *best
	agent = m.agent(c, now)
	m.leave(c.ID)
	m.notReady(agent)
	return c.ID, agent, true
}

func (m *naive) agent(c modelCaller, now time.Time) string {
	able := slices.DeleteFunc(slices.Clone(m.ready), func(a modelAgent) bool { return m.tier(c, a.name, now) < 0 })
	d := m.defs[c.Queue]
	rank := func(a modelAgent) int {
		switch i := slices.Index(c.Avoid, a.name); {
		case i >= 0:
			return 1000 + i
		case a.name == c.LastAgent && d.LastAgent > 0 && now.Sub(c.LastAgentAt) <= d.LastAgent:
			return -1
		}
		return m.tier(c, a.name, now)
	}
	return slices.MinFunc(able, func(a, b modelAgent) int {
		occupied := 0
		if d.Order == LeastOccupied {
			occupied = cmp.Compare(a.occupancy, b.occupancy)
		}
		return cmp.Or(rank(a)-rank(b), occupied, a.idleSince.Compare(b.idleSince), a.turn-b.turn)
	}).name
}

func (m *naive) position(c modelCaller) int {
	n := 1
	for _, o := range m.waiting {
		if o.Queue == c.Queue && m.before(o, c) < 0 {
			n++
		}
	}
	return n
}

// wake is when the first caller will have waited long enough for somebody who is ready, zero when nobody will.
func (m *naive) wake() time.Time {
	var wake time.Time
	for _, c := range m.waiting {
		for _, w := range m.defs[c.Queue].Widen {
			can := slices.ContainsFunc(m.ready, func(a modelAgent) bool { return m.meets(a.name, w.Needs) })
			if at := c.Since.Add(w.After); can && !c.Expert && (wake.IsZero() || at.Before(wake)) {
				wake = at
			}
		}
	}
	return wake
}

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
		switch r.IntN(14) {
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
