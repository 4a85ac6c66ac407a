package switchboard

import (
	"slices"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
)

// ---- what a call wants done

// carryOut does what a step of a call asked for. Telephones are told first, but for one that rings: who sits there has
// the call on his screen by then.
func (s *Switchboard) carryOut(now time.Time, c *live, before call.State, cause call.Kind, commands []call.Command) {
	phone, rings := forPhone(commands)
	if !rings {
		s.phone(c, phone)
	}
	told := ""
	for _, cmd := range commands {
		if cmd.ForPhone() {
			continue
		}
		if agentNo := s.perform(now, c, cmd, cause); agentNo != "" {
			told = agentNo
		}
	}
	s.holdWith(now, c)
	s.tellDesks(c, before, told, cause)
	if rings {
		s.phone(c, phone)
	}
	s.keepCall(c)
	s.timers.set(string(c.ID()), c.Wake())
	if c.Done() {
		delete(s.calls, c.ID())
		s.timers.set(string(c.ID()), time.Time{})
	}
	if c.asksQueue {
		c.asksQueue = false
		if !s.offerBack(now, c) {
			s.askQueue(now, c)
		}
	}
}

// forPhone picks the telephones' commands, and tells whether one of them makes an agent's telephone ring.
func forPhone(commands []call.Command) (phone []call.Command, rings bool) {
	for _, cmd := range commands {
		if cmd.ForPhone() {
			phone = append(phone, cmd)
			rings = rings || cmd.Verb == call.Originate && cmd.Agent != ""
		}
	}
	return phone, rings
}

func (s *Switchboard) phone(c *live, commands []call.Command) {
	if len(commands) > 0 {
		s.cfg.Phone.Do(c.ID(), commands)
	}
}

// perform carries out what a call asks of the switchboard. It returns the agent whose screen it told already.
func (s *Switchboard) perform(now time.Time, c *live, cmd call.Command, cause call.Kind) string {
	id := string(c.ID())
	switch cmd.Verb {
	case call.Enqueue:
		c.asksQueue = true
	case call.Dequeue:
		c.asksQueue = false
		s.queue.Leave(id)
	case call.OfferEnded:
		return s.offerEnded(now, c, cmd)
	case call.Engaged:
		if seat := s.seats[cmd.Agent]; seat != nil {
			s.engage(now, seat, c, cause)
		}
	case call.Released:
		return s.released(now, c, cmd)
	case call.LookUp:
		s.askOrder(c, cmd)
	case call.Transferred:
		s.transferred(now, c, *cmd.Transfer)
	case call.ComeBack:
		c.comesBackTo = cmd.Agent
	case call.Unwatched:
		s.unwatched(now, c, cmd.Agent)
	case call.Finished:
		r := c.Record()
		s.log(c)
		if r.Direction == call.Outbound {
			s.attemptEnded(now, c)
			break
		}
		if !r.QueuedAt.IsZero() {
			s.queue.Result(r.Queue, r.TalkingAt.IsZero())
		}
		s.cfg.Meter.CallEnded(r.Line, r.Result)
		s.keepPlace(r)
	}
	return ""
}

func (s *Switchboard) engage(now time.Time, seat *seat, c *live, cause call.Kind) {
	was := seat.agent.State()
	if err := seat.agent.Step(now, agent.Event{Kind: agent.Engage, Call: string(c.ID())}); err != nil {
		s.cfg.Log.Error("engage", "call", c.ID(), "error", err)
		return
	}
	if seat.call != c || seat.engagedAt.IsZero() {
		seat.engagedAt = now
	}
	seat.call, seat.watching = c, nil
	seat.legPage = seat.page
	if seat.counted != c.ID() && c.State() != call.Dialling {
		seat.counted = c.ID()
		seat.today.Answered++
	}
	s.agentChanged(seat, was, string(cause))
}

// offerOutcome says what an offer's end means for the agent.
var offerOutcome = map[call.Outcome]agent.Kind{
	call.OfferRefused: agent.Refuse, call.OfferNoAnswer: agent.NoAnswer,
	call.OfferUnreachable: agent.Unreachable, call.OfferWithdrawn: agent.Withdraw,
}

func (s *Switchboard) offerEnded(now time.Time, c *live, cmd call.Command) string {
	if r := c.Record(); r.Direction != call.Outbound || !r.TalkingAt.IsZero() { // a call of his own is no offer
		s.cfg.Meter.OfferEnded(cmd.Outcome)
	}
	kind, over := offerOutcome[cmd.Outcome]
	seat := s.seats[cmd.Agent]
	if !over || seat == nil {
		return ""
	}
	seat.call = nil
	if cmd.Outcome != call.OfferWithdrawn {
		c.avoid = append(c.avoid, cmd.Agent)
	}
	s.moveAgent(now, seat, agent.Event{Kind: kind, Call: string(c.ID())}, string(cmd.Outcome))
	s.cfg.Audience.Event(cmd.Agent, KindWithdrawn, s.desk(seat))
	return cmd.Agent
}

