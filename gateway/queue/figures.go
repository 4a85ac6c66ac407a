package queue

import "time"

// Length is how many callers wait in all queues, and since when the longest of them (zero when none).
func (q *Queue) Length() (n int, longest time.Time) {
	for _, l := range q.lanes {
		if since := q.longest(l); !since.IsZero() && (longest.IsZero() || since.Before(longest)) {
			longest = since
		}
	}
	return q.index.used, longest
}

// Group is one queue's waiting callers.
type Group struct {
	Waiting int
	Longest time.Time // when the longest of them began to wait
}

// Groups counts the waiting callers by queue.
func (q *Queue) Groups() map[string]Group {
	groups := make(map[string]Group)
	for _, l := range q.lanes {
		if l.waiting > 0 {
			groups[l.Name] = Group{l.waiting, q.longest(l)}
		}
	}
	return groups
}

// ReadyAgents is how many agents are ready.
func (q *Queue) ReadyAgents() int { return q.ready }

// Figures are what there is to see of one queue.
type Figures struct {
	Waiting       int
	Longest       time.Time     // when the longest of them began to wait, zero when nobody waits
	Ready         int           // ready agents who meet the queue's own needs
	Estimate      time.Duration // how long one who joined now would wait
	EstimateKnown bool
	EstimateError time.Duration // mean absolute error of the estimates lately, 0 while unknown
	LossRate      float64       // of the last 50 results
	Surge         bool
}

// Figures are one queue's figures; ok is false when there is no such queue.
func (q *Queue) Figures(queue string) (f Figures, ok bool) {
	l := q.byName[queue]
	if l == nil {
		return Figures{}, false
	}
	f = Figures{Waiting: l.waiting, Longest: q.longest(l), Ready: q.able(l), LossRate: l.results.lossRate(), Surge: l.surge}
	f.Estimate, f.EstimateKnown = 0, true
	if f.Ready == 0 {
		f.Estimate, f.EstimateKnown = l.estimator.Estimate(l.waiting + 1)
	}
	f.EstimateError, _ = l.estimator.Error()
	return f, true
}

// able is how many ready agents meet a lane's own needs.
func (q *Queue) able(l *lane) int { return q.agents.size(q.pools[l.tiers[0].pool].root) }

// Place is where a caller stands.
type Place struct {
	Position int           // 1: next of his queue
	Wait     time.Duration // from now, estimated
	Known    bool          // Wait is; not before enough callers were served
}

// Place is where a waiting caller stands; ok is false when he does not wait.
func (q *Queue) Place(id string) (p Place, ok bool) {
	i := q.find(id)
	if i == 0 {
		return Place{}, false
	}
	w := &q.waiters[i]
	p.Position = q.position(i)
	p.Wait, p.Known = w.lane.estimator.Estimate(p.Position)
	return p, true
}

// position is one more than how many of his queue are served before a waiter.
func (q *Queue) position(i int32) int {
	n, w, own := 1, &q.waiters[i], q.callers.nodes[i].key
	arrival := own.major - w.lane.classes[w.class].credit
	for i := range w.lane.classes {
		c := &w.lane.classes[i]
		if k := (key{arrival + c.credit, 0, own.turn}); c.last.before(k) { // so it is with who has just come, mostly
			n += q.callers.size(c.root)
		} else {
			n += q.callers.rank(c.root, k)
		}
	}
	return n
}
