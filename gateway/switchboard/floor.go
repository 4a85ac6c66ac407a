package switchboard

import (
	"cmp"
	"slices"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/caller"
)

// supervisors calls tell for each supervisor at a console.
func (s *Switchboard) supervisors(tell func(*seat)) {
	for _, seat := range s.seats {
		if seat.session != "" && seat.agent.Has(agent.RoleSupervisor) {
			tell(seat)
		}
	}
}

// tellFloor sends each supervisor the agents of his groups and the calls; those of one group get the same.
func (s *Switchboard) tellFloor(now time.Time) {
	floors := map[string]Floor{}
	s.supervisors(func(seat *seat) {
		group := s.set.Groups[seat.agent.No]
		if _, made := floors[group]; !made {
			floors[group] = s.floor(now, seat)
		}
		s.cfg.Audience.Tick(seat.agent.No, "floor", floors[group])
	})
	s.tellAlerts()
	open := 0
	for _, a := range s.alerts {
		if a.AckBy == "" {
			open++
		}
	}
	s.cfg.Meter.Alerts(open)
}

func (s *Switchboard) floor(now time.Time, supervisor *seat) Floor {
	f := Floor{At: now, Agents: []FloorAgent{}, Calls: []FloorCall{}}
	for no, seat := range s.seats {
		if s.oversees(supervisor, no) {
			f.Agents = append(f.Agents, s.floorAgent(seat))
		}
	}
	slices.SortFunc(f.Agents, func(a, b FloorAgent) int { return cmp.Compare(a.No, b.No) })
	titles := make(map[string]string, len(s.set.Queues))
	for i := range s.set.Queues {
		titles[s.set.Queues[i].Name] = s.set.Queues[i].Title
	}
	for _, c := range s.calls {
		if c.State() != call.Ended && (c.Agent() == "" || s.oversees(supervisor, c.Agent())) {
			f.Calls = append(f.Calls, floorCall(c, titles))
		}
	}
	slices.SortFunc(f.Calls, func(a, b FloorCall) int { return a.ArrivedAt.Compare(b.ArrivedAt) })
	return f
}

func (s *Switchboard) floorAgent(seat *seat) FloorAgent {
	a := seat.agent
	f := FloorAgent{
		No: a.No, Name: a.Name, Group: s.set.Groups[a.No], State: a.Shown(), Reason: a.Reason(), Since: a.Since(), PhoneOK: seat.phoneOK,
		Help: seat.help, Today: seat.today,
	}
	if seat.call != nil {
		f.Call, f.Phase = seat.call.ID(), phase(seat.call, a)
		if seat.call.Agent() == a.No {
			f.Supervisor, f.How, _ = seat.call.Supervisor()
		}
	}
	return f
}

func floorCall(c *live, titles map[string]string) FloorCall {
	r := c.Record()
	f := FloorCall{
		ID: r.ID, Number: caller.Number(shownNumber(r)).String(), Secret: r.Secret, Line: DeskLine{r.DNIS, r.Line}, Queue: cmp.Or(titles[r.Queue], r.Queue), State: r.State, Agent: c.Agent(),
		ArrivedAt: r.ArrivedAt, QueuedAt: pointer(r.QueuedAt), TalkingAt: pointer(r.TalkingAt), Priority: r.Priority, Parties: []DeskParty{},
	}
	for _, t := range c.Thirds() {
		f.Parties = append(f.Parties, partyOf(t))
	}
	return f
}

// deskSupervising shows a supervisor with whom he is.
func (s *Switchboard) deskSupervising(seat *seat) *DeskSupervising {
	if seat.watching == nil {
		return nil
	}
	_, how, since := seat.watching.Supervisor()
	no := seat.watching.Agent()
	return &DeskSupervising{Call: seat.watching.ID(), Agent: no, Name: s.nameOf(no), How: how, Since: pointer(since)}
}
