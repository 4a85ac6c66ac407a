// Package queue decides who waits, who is next and which agent gets him. It is pure and knows calls and agents
// only by name.
package queue

import (
	"slices"
	"sort"
	"time"
)

// Queue pairs waiting callers with ready agents: the caller who waited longest with the agent idle longest.
// The zero value is an empty queue. It is not safe for concurrent use.
type Queue struct {
	waiting []waiter // by since, then by arrival in the queue
	ready   []idler  // by since, then by arrival in the list
	joined  []string // since Unattended was last asked
	turn    uint64
}

type waiter struct {
	id    string
	group string
	since time.Time
	turn  uint64
}

type idler struct {
	agent string
	since time.Time
	turn  uint64
}

// Wait puts a caller into the queue named group. since is when he began to wait: who comes back after an offer
// that failed keeps his place. A caller who waits already keeps the place he has.
func (q *Queue) Wait(id, group string, since time.Time) {
	if q.position(id) >= 0 {
		return
	}
	q.turn++
	w := waiter{id, group, since, q.turn}
	i := sort.Search(len(q.waiting), func(i int) bool { return q.waiting[i].since.After(since) })
	q.waiting = slices.Insert(q.waiting, i, w)
	q.joined = append(q.joined, id)
}

// Leave takes a caller out of the queue; it does nothing when he does not wait.
func (q *Queue) Leave(id string) {
	if i := q.position(id); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
}

// Ready offers an agent's time from now on. idleSince is when his last call ended (or he signed in).
func (q *Queue) Ready(agent string, idleSince time.Time) {
	q.NotReady(agent)
	q.turn++
	i := sort.Search(len(q.ready), func(i int) bool { return q.ready[i].since.After(idleSince) })
	q.ready = slices.Insert(q.ready, i, idler{agent, idleSince, q.turn})
}

// NotReady takes an agent off the list; it does nothing when he is not on it.
func (q *Queue) NotReady(agent string) {
	q.ready = slices.DeleteFunc(q.ready, func(a idler) bool { return a.agent == agent })
}

// Next takes the next pair out of the queue. ok is false when nobody waits or nobody is ready.
func (q *Queue) Next() (id, agent string, ok bool) {
	if len(q.waiting) == 0 || len(q.ready) == 0 {
		return "", "", false
	}
	id, agent = q.waiting[0].id, q.ready[0].agent
	q.waiting = slices.Delete(q.waiting, 0, 1)
	q.ready = slices.Delete(q.ready, 0, 1)
	return id, agent, true
}

// Length is how many callers wait in all groups, and since when the longest of them (zero when none).
func (q *Queue) Length() (n int, longest time.Time) {
	if len(q.waiting) == 0 {
		return 0, time.Time{}
	}
	return len(q.waiting), q.waiting[0].since
}

// Group is one group's waiting callers.
type Group struct {
	Waiting int
	Longest time.Time // when the longest of them began to wait
}

// Groups counts the waiting callers by group.
func (q *Queue) Groups() map[string]Group {
	groups := make(map[string]Group)
	for _, w := range q.waiting {
		g, seen := groups[w.group]
		if !seen {
			g.Longest = w.since
		}
		g.Waiting++
		groups[w.group] = g
	}
	return groups
}

// ReadyAgents is how many agents are on the list.
func (q *Queue) ReadyAgents() int { return len(q.ready) }

func (q *Queue) position(id string) int {
	return slices.IndexFunc(q.waiting, func(w waiter) bool { return w.id == id })
}

// Unattended takes out the names of callers who joined the queue since it was last asked and still wait.
func (q *Queue) Unattended() []string {
	joined := q.joined
	q.joined = nil
	return slices.DeleteFunc(joined, func(id string) bool { return q.position(id) < 0 })
}
