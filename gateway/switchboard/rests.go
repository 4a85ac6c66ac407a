package switchboard

import (
	"time"

	"hotline/agent"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
)

// Agents ask for a rest (小休); how many of a group may rest at once is a policy. Who has to wait for his turn goes on
// taking calls (预休息).

// askRest answers an agent's request. A rest that was granted begins at once, or after the call at hand.
func (s *Switchboard) askRest(now time.Time, seat *seat, rest agent.Event) error {
	if seat.agent.State() == agent.SignedOut {
		return agent.ErrWrongState
	}
	switch s.rests.Ask(seat.agent.No, s.set.Groups[seat.agent.No]) {
	case queue.RestGranted:
		return s.stepAgent(now, seat, rest, CmdRest)
	case queue.RestPending:
		seat.rest = &rest
		s.cfg.Audience.Event(seat.agent.No, KindAgentState, s.desk(seat))
		return nil
	}
	return &Error{CodeTooMany, "as many rest, and wait for a rest, as may at once", true}
}

// restOver gives the rest back of one who rests no longer, or who took back what he asked for.
func (s *Switchboard) restOver(seat *seat) {
	a := seat.agent
	next, _ := a.Next()
	if a.State() == agent.Rest || next == agent.Rest {
		return
	}
	if seat.rest != nil && a.State() != agent.SignedOut {
		return // still waits for his turn
	}
	seat.rest = nil
	s.rests.Release(a.No)
}

// takeBackRest is said by whoever chooses another state: he waits for a rest no longer.
func (s *Switchboard) takeBackRest(seat *seat) {
	if seat.rest != nil {
		seat.rest = nil
		s.rests.Release(seat.agent.No)
	}
}

// restTurns begins the rests whose turn has come.
func (s *Switchboard) restTurns(now time.Time) {
	for _, no := range s.rests.Turn() {
		seat := s.seats[no]
		if seat == nil || seat.rest == nil {
			s.rests.Release(no)
			continue
		}
		rest := *seat.rest
		seat.rest = nil
		if err := s.stepAgent(now, seat, rest, "rest_turn"); err != nil {
			s.rests.Release(no)
		}
	}
}

// countStaff tells how many of each group are signed in, of which caps may be a share.
func (s *Switchboard) countStaff() {
	staff := map[string]int{}
	for no, seat := range s.seats {
		n := 0
		if seat.agent.State() != agent.SignedOut {
			n = 1
		}
		staff[s.set.Groups[no]] += n
	}
	for group, n := range staff {
		s.rests.Staff(group, n)
	}
}

// restCaps are the caps of all groups, which the policy makes alike.
func restCaps(set settings.Snapshot) map[string]queue.Cap {
	r := set.Policies.Rest
	limit := queue.Cap{Most: r.Most, Share: float64(r.Share) / 100, Pending: r.Pending}
	caps := map[string]queue.Cap{"": limit}
	for _, group := range set.Groups {
		caps[group] = limit
	}
	return caps
}
