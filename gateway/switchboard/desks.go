package switchboard

import (
	"cmp"
	"slices"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/caller"
)

// seat is one agent and the console he sits at.
type seat struct {
	agent   *agent.Agent
	session string // console session, empty when none is linked
	page    string // load of the page of that session
	phoneOK bool
	call    *live   // call at the desk, through wrap-up
	legPage string  // page of the console that his leg in it belongs to
	counted call.ID // call that was last counted among those he answered today

	engagedAt time.Time // when he came into the call
	help      bool      // he called for a supervisor
	watching  *live     // supervisor: the call he is in with its agent
	today     Today
	day       time.Time // whose figures today holds

	seatedAt time.Time     // signed in
	busy     time.Duration // in calls since
	rest     *agent.Event  // asked for, waits for its turn
}

// occupancy is the share of his time at the desk that the agent talked.
func (s *seat) occupancy(now time.Time) float64 {
	seated := now.Sub(s.seatedAt).Seconds()
	if s.seatedAt.IsZero() || seated <= 0 {
		return 0
	}
	return min(1, s.busy.Seconds()/seated)
}

// pageUnknown marks a leg of which it is not known which load of the page it belongs to: the gateway was restarted in
// the call. A page loaded anew in that very moment is taken for the old one, and its lost leg is noticed by its
// silence.
const pageUnknown = "?"

// Linked reports that an agent's console is connected. It is answered with a snapshot; for a console that resumed the
// audience passes it on only where it differs from the last event.
func (s *Switchboard) Linked(p agent.Profile, session, page string, _ bool) {
	s.post(func(now time.Time) {
		seat := s.seats[p.No]
		if seat == nil {
			seat = s.addSeat(agent.New(p, now))
		}
		seat.agent.Profile = p
		seat.session, seat.page = session, page
		if seat.call != nil && seat.legPage == pageUnknown {
			seat.legPage = page // the page that talks has lived through the gateway's restart
		}
		s.askToday(now, seat)
		s.lookForPhone(seat)
		s.moveAgent(now, seat, agent.Event{Kind: agent.LinkBack}, "link_back")
		s.cfg.Audience.Snapshot(p.No, session, s.desk(seat))
	})
}

// lookForPhone asks at once whether Asterisk knows a telephone on the desk: unlike a page's it tells nobody that it is
// there, and nobody should read for half a minute that it is not.
func (s *Switchboard) lookForPhone(seat *seat) {
	if seat.agent.Phone != agent.PhoneDesk || seat.phoneOK {
		return
	}
	select {
	case s.sweepNow <- struct{}{}:
	default:
	}
}

// Unlinked reports that a console's connection is gone. pageGone tells that the browser left its page: with it went
// the telephone, which needs no waiting for its silence.
func (s *Switchboard) Unlinked(agentNo, session string, pageGone bool) {
	s.post(func(now time.Time) {
		seat := s.seats[agentNo]
		if seat == nil || seat.session != session {
			return // another console took over meanwhile
		}
		seat.session = ""
		s.moveAgent(now, seat, agent.Event{Kind: agent.LinkLost}, "link_lost")
		if c := seat.leg(); pageGone && seat.agent.Phone == agent.PhoneBrowser && c != nil && talks(c) {
			_ = s.step(now, c, call.Event{Kind: call.ReplaceLeg, Agent: agentNo})
		}
	})
}

func talks(c *live) bool { return c.State() == call.Talking || c.State() == call.Held }

// leg is the call in which he has a leg, nil when he has none: his own, one he was brought into, one he supervises.
func (s *seat) leg() *live {
	no := s.agent.No
	switch c := s.call; {
	case s.watching != nil:
		return s.watching
	case c != nil && c.State() != call.Ended && (c.Agent() == no || slices.Contains(c.Guests(), no)):
		return c
	}
	return nil
}

func (s *Switchboard) addSeat(a *agent.Agent) *seat {
	seat := &seat{agent: a}
	s.seats[a.No] = seat
	s.queue.Skills(a.No, s.set.Skills[a.No])
	return seat
}

// stepAgent changes an agent's state and shows it at his desk.
func (s *Switchboard) stepAgent(now time.Time, seat *seat, e agent.Event, cause string) error {
	before := seat.agent.State()
	if err := s.moveAgent(now, seat, e, cause); err != nil {
		return err
	}
	kind := KindAgentState
	if before == agent.WrapUp && seat.agent.State() != agent.WrapUp {
		kind = KindWrapUpEnded
	}
	s.cfg.Audience.Event(seat.agent.No, kind, s.desk(seat))
	return nil
}

