package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"hotline/gateway/queue"
)

// Strategy is how Asterisk's app_queue chooses a member.
type Strategy string

// The strategies.
const (
	RRMemory    Strategy = "rrmemory"    // in turn, after the one who was last
	LeastRecent Strategy = "leastrecent" // whose last call ended longest ago
)

// appQueue is app_queue reduced to its rules, with a generous clock: each queue for itself, callers by priority
// and then in order of arrival, members who meet the queue's needs and no others. A member of several queues whose
// heads all wait goes to any of them. It loses no time: the real one looks once a second.
type appQueue struct {
	*Day
	strategy Strategy
	queues   map[string]*appLane
	lanes    []*appLane
	free     []bool
	idle     []time.Time
	turn     *rand.Rand
}

type appLane struct {
	members []int
	ready   int
	last    int // position of the member who was called last
	waiting []int
}

// AppQueue plays the day through app_queue.
func (d *Day) AppQueue(s Strategy) Outcome {
	a := &appQueue{Day: d, strategy: s, queues: map[string]*appLane{}, free: make([]bool, len(d.Workers)), idle: make([]time.Time, len(d.Workers)), turn: rand.New(rand.NewPCG(1, 2))}
	for _, q := range d.Queues {
		l := &appLane{}
		for i, w := range d.Workers {
			if meets(w, q.Needs) {
				l.members = append(l.members, i)
			}
		}
		a.queues[q.Name] = l
		a.lanes = append(a.lanes, l)
	}
	return newFloor(d, a).run()
}

func meets(w Worker, needs []queue.Need) bool {
	return !slices.ContainsFunc(needs, func(n queue.Need) bool { return w.Levels[n.Skill] < n.Level })
}

var appPriority = map[queue.Priority]int{queue.From110: 2, queue.Elderly: 1}

func (a *appQueue) wait(_ time.Duration, call int, _ []string) {
	l := a.queues[a.Calls[call].Queue]
	i, _ := slices.BinarySearchFunc(l.waiting, call, func(other, call int) int {
		if d := appPriority[a.Calls[call].Priority] - appPriority[a.Calls[other].Priority]; d != 0 {
			return d
		}
		return other - call // numbered as they arrive
	})
	l.waiting = slices.Insert(l.waiting, i, call)
}

func (a *appQueue) leave(call int) {
	l := a.queues[a.Calls[call].Queue]
	if i := slices.Index(l.waiting, call); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
}

func (a *appQueue) ready(worker int, idleSince time.Time, _ float64) {
	a.idle[worker] = idleSince
	a.set(worker, true)
}

func (a *appQueue) notReady(worker int) { a.set(worker, false) }

func (a *appQueue) set(worker int, free bool) {
	if a.free[worker] == free {
		return
	}
	a.free[worker] = free
	for _, l := range a.lanes {
		if _, member := slices.BinarySearch(l.members, worker); member {
			if free {
				l.ready++
			} else {
				l.ready--
			}
		}
	}
}

func (a *appQueue) next(time.Duration) (call, worker int, ok bool) {
	first := a.turn.IntN(len(a.lanes))
	for n := range a.lanes {
		l := a.lanes[(first+n)%len(a.lanes)]
		if len(l.waiting) == 0 || l.ready == 0 {
			continue
		}
		worker = a.choose(l)
		call = l.waiting[0]
		l.waiting = slices.Delete(l.waiting, 0, 1)
		a.set(worker, false)
		return call, worker, true
	}
	return 0, 0, false
}

func (a *appQueue) choose(l *appLane) int {
	best := -1
	for n := range l.members {
		i := (l.last + 1 + n) % len(l.members)
		m := l.members[i]
		if !a.free[m] {
			continue
		}
		if a.strategy == RRMemory {
			l.last = i
			return m
		}
		if best < 0 || a.idle[m].Before(a.idle[best]) {
			best = m
		}
	}
	return best
}

func (a *appQueue) wake() time.Duration { return 0 }
