package switchboard

import (
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/queue"
)

// Task is somebody who reached nobody and is to be called back.
type Task struct {
	ID        string // id of the first call that was missed
	Number    string
	DNIS      string
	Queue     string
	Reason    call.Result // result of that call
	MissedAt  time.Time
	Attempts  int
	KeptPlace bool      // he asked for it and keeps his place in the queue
	Secret    bool      // he asked for secrecy
	Since     time.Time // that place
}

// Times of call-backs.
const (
	unreachedWrapUp = 10 * time.Second // to read what became of it
	lateAfter       = time.Hour        // who kept his place so long is called in the hours of the policy only
	unseenFor       = time.Minute      // after that a kept place must be among the tasks
)

// callbacks is what the loop knows of the tasks. PostgreSQL keeps them; here is the latest list of the open ones, and
// what has happened since.
type callbacks struct {
	tasks  map[string]Task
	done   map[string]bool   // closed since the list was made, as far as known here
	spent  map[string]bool   // called since the list was made: his place is not kept any more
	places map[string]*place // kept in the queue, by their name there
	of     map[string]*place // the same by number
}

// place is a place in the queue of somebody who hung up.
type place struct {
	Task
	name  string // in the queue: "cb:<call>"
	since time.Time
	seen  bool // among the tasks
}

func newCallbacks() callbacks {
	return callbacks{done: map[string]bool{}, spent: map[string]bool{}, places: map[string]*place{}, of: map[string]*place{}}
}

// open is how many are to be called back.
func (c *callbacks) open() int {
	n := len(c.tasks)
	for id := range c.done {
		if _, listed := c.tasks[id]; listed {
			n--
		}
	}
	return n
}

// Callbacks hands over the open tasks as they are now.
func (s *Switchboard) Callbacks(open []Task) {
	tasks := make(map[string]Task, len(open))
	for _, t := range open {
		tasks[t.ID] = t
	}
	s.post(func(now time.Time) { s.tasksCame(now, tasks) })
}

func (s *Switchboard) tasksCame(now time.Time, tasks map[string]Task) {
	s.callback.tasks = tasks
	for id := range s.callback.done {
		if _, open := tasks[id]; !open {
			delete(s.callback.done, id)
		}
	}
	for id := range s.callback.spent {
		if !tasks[id].KeptPlace {
			delete(s.callback.spent, id)
		}
	}
	kept := map[string]bool{}
	for id, t := range tasks {
		if t.KeptPlace && !s.callback.done[id] && !s.callback.spent[id] && s.dialled(t) == nil {
			s.takePlace(now, t, nil)
			s.callback.of[t.Number].seen = true
			kept[t.Number] = true
		}
	}
	for number, p := range s.callback.of {
		if !kept[number] && (p.seen || now.Sub(p.since) > unseenFor) {
			s.leavePlace(p)
		}
	}
	for _, c := range s.calls {
		if t, known := tasks[c.Record().CallbackID]; known && c.task == nil {
			c.task = &t // taken up from an earlier run
		}
	}
}

// keepPlace lets a caller who will be called back go on waiting without his telephone.
func (s *Switchboard) keepPlace(r call.Record) {
	if r.Result != call.CallbackKept || r.Callback == "" {
		return
	}
	s.takePlace(r.EndedAt, Task{
		ID: string(r.ID), Number: r.Callback, DNIS: r.DNIS, Queue: r.Queue, Reason: r.Result, MissedAt: r.EndedAt,
		KeptPlace: true, Since: r.QueuedAt, Secret: r.Secret,
	}, nil)
}

// takePlace puts a task into the queue at the place it kept. There is one place a number.
func (s *Switchboard) takePlace(now time.Time, t Task, avoid []string) {
	p := s.callback.of[t.Number]
	if p != nil {
		t.Since = p.Since
	} else {
		t.Since = taken(now, t.Since)
		p = &place{name: "cb:" + t.ID, since: now}
		s.callback.of[t.Number], s.callback.places[p.name] = p, p
		s.queue.Wait(queue.Caller{ID: p.name, Queue: t.Queue, Since: t.Since, Priority: queue.CalledBack, Avoid: avoid})
	}
	p.Task = t
}

func (s *Switchboard) leavePlace(p *place) {
	s.queue.Leave(p.name)
	delete(s.callback.of, p.Number)
	delete(s.callback.places, p.name)
}

// offerCallback lets the agent whose turn it is call back somebody who kept his place.
func (s *Switchboard) offerCallback(now time.Time, p *place, agentNo string) {
	s.leavePlace(p)
	seat := s.seats[agentNo]
	late := now.Sub(p.Since) > lateAfter && !s.set.Policies.Callback.Open(now)
	if late || s.blockedBy(now, p.Number, p.DNIS) != "" || s.dialled(p.Task) != nil || s.callsHimself(p.Number) {
		s.agentChanged(seat, seat.agent.State(), "callback") // he is free for the next
		return
	}
	if err := s.dial(now, seat, p.Task, agent.Reserve); err != nil {
		s.cfg.Log.Error("call back", "callback", p.ID, "agent", agentNo, "error", err)
	}
}