// moveAgent changes an agent's state without showing it: the caller shows what it belongs to.
func (s *Switchboard) moveAgent(now time.Time, seat *seat, e agent.Event, cause string) error {
	was := seat.agent.State()
	if err := seat.agent.Step(now, e); err != nil {
		return err
	}
	if seat.agent.Call() == "" {
		seat.call = nil
	}
	s.agentChanged(seat, was, cause)
	return nil
}

// agentChanged keeps the queue, the timers and the journal in step with an agent.
func (s *Switchboard) agentChanged(seat *seat, was agent.State, cause string) {
	a := seat.agent
	if a.Offerable() {
		s.queue.Ready(a.No, a.IdleSince(), seat.occupancy(a.Since()))
	} else {
		s.queue.NotReady(a.No)
	}
	s.timers.set(a.No, a.Wake())
	if was == agent.SignedOut {
		seat.seatedAt, seat.busy = a.Since(), 0
	}
	s.restOver(seat)
	if a.State() != was {
		s.keepAgent(seat, cause)
	}
	if (a.State() == agent.SignedOut) != (was == agent.SignedOut) {
		s.countStaff()
	}
}

func (s *Switchboard) keepAgent(seat *seat, cause string) {
	a := seat.agent
	s.cfg.Journal.Append(Entry{Agent: &agent.Change{
		Agent: a.No, At: a.Since(), State: a.State(), Reason: a.Reason(), Call: a.Call(), Cause: cause,
	}})
}

// desk is everything the agent's screen shows.
func (s *Switchboard) desk(seat *seat) Desk {
	a := seat.agent
	state, reason := a.Next()
	d := Desk{
		Agent: DeskAgent{
			No: a.No, Name: a.Name, Phone: a.Phone, State: a.Shown(), Reason: a.Reason(), Since: a.Since(),
			Until: pointer(a.Until()), Next: state, NextReason: reason, PhoneOK: seat.phoneOK,
			RestTurn: s.rests.Position(a.No),
		},
		Today: seat.today,
	}
	if seat.call != nil && a.State() != agent.SignedOut {
		d.Call = s.deskCall(seat.call, a)
	}
	d.Help, d.Supervising = seat.help, s.deskSupervising(seat)
	d.showBy(s.cfg.Now())
	return d
}

func (s *Switchboard) deskCall(c *live, a *agent.Agent) *DeskCall {
	r := c.Record()
	d := &DeskCall{
		ID: r.ID, Ver: r.Version, Direction: cmp.Or(r.Direction, call.Inbound), Callback: deskCallback(c), Phase: phase(c, a), Number: shownNumber(r), Secret: r.Secret, NumberKind: string(caller.Number(r.Number).Kind()),
		Line: DeskLine{r.DNIS, r.Line}, ArrivedAt: r.ArrivedAt, QueuedAt: r.QueuedAt, OfferedAt: c.OfferedAt(),
		RingUntil: pointer(c.RingUntil()), TalkingAt: pointer(r.TalkingAt), HeldAt: pointer(c.HeldAt()),
		EndedAt: pointer(r.EndedAt), EndedBy: r.EndedBy, Muted: c.Muted(), Recording: c.Recording(),
		History: c.history, HistoryState: c.historyState, Disposition: c.disposition, Note: c.note,
	}
	if a.State() == agent.WrapUp && r.EndedAt.IsZero() { // for the agent it is over: others talk, or the caller is asked how it was
		d.EndedAt, d.EndedBy = pointer(r.ReleasedAt), call.ByAgent
	}
	s.deskParties(d, c, a)
	d.Abuse = s.deskAbuse(c)
	if a.State() == agent.WrapUp {
		d.WrapUntil = pointer(a.Until())
	}
	return d
}

// phase is the call as this agent sees it.
func phase(c *live, a *agent.Agent) string {
	switch {
	case a.State() == agent.WrapUp:
		return "wrap_up"
	case c.State() == call.Offered, c.State() == call.AgentRinging:
		return "ringing"
	case c.State() == call.Ended:
		return "wrap_up"
	case slices.Contains(c.Guests(), a.No):
		return guestPhase(c, a)
	case c.State() == call.HandedOver: // he takes the caller back
		return "ringing"
	case c.State() == call.Held && c.Consulting():
		return "consulting"
	case c.State() == call.Talking && c.InTogether() > 0:
		return "three_way"
	}
	return string(c.State())
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
