package switchboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
)

// settleTime is how long a call must have been quiet before a sweep believes Asterisk rather than the loop:
// commands on their way would look like faults.
const settleTime = 3 * time.Second

// OpenCall is a call that PostgreSQL holds without an end.
type OpenCall struct {
	Call        call.Record
	Legs        []call.LegRecord
	Offers      []call.OfferRecord
	Transfers   []call.Transfer
	Disposition *call.Disposition
}

// LastState is how an agent was last seen.
type LastState struct {
	Change  agent.Change
	Profile agent.Profile
}

// Restore takes up what an earlier run left, before Run. The census of the first LinkUp corrects it.
func (s *Switchboard) Restore(now time.Time, open []OpenCall, agents []LastState) {
	takenUp(now, open, agents)
	for _, last := range agents {
		seat := s.addSeat(agent.Restore(last.Profile, last.Change, now))
		s.timers.set(last.Profile.No, seat.agent.Wake())
		if last.Change.State == agent.Rest {
			s.rests.Ask(last.Profile.No, s.set.Groups[last.Profile.No])
		}
	}
	for _, o := range open {
		if o.Call.State == call.Ended || s.calls[o.Call.ID] != nil {
			continue
		}
		c := s.add(now, call.Restore(now, call.Kept{Call: o.Call, Legs: o.Legs, Offers: o.Offers, Transfers: o.Transfers}, s.reach))
		c.Treat(s.treatment(c, o.Call.Queue))
		if o.Disposition != nil {
			c.disposition, c.note, c.scope = o.Disposition.Kind, o.Disposition.Note, o.Disposition.Scope
		}
		s.askHistory(c)
	}
	for _, seat := range s.seats {
		if c := s.calls[call.ID(seat.agent.Call())]; c != nil && seat.agent.State() != agent.Supervising {
			seat.call, seat.legPage = c, pageUnknown
			if seat.agent.State() == agent.WrapUp {
				c.leftBy = seat.agent.No
			}
		}
	}
}

// reach is where an agent is dialled and whether his telephone is a console.
func (s *Switchboard) reach(agentNo string) (string, bool) {
	seat := s.seats[agentNo]
	return Endpoint(agentNo), seat != nil && seat.agent.Phone == agent.PhoneBrowser
}

// LinkUp reports that the event stream is connected: what happened meanwhile is unknown until a census is taken.
func (s *Switchboard) LinkUp(ctx context.Context) {
	s.post(func(time.Time) {
		s.linkUp, s.syncing, s.deferred = true, true, nil
		go s.census(ctx, s.resync)
	})
}

// LinkDown reports that the event stream is lost. Calls go on in Asterisk.
func (s *Switchboard) LinkDown() {
	s.post(func(time.Time) { s.linkUp, s.syncing, s.deferred = false, false, nil })
}

// census asks Asterisk until it answers, then hands the answer to the loop.
func (s *Switchboard) census(ctx context.Context, use func(now time.Time, c Census)) {
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, censusTime)
		c, err := s.cfg.Phone.Census(limited)
		cancel()
		if err == nil {
			s.post(func(now time.Time) { use(now, c) })
			return
		}
		s.cfg.Log.Warn("census of asterisk failed", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	s.post(func(time.Time) { s.sweeping = false })
}

// resync makes the loop and Asterisk agree after a gap, then lets in what was held back.
func (s *Switchboard) resync(now time.Time, census Census) {
	if !s.linkUp || !s.syncing {
		return
	}
	s.agree(now, census, true)
	s.syncing = false
	held := s.deferred
	s.deferred = nil
	for _, in := range held {
		in(now)
	}
	s.cfg.Log.Info("in step with asterisk", "calls", len(s.calls), "channels", len(census.Channels), "held_back", len(held))
}

// sweep looks for orphans now and then: channels without a call, calls without a channel.
func (s *Switchboard) sweep(ctx context.Context) {
	if !s.linkUp || s.syncing || s.sweeping {
		return
	}
	s.sweeping = true
	go s.census(ctx, func(now time.Time, c Census) {
		s.sweeping = false
		if !s.linkUp || s.syncing {
			return
		}
		s.agree(now, c, false)
		if len(s.suspects) > 0 {
			time.AfterFunc(settleTime, func() { s.post(func(time.Time) { s.sweep(ctx) }) })
		}
	})
}

// agree plays into every call what Asterisk has of it, adopts callers nobody knows and removes what belongs to
// nobody.
//
// Without a gap, what nobody owns must be seen in two censuses: a call may have ended while one was on its way.
func (s *Switchboard) agree(now time.Time, census Census, gap bool) {
	before := s.suspects
	s.suspects = nil
	proved := func(name string) bool {
		if gap || before[name] {
			return true
		}
		if s.suspects == nil {
			s.suspects = make(map[string]bool)
		}
		s.suspects[name] = true
		return false
	}
	facts := factsOf(census)
	quiet := census.At.Add(-settleTime)
	for id, c := range s.calls {
		if gap || c.touched.Before(quiet) {
			s.reconcile(now, c, facts[id], gap, census.Started)
		}
	}
	for id, f := range facts {
		if s.calls[id] == nil && proved(string(id)) {
			s.strangers(now, id, f, census.Channels[string(id)])
		}
	}
	for bridge := range census.Bridges {
		if id, ours := strings.CutSuffix(bridge, ".b"); ours && s.calls[call.ID(id)] == nil && proved(bridge) {
			s.remove("bridge", call.ID(id), call.Command{Verb: call.DropBridge, Leg: call.LegID(id), Bridge: bridge})
		}
	}
	for bridge := range census.Bridges {
		id, monitor := call.MonitorOf(bridge)
		if c := s.calls[id]; monitor && (c == nil || c.Monitor() != bridge) && proved(bridge) {
			s.remove("bridge", id, call.Command{Verb: call.DropBridge, Leg: call.LegID(id), Bridge: bridge})
		}
	}
	for no, seat := range s.seats {
		s.reseat(now, no, seat, census)
	}
	for name, up := range census.Trunks {
		if up || s.trunks[name] { // one that only calls us has no state to be asked for
			s.trunks[name], s.trunkUp[name] = true, up
			s.cfg.Meter.Trunk(name, up)
		}
	}
}

