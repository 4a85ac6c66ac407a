// Package queue decides who waits, who is next and which agent gets him. It is pure and knows calls and agents
// only by name.
//
// Of all callers whom some ready agent may serve, the one with the earliest arrival is next, where a priority counts
// as having come earlier (Credits). He gets the agent he talked to lately, or the first ready one in the order of his
// queue; agents who meet the queue's own needs go before those who only help out when somebody waited long.
package queue

import "time"

// Queue pairs waiting callers with ready agents in all queues. Make it with New. It is not safe for concurrent use.
type Queue struct {
	credits Credits
	lanes   []*lane // as they were defined, then those nobody defined
	byName  map[string]*lane
	pools   []pool
	now     time.Time // when Next was last asked
	began   time.Time // keys count from here
	turn    uint64
	asking  uint64 // one more for each Admit and Review

	waiters []waiter // by their node in callers
	index   index
	callers forest
	joined  int32 // the last who joined since Unattended was asked; the others follow by waiter.joined
	names   []string

	seats  []seat
	seatOf map[string]int32
	agents forest
	ready  int
}

// Caller is one who waits.
type Caller struct {
	ID          string
	Queue       string    // a queue nobody defined is served by every agent
	Since       time.Time // began to wait; who comes back after an offer that failed brings the time he had
	Priority    Priority
	LastAgent   string    // whom he talked to last, and when that ended
	LastAgentAt time.Time //
	Expert      bool      // only agents who meet the queue's own needs serve him, however long it takes
	Avoid       []string  // agents who refused him or did not answer, the latest last
}

// waiter is a caller in his place. When he began to wait is in his node's key, what he is worth in his class. He is
// small on purpose: where 100,000 wait, a match takes as long as the memory it has to look at.
type waiter struct {
	id          string
	lane        *lane
	avoid       []string
	lastAgent   string
	lastAgentAt int64
	class       int32 // of the lane
	joined      int32
	joinedOld   int32 // the neighbours in the list of those who joined
	unheard     bool  // in that list
	forecast    forecast
}

// New makes a queue of definitions that passed Check.
func New(defs []Definition, credits Credits) *Queue {
	q := &Queue{byName: make(map[string]*lane), seatOf: make(map[string]int32)}
	q.define(defs, credits)
	return q
}

// Wait puts a caller into his queue. A caller who waits already keeps the place he has.
func (q *Queue) Wait(c Caller) {
	if q.find(c.ID) != 0 {
		return
	}
	if c.Since.IsZero() {
		c.Since = q.now
	}
	i := q.callers.take()
	for len(q.waiters) <= int(i) {
		q.waiters = append(q.waiters, waiter{})
	}
	q.turn++
	w := &q.waiters[i]
	*w = waiter{
		id: c.ID, lastAgent: c.LastAgent, lastAgentAt: q.at(c.LastAgentAt),
		avoid: w.avoid[:0], // the memory of who had this place before
	}
	for _, agent := range c.Avoid {
		w.avoids(agent)
	}
	q.index.put(c.ID, i)
	q.callers.nodes[i].key = key{major: q.at(c.Since), turn: q.turn}
	q.enter(i, q.lane(c.Queue), c.Priority, c.Expert)
	if fresh := !c.Since.Before(q.now); fresh {
		w.forecast = w.lane.estimator.joins(c.Since, q.position(i))
	}
	q.hail(i)
}

// at is a time as it stands in keys. It goes by the clock that nobody sets, which Go's times carry too: who has waited
// longer stays before who has waited less, whatever the wall clock is set to meanwhile.
func (q *Queue) at(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	if q.began.IsZero() {
		q.began = t
	}
	return int64(t.Sub(q.began))
}

// time is what at made a number of.
func (q *Queue) time(at int64) time.Time { return q.began.Add(time.Duration(at)) }

// since is when waiter i began to wait.
func (q *Queue) since(i int32) time.Time { return q.time(q.callers.nodes[i].major) }

// find is the node of a waiting caller, 0 when he does not wait.
func (q *Queue) find(id string) int32 { return q.index.find(q.waiters, id) }

