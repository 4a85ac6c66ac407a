package queue

import "time"

// Decision is what becomes of a caller: he stays in the queue he asked for, he goes to a target, or he is refused.
type Decision struct {
	Stay    bool
	Refused bool   // the queue is full and no target takes him
	To      Target // where neither
	Why     Reason // unless he stays
}

// Reason is why a caller does not stay.
type Reason string

// The reasons.
const (
	Full     Reason = "full"      // MaxWaiting
	TooMany  Reason = "waiting"   // as many wait as the rule says
	TooLong  Reason = "longest"   // the longest waits as long as the rule says
	TooLossy Reason = "loss_rate" // as many of the last were lost as the rule says
	InSurge  Reason = "surge"     // the switch is on
)

var stay = Decision{Stay: true}

// Admit says whether a newcomer may join a queue. It changes nothing.
//
// He stays where an agent is ready for him. Else the first rule that holds and whose target can take him decides;
// where the queue is full, or its surge switch is on, every rule holds. A queue as target is asked in its turn, and
// its own targets with it; Check allows no loops. One in which nobody waits takes the next caller however many were
// lost before, or it would never learn that it does better now.
func (q *Queue) Admit(queue string, now time.Time) Decision {
	q.asking++
	return q.admit(q.byName[queue], now)
}

func (q *Queue) admit(l *lane, now time.Time) Decision {
	if l == nil || q.able(l) > l.waiting {
		return stay
	}
	l.asked = q.asking
	full := l.MaxWaiting > 0 && l.waiting >= l.MaxWaiting
	for _, o := range l.Overflow {
		why := q.holds(l, o, now)
		switch {
		case full:
			why = Full
		case l.surge:
			why = InSurge
		}
		if why == "" {
			continue
		}
		if d, takes := q.target(o.To, why, now); takes {
			return d
		}
	}
	if full {
		return Decision{Refused: true, Why: Full}
	}
	return stay
}

// holds is the reason for which a rule sends a newcomer on, "" when it does not.
func (q *Queue) holds(l *lane, o Overflow, now time.Time) Reason {
	switch {
	case o.Waiting > 0 && l.waiting >= o.Waiting:
		return TooMany
	case l.waiting == 0:
		return ""
	case o.Longest > 0 && now.Sub(q.longest(l)) >= o.Longest:
		return TooLong
	case o.LossRate > 0 && l.results.lossRate() >= o.LossRate:
		return TooLossy
	}
	return ""
}

// target is where a caller sent to t ends; takes is false when t cannot take him. A queue that was asked already could
// not.
func (q *Queue) target(t Target, why Reason, now time.Time) (d Decision, takes bool) {
	if t.Kind != ToQueue {
		return Decision{To: t, Why: why}, true
	}
	l := q.byName[t.Name]
	if l == nil || l.asked == q.asking {
		return Decision{}, false
	}
	switch d := q.admit(l, now); {
	case d.Stay:
		return Decision{To: t, Why: why}, true
	case d.Refused:
		return Decision{}, false
	default:
		d.Why = why
		return d, true
	}
}

// Review says whether a waiting caller goes on waiting: a rule that limits the longest wait holds for him when he has
// waited so long himself. What else there is to a rule is for newcomers, or everybody who waits would go at once.
func (q *Queue) Review(id string, now time.Time) Decision {
	i := q.find(id)
	if i == 0 {
		return stay
	}
	w := &q.waiters[i]
	q.asking++
	w.lane.asked = q.asking
	for _, o := range w.lane.Overflow {
		if o.Longest > 0 && now.Sub(q.since(i)) >= o.Longest {
			if d, takes := q.target(o.To, TooLong, now); takes {
				return d
			}
		}
	}
	return stay
}

// Surge switches a queue's surge on or off: while it is on, newcomers for whom no agent is ready go to the first
// target that can take them. Those who wait already keep their places. It does nothing when there is no such queue.
func (q *Queue) Surge(queue string, on bool) {
	if l := q.byName[queue]; l != nil {
		l.surge = on
	}
}

// Result tells how a call of a queue went: whether its caller was lost.
func (q *Queue) Result(queue string, lost bool) {
	if l := q.byName[queue]; l != nil {
		l.results.add(lost)
	}
}

// results are the last 50 of a queue. Those that there were not yet count as not lost.
type results struct {
	lost [50]bool
	next int
	n    int // how many of them are lost
}

func (r *results) add(lost bool) {
	if r.lost[r.next] {
		r.n--
	}
	if lost {
		r.n++
	}
	r.lost[r.next] = lost
	r.next = (r.next + 1) % len(r.lost)
}

func (r *results) lossRate() float64 { return float64(r.n) / float64(len(r.lost)) }