// factsOf sorts a census by call.
func factsOf(census Census) map[call.ID]call.Facts {
	facts := make(map[call.ID]call.Facts)
	of := func(id call.ID) call.Facts {
		f, ok := facts[id]
		if !ok {
			f = call.Facts{Legs: map[call.LegID]bool{}, Members: map[call.LegID]bool{}}
			facts[id] = f
		}
		return f
	}
	for id, ch := range census.Channels {
		if ch.Inbound || call.IsOurs(call.LegID(id)) || call.IsOutbound(call.CallOf(id)) {
			of(call.CallOf(id)).Legs[call.LegID(id)] = ch.Up
		}
	}
	for bridge, members := range census.Bridges {
		id, ours := strings.CutSuffix(bridge, ".b")
		f, known := facts[call.ID(id)]
		if !ours || !known {
			continue
		}
		f.Bridge = true
		facts[call.ID(id)] = f
		for _, m := range members {
			f.Members[call.LegID(m)] = true
		}
	}
	return facts
}

func (s *Switchboard) reconcile(now time.Time, c *live, f call.Facts, gap bool, started time.Time) {
	lostBy := call.ByCaller
	if started.After(c.Record().ArrivedAt) {
		lostBy = call.BySystem
	}
	before, agentNo := c.State(), c.Agent()
	commands := c.Reconcile(now, f, gap, lostBy)
	if len(commands) > 0 || c.State() != before {
		s.cfg.Log.Info("call reconciled", "call", c.ID(), "was", before, "is", c.State(), "agent", agentNo)
	}
	s.carryOut(now, c, before, "reconcile", commands)
	if c.State() == call.Waiting && !c.admitted { // taken up from an earlier run: he was in the queue
		c.admitted = true
		s.askQueue(now, c)
	}
}

// strangers adopts a caller nobody knows, and hangs up agents' legs without one.
func (s *Switchboard) strangers(now time.Time, id call.ID, f call.Facts, ch Channel) {
	_, there := f.Legs[call.LegID(id)]
	if call.IsOutbound(id) {
		there = conversation(f) // else nobody would talk to him
	}
	if !there {
		for leg := range f.Legs {
			s.remove("channel", id, call.Command{Verb: call.HangUp, Leg: leg})
		}
		return
	}
	if !ch.Up && !call.IsOutbound(id) {
		s.channelEntered(now, now, string(id), ch)
		return
	}
	c := s.add(now, call.Adopt(now, s.arrival(now, string(id), ch), f, s.reach))
	c.Treat(s.treatment(c, c.Record().Queue))
	if !call.IsOutbound(id) {
		s.cfg.Meter.CallOffered(c.Record().Line, c.Record().UnknownNo)
	}
	s.cfg.Log.Warn("adopted a caller of whom nothing was kept", "call", id, "state", c.State())
	s.askHistory(c)
	s.reconcile(now, c, f, true, time.Time{})
}

// conversation tells whether an agent is in the call's bridge.
func conversation(f call.Facts) bool {
	for leg, up := range f.Legs {
		if up && f.Members[leg] && call.AgentOf(leg) != "" {
			return true
		}
	}
	return false
}

func (s *Switchboard) remove(kind string, id call.ID, cmd call.Command) {
	s.cfg.Meter.Swept(kind)
	s.cfg.Log.Warn("removed an orphan", "kind", kind, "command", cmd.String())
	s.cfg.Phone.Do(id, []call.Command{cmd})
}

// reseat makes an agent's state agree with the call at his desk.
func (s *Switchboard) reseat(now time.Time, no string, seat *seat, census Census) {
	if ok, known := census.Endpoints[no]; known && ok != seat.phoneOK {
		seat.phoneOK = ok
		s.cfg.Audience.Event(no, KindAgentState, s.desk(seat))
	}
	a := seat.agent
	c := s.calls[call.ID(a.Call())]
	mine := c != nil && c.State() != call.Ended && slices.Contains(s.desksOf(c), no)
	switch {
	case a.State() == agent.Supervising && !mine:
		seat.watching = nil
		s.stepAgent(now, seat, agent.Event{Kind: agent.Supervised, Call: a.Call()}, "reconcile")
	case a.State() == agent.Reserved && !mine:
		s.stepAgent(now, seat, agent.Event{Kind: agent.Withdraw, Call: a.Call()}, "reconcile")
	case (a.State() == agent.Talking || a.State() == agent.Held) && !mine:
		s.stepAgent(now, seat, agent.Event{Kind: agent.Release, Call: a.Call(), For: s.set.Running("").WrapUp}, "reconcile")
	}
	for _, c := range s.calls {
		if c.Agent() == no && c.HasAgent() && !a.Busy() {
			s.engage(now, seat, c, "reconcile")
			s.cfg.Audience.Event(no, KindAnswered, s.desk(seat))
		}
	}
}
