package queue

import (
	"fmt"
	"slices"
	"time"
)

// lane is one queue: those who wait in it and who may serve them.
type lane struct {
	Definition
	defined   bool
	tiers     []tier  // by after; the first is the queue's own needs
	classes   []class // those who wait, by what they are worth
	waiting   int
	surge     bool
	asked     uint64 // last asked to take a caller in
	results   results
	estimator Estimator
}

// tier lets the agents of a pool serve callers who waited that long.
type tier struct {
	after int64
	pool  int
}

// class is the waiting callers of a lane who are alike but for when they came. So the first of them is the first to be
// served, the first for whom other agents may be asked, and new credits need no sorting.
type class struct {
	priority Priority
	expert   bool
	credit   int64
	root     int32
	head     int32 // the first of them
	first    key   // and his key
	last     key   // nobody of them comes after it
}

// pool is the ready agents who meet the same needs, in one order. Queues with the same needs share it.
type pool struct {
	needs []Need // by skill
	order Order
	root  int32
}

// InUse says that a queue cannot be removed: callers wait in it.
type InUse struct {
	Queue   string
	Waiting int
}

func (e *InUse) Error() string {
	return fmt.Sprintf("queue %s cannot be removed: %d callers wait in it", e.Queue, e.Waiting)
}

// Configure puts new definitions and credits into effect at once. Callers who wait keep their places. It fails and
// changes nothing where Check finds a fault, or with *InUse where callers wait in a queue that is no longer there.
func (q *Queue) Configure(defs []Definition, credits Credits) error {
	if err := Check(defs); err != nil {
		return err
	}
	if err := credits.Check(); err != nil {
		return err
	}
	for _, l := range q.lanes {
		kept := slices.ContainsFunc(defs, func(d Definition) bool { return d.Name == l.Name })
		if l.defined && l.waiting > 0 && !kept {
			return &InUse{l.Name, l.waiting}
		}
	}
	q.define(defs, credits)
	return nil
}

// define builds lanes and pools anew around those who wait and are ready.
func (q *Queue) define(defs []Definition, credits Credits) {
	old := q.lanes
	q.credits, q.lanes, q.pools = credits, nil, nil
	for _, d := range defs {
		l := q.byName[d.Name]
		if l == nil {
			l = &lane{}
			q.byName[d.Name] = l
		}
		l.Definition, l.defined = d, true
		q.lanes = append(q.lanes, l)
	}
	for _, l := range old {
		switch {
		case slices.Contains(q.lanes, l):
		case l.waiting > 0:
			q.lanes = append(q.lanes, l)
		default:
			delete(q.byName, l.Name)
		}
	}
	for _, l := range q.lanes {
		q.tier(l)
		for i := range l.classes {
			l.classes[i].credit = int64(credits[l.classes[i].priority])
		}
	}
	q.seatAll()
}

// tier finds the pools of a lane.
func (q *Queue) tier(l *lane) {
	l.tiers = append(l.tiers[:0], tier{0, q.pool(l.Needs, l.Order)})
	for _, w := range l.Widen {
		l.tiers = append(l.tiers, tier{int64(w.After), q.pool(w.Needs, l.Order)})
	}
	slices.SortStableFunc(l.tiers, func(a, b tier) int { return int(a.after - b.after) })
}

// pool finds the pool of agents who meet needs, or opens it.
func (q *Queue) pool(needs []Need, o Order) int {
	if o != LeastOccupied {
		o = LongestIdle
	}
	needs = slices.Clone(needs)
	slices.SortFunc(needs, func(a, b Need) int {
		if a.Skill < b.Skill {
			return -1
		}
		return 1
	})
	for i, p := range q.pools {
		if p.order == o && slices.Equal(p.needs, needs) {
			return i
		}
	}
	q.pools = append(q.pools, pool{needs: needs, order: o})
	return len(q.pools) - 1
}

// lane finds a queue by name. One that nobody defined is opened rather than a caller turned away; every agent may
// serve it.
func (q *Queue) lane(name string) *lane {
	if l := q.byName[name]; l != nil {
		return l
	}
	l := &lane{Definition: Definition{Name: name, Title: name}}
	pools := len(q.pools)
	q.tier(l)
	q.lanes = append(q.lanes, l)
	q.byName[name] = l
	if len(q.pools) > pools {
		q.seatAll()
	}
	return l
}

// classOf finds or opens the class of a lane.
func (l *lane) classOf(p Priority, expert bool, credits Credits) int32 {
	for i := range l.classes {
		if l.classes[i].priority == p && l.classes[i].expert == expert {
			return int32(i)
		}
	}
	l.classes = append(l.classes, class{priority: p, expert: expert, credit: int64(credits[p])})
	return int32(len(l.classes) - 1)
}

// longest is since when the longest of a lane waits, zero when nobody does.
func (q *Queue) longest(l *lane) time.Time {
	var longest time.Time
	for i := range l.classes {
		if head := l.classes[i].head; head != 0 {
			if since := q.since(head); longest.IsZero() || since.Before(longest) {
				longest = since
			}
		}
	}
	return longest
}