func (s *Switchboard) released(now time.Time, c *live, cmd call.Command) string {
	seat := s.seats[cmd.Agent]
	if seat == nil {
		return ""
	}
	wrapUp := s.set.Running(c.Record().Queue).WrapUp
	if talkingAt := c.Record().TalkingAt; talkingAt.IsZero() {
		wrapUp = unreachedWrapUp
	} else {
		talked := now.Sub(later(talkingAt, seat.engagedAt))
		seat.today.TalkSeconds += int(talked.Seconds())
		seat.busy += talked
		s.talks.note(c.Record().Number, cmd.Agent, now)
	}
	seat.engagedAt = time.Time{}
	s.noHelp(seat)
	if c.State() != call.Ended {
		c.leftBy = cmd.Agent
	}
	s.moveAgent(now, seat, agent.Event{Kind: agent.Release, Call: string(c.ID()), For: wrapUp}, "call_ended")
	if seat.agent.State() != agent.WrapUp {
		seat.call = nil
	}
	s.cfg.Audience.Event(cmd.Agent, KindEnded, s.desk(seat))
	return cmd.Agent
}

// tellDesks shows at their desks what changed for those who have a part in the call, unless they were told already.
func (s *Switchboard) tellDesks(c *live, before call.State, told string, cause call.Kind) {
	after, parties := c.State(), c.Parties()
	changed := parties != c.parties
	c.parties = parties
	if before == after && !changed || after == call.Ended && !changed {
		return
	}
	for _, agentNo := range s.desksOf(c) {
		seat := s.seats[agentNo]
		if seat == nil || agentNo == told {
			continue
		}
		kind := KindParties
		switch {
		case agentNo == c.Agent() && before != after && after != call.Ended:
			kind = deskKind(before, after)
		case !changed:
			continue
		case cause == call.Bring && seat.agent.State() == agent.Reserved:
			kind = KindRinging
		}
		s.cfg.Audience.Event(agentNo, kind, s.desk(seat))
	}
}

// desksOf are the agents whose screens show the call: its own, those he brought in, a supervisor, and who left it.
func (s *Switchboard) desksOf(c *live) []string {
	desks := append(c.Guests(), c.Agent())
	if supervisor, _, _ := c.Supervisor(); supervisor != "" {
		desks = append(desks, supervisor)
	}
	if seat := s.seats[c.leftBy]; seat != nil && seat.call == c && !slices.Contains(desks, c.leftBy) {
		desks = append(desks, c.leftBy)
	}
	return slices.DeleteFunc(desks, func(no string) bool { return no == "" })
}

// holdWith keeps the agent's own state with that of his call: held while the caller is.
func (s *Switchboard) holdWith(now time.Time, c *live) {
	seat := s.seats[c.Agent()]
	if seat == nil || seat.call != c {
		return
	}
	e := agent.Event{Call: string(c.ID())}
	switch state := seat.agent.State(); {
	case c.State() == call.Held && state == agent.Talking:
		e.Kind = agent.HoldCall
	case c.State() == call.Talking && state == agent.Held:
		e.Kind = agent.ResumeCall
	default:
		return
	}
	_ = s.moveAgent(now, seat, e, string(e.Kind))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func deskKind(before, after call.State) string {
	switch {
	case after == call.Offered, after == call.AgentRinging:
		return KindRinging
	case after == call.Dialling:
		return KindDialling
	case after == call.Held:
		return KindHeld
	case after == call.Reconnecting:
		return KindReconnecting
	case before == call.Held:
		return KindResumed
	case before == call.Reconnecting:
		return KindReconnected
	}
	return KindAnswered
}

func (s *Switchboard) keepCall(c *live) {
	j := c.TakeJournal()
	if j.Call != nil {
		s.cfg.Journal.Append(Entry{Call: j.Call})
	}
	for i := range j.Legs {
		s.cfg.Journal.Append(Entry{Leg: &j.Legs[i]})
	}
	for i := range j.Offers {
		s.cfg.Journal.Append(Entry{Offer: &j.Offers[i]})
	}
	for i := range j.Changes {
		s.cfg.Journal.Append(Entry{Change: &j.Changes[i]})
	}
	for i := range j.Transfers {
		s.cfg.Journal.Append(Entry{Transfer: &j.Transfers[i]})
	}
}
