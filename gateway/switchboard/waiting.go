package switchboard

import (
	"time"

	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/queue"
	"hotline/gateway/target"
	"hotline/ivr"
)

// askQueue lets the queue decide about a caller who stands before it. Who was in it before and comes back, from an offer
// that failed or an agent who was lost, is never turned away.
func (s *Switchboard) askQueue(now time.Time, c *live) {
	decision := queue.Decision{Stay: true}
	if !c.admitted {
		decision = s.queue.Admit(c.Record().Queue, now)
	}
	c.admitted = true
	s.decided(now, c, decision)
}

// review lets the queue decide anew about those who have waited long.
func (s *Switchboard) review(now time.Time) {
	for id, c := range s.calls {
		if c.State() != call.Waiting {
			continue
		}
		if d := s.queue.Review(string(id), now); !d.Stay {
			s.cfg.Log.Info("overflow", "call", id, "queue", c.Record().Queue, "why", d.Why)
			s.decided(now, c, d)
		}
	}
}

func (s *Switchboard) decided(now time.Time, c *live, d queue.Decision) {
	switch {
	case d.Stay:
		s.wait(c)
		s.step(now, c, call.Event{Kind: call.Queued, Treatment: s.treatment(c, c.Record().Queue)})
	case d.Refused:
		s.step(now, c, call.Event{
			Kind: call.TurnAway, Reason: why(d.Why), Media: []string{ivr.QueueFull}, Result: string(call.RefusedFull),
		})
	case d.To.Kind == queue.ToQueue:
		s.queue.Leave(string(c.ID()))
		s.step(now, c, call.Event{Kind: call.MoveTo, Queue: d.To.Name, Treatment: s.treatment(c, d.To.Name)})
		s.wait(c)
	case d.To.Kind == queue.ToRegion:
		s.divert(now, c, d)
	case d.To.Kind == queue.ToMessage:
		s.step(now, c, call.Event{
			Kind: call.TurnAway, Reason: why(d.Why), Media: []string{d.To.Name}, Result: string(call.MessageOnly),
		})
	}
}

// divert sends a caller to another city, once: whom nobody took there waits with us.
func (s *Switchboard) divert(now time.Time, c *live, d queue.Decision) {
	line, known := s.set.Lines.Lookup(d.To.Name)
	s.wait(c)
	if c.diverted || !known || len(line.Routes) == 0 {
		s.step(now, c, call.Event{Kind: call.Queued, Treatment: s.treatment(c, c.Record().Queue)})
		return
	}
	c.diverted = true
	s.step(now, c, call.Event{Kind: call.DivertTo, Queue: d.To.Name, Reason: why(d.Why), Routes: target.Endpoints(line.Routes)})
}

// why is the queue's reason in the words of the figures.
func why(r queue.Reason) string {
	if r == queue.TooLong {
		return "timeout"
	}
	return "full"
}

// wait puts a call into its queue; one that waits already keeps its place.
func (s *Switchboard) wait(c *live) {
	r := c.Record()
	last := s.talks[r.Number]
	s.queue.Wait(queue.Caller{
		ID: string(c.ID()), Queue: r.Queue, Since: r.QueuedAt, Priority: queue.Priority(r.Priority), Avoid: c.avoid,
		LastAgent: last.agent, LastAgentAt: last.at,
	})
}

// treatment is what a queue does for a caller beside finding an agent.
func (s *Switchboard) treatment(c *live, name string) call.Treatment {
	def := s.set.Running(name)
	t := call.Treatment{
		Announce: def.Announce, TellAgentNo: def.TellAgentNo,
		PauseConsult: !s.set.Policies.Transfers.RecordConsult, PauseHandedOver: !s.set.Policies.Transfers.RecordHandedOver,
	}
	if s.set.Policies.Callback.KeepPlace {
		t.Callback, t.CallbackNo = def.Callback, callable(c.Record().Number)
	}
	if def.Rating {
		t.Rating = rating
	}
	return t
}

var rating = ivr.RatingFlow(ivr.DefaultScale)

// callable is the number a caller can be called back at, empty when there is none.
func callable(number string) string {
	if caller.Number(number).Callable() {
		return number
	}
	return ""
}

// timeout is the event by which a call is woken. One that waits learns its place, in case it wants to tell it.
func (s *Switchboard) timeout(c *live) call.Event {
	e := call.Event{Kind: call.Timeout}
	if c.State() != call.Waiting {
		return e
	}
	if place, waits := s.queue.Place(string(c.ID())); waits {
		e.Position, e.Wait = place.Position, -1
		if place.Known {
			e.Wait = place.Wait
		}
	}
	return e
}

// lastTalks is with whom callers talked lately, by number.
type lastTalks map[string]talk

type talk struct {
	agent string
	at    time.Time
}

// mostTalks bounds the memory; beyond it those are forgotten who talked longest ago.
const mostTalks = 200_000

func (t lastTalks) note(number, agentNo string, at time.Time) {
	if number == "" || agentNo == "" {
		return
	}
	if len(t) >= mostTalks {
		t.forget(at.Add(-time.Hour))
	}
	if len(t) < mostTalks {
		t[number] = talk{agentNo, at}
	}
}

func (t lastTalks) forget(before time.Time) {
	for number, talked := range t {
		if talked.at.Before(before) {
			delete(t, number)
		}
	}
}
