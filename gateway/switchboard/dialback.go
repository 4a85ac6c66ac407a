package switchboard

import (
	"time"

	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/call"
)

// dialled is the call in which somebody is being called back, nil when he is not.
func (s *Switchboard) dialled(t Task) *live {
	for _, c := range s.calls {
		r := c.Record()
		if r.Direction == call.Outbound && r.State != call.Ended && (r.CallbackID == t.ID || r.Number == t.Number) {
			return c
		}
	}
	return nil
}

// callsHimself tells whether somebody is on the line: he called again.
func (s *Switchboard) callsHimself(number string) bool {
	for _, c := range s.calls {
		if r := c.Record(); r.Number == number && r.State != call.Ended {
			return true
		}
	}
	return false
}

func (s *Switchboard) cmdDial(now time.Time, seat *seat, c Command) error {
	args, err := arguments[DialArgs](c)
	if err != nil {
		return err
	}
	t, known := s.callback.tasks[args.ID]
	switch {
	case !known || s.callback.done[args.ID]:
		return &Error{CodeNoSuchCallback, "nobody waits for this call-back any more", false}
	case s.blockedBy(now, t.Number, t.DNIS) != "":
		return &Error{CodeBlocked, "his number is on the block list: he is not called back", false}
	case s.synced() != nil:
		return &Error{CodeUnavailable, "no connection to the telephone system", true}
	case s.dialled(t) != nil:
		return &Error{CodeBeingDialled, "another agent is calling him back", false}
	case s.callsHimself(t.Number):
		return &Error{CodeBeingDialled, "he is calling himself right now", true}
	}
	return s.dial(now, seat, t, agent.DialCall)
}

// dial calls somebody back: the agent's telephone rings first. how is whether the agent asked for it himself; then
// his page answers by itself.
func (s *Switchboard) dial(now time.Time, seat *seat, t Task, how agent.Kind) error {
	id := call.OutboundID(s.cfg.Node, ulid.Make().String())
	was := seat.agent.State()
	if err := seat.agent.Step(now, agent.Event{Kind: how, Call: string(id)}); err != nil {
		return err
	}
	line, _ := s.set.Lines.Lookup(t.DNIS)
	def := s.set.Running(line.WaitsIn())
	treatment := call.Treatment{
		TellAgentNo: def.TellAgentNo, PauseConsult: !s.set.Policies.Transfers.RecordConsult,
		PauseHandedOver: !s.set.Policies.Transfers.RecordHandedOver,
	}
	if def.Rating {
		treatment.Rating = rating
	}
	c := s.add(now, call.NewOutbound(now, call.Departure{
		ID: id, Number: t.Number, DNIS: line.DNIS, Line: line.Name, Queue: line.WaitsIn(), Recorded: line.Record,
		Task: t.ID, Treatment: treatment,
	}))
	c.task, c.admitted = &t, true
	c.SetSecret(t.Secret)
	if p := s.callback.of[t.Number]; p != nil {
		s.leavePlace(p)
	}
	seat.call = c
	s.agentChanged(seat, was, string(call.Dial))
	s.cfg.Log.Info("calling back", "call", id, "callback", t.ID, "agent", seat.agent.No)
	s.askHistory(c)
	return s.step(now, c, call.Event{
		Kind: call.Dial, Agent: seat.agent.No, Endpoint: Endpoint(seat.agent.No), RingFor: def.RingTimeout,
		Browser: seat.agent.Phone == agent.PhoneBrowser, On: how == agent.DialCall,
	})
}

// attemptEnded notes here at once what the tasks will say in a moment.
func (s *Switchboard) attemptEnded(now time.Time, c *live) {
	r := c.Record()
	s.cfg.Meter.CallbackEnded(r.Reach)
	if !r.TalkingAt.IsZero() {
		s.callback.done[r.CallbackID] = true
		return
	}
	t := c.task
	if t == nil || !t.KeptPlace {
		return
	}
	if r.Reach == call.NotDialled { // not his fault: the next agent calls
		s.takePlace(now, *t, append(c.avoid, r.Agent))
		return
	}
	s.callback.spent[r.CallbackID] = true
}

func (s *Switchboard) log(c *live) {
	r := c.Record()
	s.cfg.Log.Info("call ended", "call", r.ID, "result", r.Result, "by", r.EndedBy, "agent", r.Agent, "reach", r.Reach)
}

// deskCallback is what the agent sees of the task.
func deskCallback(c *live) *DeskCallback {
	r := c.Record()
	if r.Direction != call.Outbound {
		return nil
	}
	d := &DeskCallback{ID: r.CallbackID, Reach: r.Reach}
	if t := c.task; t != nil {
		d.Reason, d.MissedAt, d.KeptPlace, d.Attempt = t.Reason, t.MissedAt, t.KeptPlace, t.Attempts+1
	}
	return d
}
