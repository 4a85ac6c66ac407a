package queue

import (
	"cmp"
	"slices"
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