// Leave takes a caller out of the queue; it does nothing when he does not wait.
func (q *Queue) Leave(id string) {
	if i := q.find(id); i != 0 {
		w := &q.waiters[i]
		w.lane.estimator.leaves(q.now.Sub(q.since(i)))
		q.drop(i)
	}
}

// Move puts a waiting caller into another queue, where he has waited since he began to; it does nothing when he does
// not wait.
func (q *Queue) Move(id, queue string) {
	i := q.find(id)
	if i == 0 {
		return
	}
	w := &q.waiters[i]
	was := w.lane.classes[w.class]
	q.exit(i)
	w.forecast = forecast{}
	q.enter(i, q.lane(queue), was.priority, was.expert)
}

// avoidLimit is how many agents a caller avoids at most: the latest ones.
const avoidLimit = 16

// Avoid makes a waiting caller not go to an agent again while others are ready who may serve him: he refused him or
// did not answer. It does nothing for one who does not wait; who comes back brings his list (Caller.Avoid).
func (q *Queue) Avoid(id, agent string) {
	if i := q.find(id); i != 0 {
		q.waiters[i].avoids(agent)
	}
}

func (w *waiter) avoids(agent string) {
	kept := w.avoid[:0]
	for _, a := range w.avoid {
		if a != agent {
			kept = append(kept, a)
		}
	}
	if len(kept) >= avoidLimit {
		kept = append(kept[:0], kept[1:]...)
	}
	w.avoid = append(kept, agent)
}

// enter puts waiter i into a lane, in the place of his node's key.
func (q *Queue) enter(i int32, l *lane, p Priority, expert bool) {
	w := &q.waiters[i]
	w.lane, w.class = l, l.classOf(p, expert, q.credits)
	c := &l.classes[w.class]
	k := q.callers.nodes[i].key
	q.callers.insert(&c.root, i, k)
	if c.head == 0 || k.before(c.first) {
		c.head, c.first = i, k
	}
	if c.last.before(k) {
		c.last = k
	}
	l.waiting++
}

// exit takes waiter i out of his lane.
func (q *Queue) exit(i int32) {
	w := &q.waiters[i]
	c := &w.lane.classes[w.class]
	q.callers.remove(&c.root, i)
	if c.head == i {
		c.head = q.callers.first(c.root)
		c.first = q.callers.nodes[c.head].key
	}
	w.lane.waiting--
	if w.lane.waiting == 0 {
		w.lane.estimator.rests()
	}
}

// drop forgets waiter i.
func (q *Queue) drop(i int32) {
	w := &q.waiters[i]
	q.exit(i)
	q.heard(i)
	q.index.cut(w.id, i)
	*w = waiter{avoid: w.avoid[:0]}
	q.callers.give(i)
}

// hail puts waiter i on the list of those who joined.
func (q *Queue) hail(i int32) {
	w := &q.waiters[i]
	w.unheard, w.joinedOld = true, q.joined
	if q.joined != 0 {
		q.waiters[q.joined].joined = i
	}
	q.joined = i
}

// heard takes waiter i off that list.
func (q *Queue) heard(i int32) {
	w := &q.waiters[i]
	if !w.unheard {
		return
	}
	if w.joinedOld != 0 {
		q.waiters[w.joinedOld].joined = w.joined
	}
	if w.joined != 0 {
		q.waiters[w.joined].joinedOld = w.joinedOld
	} else {
		q.joined = w.joinedOld
	}
	w.unheard, w.joined, w.joinedOld = false, 0, 0
}

// Unattended takes out the names of callers who joined the queue since it was last asked and still wait: nobody is
// free for them. The list is good until it is asked again.
func (q *Queue) Unattended() []string {
	first := q.joined
	for first != 0 && q.waiters[first].joinedOld != 0 {
		first = q.waiters[first].joinedOld
	}
	q.names = q.names[:0]
	for i := first; i != 0; {
		next := q.waiters[i].joined
		q.names = append(q.names, q.waiters[i].id)
		q.heard(i)
		i = next
	}
	return q.names
}
