package sim

import (
	"time"

	"hotline/agent"
)

// router decides who is offered to whom; callers and workers are indices of the day.
type router interface {
	wait(now time.Duration, call int, avoid []string)
	leave(call int)
	ready(worker int, idleSince time.Time, occupancy float64)
	notReady(worker int)
	next(now time.Duration) (call, worker int, ok bool)
	wake() time.Duration // when to ask again although nothing happened, 0: never
}

// What happens on the floor. who is a call or, for the first three, a worker.
const (
	shiftBegins = iota
	shiftEnds
	wrapUpEnds
	arrives
	givesUp
	answers
	doesNotAnswer
	hangsUp
	wakes
)

// floor is a day at work.
type floor struct {
	*Day
	router  router
	events  events
	calls   []progress
	workers []work
	waking  time.Duration
	outcome Outcome
	told    func(call int) (wait time.Duration, known bool) // what a caller who waits is told; nil: nothing
	last    map[string]time.Duration                        // wait of the last who was served, by queue
}

type progress struct {
	state   int // waiting, ringing, talking
	worker  int
	offers  int
	offered time.Duration
	avoid   []string
	told    time.Duration
	les     time.Duration
	judged  bool // told holds something
}

// States of a caller.
const (
	away = iota
	waiting
	ringing
	talking
	gone
)

func newFloor(d *Day, r router) *floor {
	f := &floor{Day: d, router: r, calls: make([]progress, len(d.Calls)), workers: make([]work, len(d.Workers)), last: map[string]time.Duration{}}
	for i, w := range d.Workers {
		f.workers[i].Agent = agent.New(agent.Profile{No: w.No}, epoch)
		f.events.push(event{w.From, shiftBegins, i})
		f.events.push(event{w.Until, shiftEnds, i})
	}
	for i, c := range d.Calls {
		f.events.push(event{c.At, arrives, i})
	}
	f.outcome.Calls, f.outcome.Queues = len(d.Calls), map[string]*Share{}
	for _, q := range d.Queues {
		f.outcome.Queues[q.Name] = &Share{}
	}
	return f
}

func (f *floor) run() Outcome {
	for len(f.events) > 0 {
		e := f.events.pop()
		f.play(e)
		if len(f.events) > 0 && f.events[0].at == e.at {
			continue // at the same instant
		}
		f.match(e.at)
		if e.kind == arrives && f.calls[e.who].state == waiting {
			f.tell(e.who)
		}
		if at := f.router.wake(); at > e.at && at != f.waking {
			f.waking = at
			f.events.push(event{at, wakes, 0})
		}
	}
	return f.outcome
}

func (f *floor) play(e event) {
	switch e.kind {
	case shiftBegins, shiftEnds:
		f.shift(e)
	case wrapUpEnds:
		f.step(e.at, e.who, agent.Event{Kind: agent.Timeout})
	case arrives:
		f.outcome.Queues[f.Calls[e.who].Queue].Calls++
		f.events.push(event{e.at + f.Calls[e.who].Patience, givesUp, e.who})
		f.wait(e.at, e.who)
	case givesUp:
		f.giveUp(e.at, e.who)
	case answers:
		f.answer(e.at, e.who)
	case doesNotAnswer:
		f.noAnswer(e.at, e.who)
	case hangsUp:
		p := &f.calls[e.who]
		p.state = gone
		f.step(e.at, p.worker, agent.Event{Kind: agent.Release, Call: f.name(e.who), For: f.Calls[e.who].Wrap})
	}
}

func (f *floor) name(call int) string { return callNames[call] }

func (f *floor) wait(now time.Duration, call int) {
	p := &f.calls[call]
	p.state = waiting
	f.router.wait(now, call, p.avoid)
}

// tell notes what a caller who has to wait is told, and what the one who was served last would have told him.
func (f *floor) tell(call int) {
	if f.told == nil {
		return
	}
	p := &f.calls[call]
	les, served := f.last[f.Calls[call].Queue]
	wait, known := f.told(call)
	if known && served {
		p.told, p.les, p.judged = wait, les, true
	}
}

func (f *floor) match(now time.Duration) {
	for {
		call, worker, ok := f.router.next(now)
		if !ok {
			return
		}
		c, p := &f.Calls[call], &f.calls[call]
		f.judge(now-c.At, c, p)
		p.state, p.worker, p.offered = ringing, worker, now
		p.offers++
		f.step(now, worker, agent.Event{Kind: agent.Reserve, Call: f.name(call)})
		if p.offers <= c.Unheard {
			f.events.push(event{now + unheardTime, doesNotAnswer, call})
		} else {
			f.events.push(event{now + c.Ring, answers, call})
		}
	}
}

// judge compares what a caller was told with how long it took.
func (f *floor) judge(waited time.Duration, c *Call, p *progress) {
	if p.offers > 0 {
		return
	}
	f.last[c.Queue] = waited
	if p.judged {
		f.outcome.Forecasts++
		f.outcome.Off += abs(waited - p.told)
		f.outcome.OffLES += abs(waited - p.les)
	}
}

func abs(d time.Duration) time.Duration {
	if d < 0 {
		return -d
	}
	return d
}

func (f *floor) giveUp(now time.Duration, call int) {
	p := &f.calls[call]
	switch p.state {
	case waiting:
		f.router.leave(call)
	case ringing:
		f.step(now, p.worker, agent.Event{Kind: agent.Withdraw, Call: f.name(call)})
	default:
		return
	}
	p.state = gone
}

func (f *floor) answer(now time.Duration, call int) {
	c, p := &f.Calls[call], &f.calls[call]
	if p.state != ringing {
		return
	}
	p.state = talking
	share := f.outcome.Queues[c.Queue]
	f.outcome.Answered++
	share.Answered++
	if now-c.At <= 15*time.Second {
		f.outcome.Within15++
	}
	f.outcome.Longest = max(f.outcome.Longest, now-c.At)
	f.step(now, p.worker, agent.Event{Kind: agent.Engage, Call: f.name(call)})
	f.events.push(event{now + c.Talk, hangsUp, call})
}

func (f *floor) noAnswer(now time.Duration, call int) {
	p := &f.calls[call]
	if p.state != ringing {
		return
	}
	p.avoid = append(p.avoid, f.Workers[p.worker].No)
	f.wait(now, call)
	f.step(now, p.worker, agent.Event{Kind: agent.NoAnswer, Call: f.name(call)})
}
