package sim

import (
	"time"

	"hotline/agent"
)

// work is an agent on the floor.
type work struct {
	*agent.Agent
	leaving  bool
	began    time.Duration
	busy     time.Duration
	occupied time.Duration // since when he is busy
}

func (f *floor) shift(e event) {
	w := &f.workers[e.who]
	if e.kind == shiftEnds {
		w.leaving = true
		if w.Offerable() {
			f.settle(e.at, e.who)
		}
		return
	}
	w.began = e.at
	f.step(e.at, e.who, agent.Event{Kind: agent.LinkBack})
	f.step(e.at, e.who, agent.Event{Kind: agent.SignIn})
	f.step(e.at, e.who, agent.Event{Kind: agent.BeReady})
}

// step changes a worker's state and tells the router.
func (f *floor) step(now time.Duration, worker int, e agent.Event) {
	w := &f.workers[worker]
	working := w.Busy() || w.State() == agent.WrapUp
	if err := w.Step(moment(now), e); err != nil {
		f.outcome.Faults++
		return
	}
	if works := w.Busy() || w.State() == agent.WrapUp; works != working {
		if works {
			w.occupied = now
		} else {
			w.busy += now - w.occupied
		}
	}
	if w.State() == agent.WrapUp {
		f.events.push(event{now + w.Until().Sub(moment(now)), wrapUpEnds, worker})
	}
	f.settle(now, worker)
}

// settle makes the router know whether a worker can be called, and sends him home after his shift.
func (f *floor) settle(now time.Duration, worker int) {
	w := &f.workers[worker]
	idle := w.State() == agent.Ready || w.State() == agent.NotReady
	switch {
	case w.leaving && idle:
		f.router.notReady(worker)
		f.outcome.Busy += w.busy
		f.outcome.Staffed += now - w.began
		_ = w.Step(moment(now), agent.Event{Kind: agent.SignOut})
	case w.Offerable():
		f.router.ready(worker, w.IdleSince(), w.busy.Seconds()/max(1, (now-w.began).Seconds()))
	case w.State() == agent.NotReady && w.Reason() == agent.ReasonNoAnswer: // back from the corridor
		f.step(now, worker, agent.Event{Kind: agent.BeReady})
	default:
		f.router.notReady(worker)
	}
}
