package queue

import (
	"slices"
	"time"
)

// Next takes the next pair out of the queue: a caller and the agent he is offered to. ok is false when nobody waits
// whom a ready agent may serve.
func (q *Queue) Next(now time.Time) (id, agent string, ok bool) {
	q.now = now
	if q.ready == 0 {
		return "", "", false
	}
	next, best, at := int32(0), key{}, q.at(now)
	for _, l := range q.lanes {
		if l.waiting == 0 {
			continue
		}
		if i, k := q.candidate(l, at); i != 0 && (next == 0 || k.before(best)) {
			next, best = i, k
		}
	}
	if next == 0 {
		return "", "", false
	}
	w := &q.waiters[next]
	s := q.choose(next, now)
	id, agent = w.id, s.agent
	w.lane.estimator.serves(now, q.since(next), w.forecast)
	q.unready(s)
	q.drop(next)
	return id, agent, true
}

// open is the first tier of a lane with a ready agent, -1 when there is none.
func (q *Queue) open(l *lane) int {
	for n, t := range l.tiers {
		if q.pools[t.pool].root != 0 {
			return n
		}
	}
	return -1
}

// candidate is the first caller of a lane whom a ready agent may serve, with his effective arrival; 0 when none.
func (q *Queue) candidate(l *lane, now int64) (first int32, arrival key) {
	n := q.open(l)
	if n < 0 {
		return 0, key{}
	}
	after := l.tiers[n].after
	for i := range l.classes {
		c := &l.classes[i]
		if c.head == 0 || n > 0 && (c.expert || c.first.major > now-after) {
			continue
		}
		if k := (key{c.first.major - c.credit, 0, c.first.turn}); first == 0 || k.before(arrival) {
			first, arrival = c.head, k
		}
	}
	return first, arrival
}

// choose finds the agent for a caller whom somebody ready may serve.
func (q *Queue) choose(i int32, now time.Time) *seat {
	w := &q.waiters[i]
	tiers := w.lane.tiers[:1]
	if !w.lane.classes[w.class].expert {
		waited := q.at(now) - q.callers.nodes[i].major
		n := 1
		for n < len(w.lane.tiers) && w.lane.tiers[n].after <= waited {
			n++
		}
		tiers = w.lane.tiers[:n]
	}
	if s := q.again(w, tiers, now); s != nil {
		return s
	}
	for _, t := range tiers {
		root := q.pools[t.pool].root
		for n := range min(len(w.avoid)+1, q.agents.size(root)) {
			s := &q.seats[q.agents.nodes[q.agents.at(root, n)].item]
			if !slices.Contains(w.avoid, s.agent) {
				return s
			}
		}
	}
	for _, agent := range w.avoid { // nobody else: whom he avoids for longest
		if s := q.serving(agent, tiers); s != nil {
			return s
		}
	}
	return nil
}

// again is the agent he talked to lately, where he is ready.
func (q *Queue) again(w *waiter, tiers []tier, now time.Time) *seat {
	within := w.lane.LastAgent
	if w.lastAgent == "" || within <= 0 || now.Sub(q.time(w.lastAgentAt)) > within || slices.Contains(w.avoid, w.lastAgent) {
		return nil
	}
	return q.serving(w.lastAgent, tiers)
}

// serving is an agent where he is ready and in one of the tiers.
func (q *Queue) serving(agent string, tiers []tier) *seat {
	i, known := q.seatOf[agent]
	if !known || !q.seats[i].ready {
		return nil
	}
	for _, t := range tiers {
		if q.seats[i].in(t.pool) {
			return &q.seats[i]
		}
	}
	return nil
}

// Wake is the next moment at which somebody will have waited long enough for an agent who is ready now, zero when
// there is none. Ask it when Next had nothing more.
func (q *Queue) Wake() time.Time {
	var wake time.Time
	for _, l := range q.lanes {
		if l.waiting == 0 {
			continue
		}
		n := q.open(l)
		if n <= 0 {
			continue
		}
		for _, c := range l.classes {
			if c.head == 0 || c.expert {
				continue
			}
			if at := q.since(c.head).Add(time.Duration(l.tiers[n].after)); wake.IsZero() || at.Before(wake) {
				wake = at
			}
		}
	}
	return wake
}
