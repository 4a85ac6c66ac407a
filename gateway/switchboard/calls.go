package switchboard

import (
	"time"

	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/caller"
)

// ---- what the telephone side reports

// ChannelEntered reports a channel that entered our application: a caller (inbound) or an agent's leg.
func (s *Switchboard) ChannelEntered(id string, ch Channel) {
	read := s.cfg.Now()
	s.post(s.whenSynced(func(now time.Time) { s.channelEntered(now, read, id, ch) }))
}

// ChannelUp reports that a channel was answered.
func (s *Switchboard) ChannelUp(id string) {
	s.post(s.whenSynced(func(now time.Time) {
		s.stepChannel(now, id, call.Event{Kind: call.LegUp, Leg: call.LegID(id)})
	}))
}

// ChannelGone reports that a channel hung up, with the Q.850 cause. It may come twice.
func (s *Switchboard) ChannelGone(id string, cause int) {
	s.post(s.whenSynced(func(now time.Time) {
		s.stepChannel(now, id, call.Event{Kind: call.LegGone, Leg: call.LegID(id), Cause: cause})
	}))
}

// CallerCut reports that Asterisk ends a caller's channel by itself: it is being stopped.
func (s *Switchboard) CallerCut(id string) {
	s.post(s.whenSynced(func(now time.Time) {
		s.stepChannel(now, id, call.Event{Kind: call.LegGone, Leg: call.LegID(id), By: call.BySystem})
	}))
}

// ChannelRinging reports that the telephone of a third party rings.
func (s *Switchboard) ChannelRinging(id string) {
	s.post(s.whenSynced(func(now time.Time) {
		s.stepChannel(now, id, call.Event{Kind: call.LegRinging, Leg: call.LegID(id)})
	}))
}

// PlaybackEnded reports the end of a playback "<call>.p<n>" on a channel; failed when it could not be played.
func (s *Switchboard) PlaybackEnded(channel, playback string, failed bool) {
	kind := call.PromptEnded
	if failed {
		kind = call.PromptLost
	}
	s.post(s.whenSynced(func(now time.Time) {
		s.stepChannel(now, channel, call.Event{Kind: kind, Playback: playback})
	}))
}

// KeyPressed reports a key of a caller's telephone: "0" to "9", "*", "#".
func (s *Switchboard) KeyPressed(channel, key string) {
	s.post(s.whenSynced(func(now time.Time) {
		s.stepChannel(now, channel, call.Event{Kind: call.KeyPressed, Key: key})
	}))
}

// Spoke reports that a channel that is listened to said something.
func (s *Switchboard) Spoke(channel string) {
	s.post(s.whenSynced(func(now time.Time) { s.stepChannel(now, channel, call.Event{Kind: call.Spoke}) }))
}

// Done reports that a command which is waited for succeeded: only MakeBridge is.
func (s *Switchboard) Done(id call.ID, cmd call.Command) {
	if cmd.Verb != call.MakeBridge || cmd.Leg != "" && call.IsSupervisor(cmd.Leg) {
		return
	}
	s.post(func(now time.Time) {
		if c := s.calls[id]; c != nil {
			s.step(now, c, call.Event{Kind: call.BridgeReady})
		}
	})
}

// Failed reports a command that could not be carried out. gone tells that Asterisk no longer has the channel it was
// for; for Originate that is the caller's.
func (s *Switchboard) Failed(id call.ID, cmd call.Command, gone bool) {
	s.post(func(now time.Time) { s.commandFailed(now, id, cmd, gone) })
}

// whenSynced holds back what channels do until the census after a reconnect has been worked in.
func (s *Switchboard) whenSynced(in input) input {
	return func(now time.Time) {
		if s.syncing {
			s.deferred = append(s.deferred, in)
			return
		}
		in(now)
	}
}

// ---- what it means

// channelEntered takes a channel in; read is when its event came from Asterisk.
func (s *Switchboard) channelEntered(now, read time.Time, id string, ch Channel) {
	if !ch.Inbound {
		s.stepChannel(now, id, call.Event{Kind: call.LegEntered, Leg: call.LegID(id)})
		if ch.Up {
			s.stepChannel(now, id, call.Event{Kind: call.LegUp, Leg: call.LegID(id)})
		}
		return
	}
	if s.calls[call.ID(id)] != nil {
		return // said twice
	}
	if s.cameFromUs(ch) {
		s.cfg.Log.Warn("a call that we hand over came back to us", "call", id, "from", ch.Data.CallID)
		s.cfg.Phone.Do(call.ID(id), []call.Command{{Verb: call.HangUp, Leg: call.LegID(id)}})
		return
	}
	c := s.add(now, call.New(read, s.arrival(now, id, ch)))
	s.cfg.Meter.CallOffered(c.Record().Line, c.Record().UnknownNo)
	s.cfg.Log.Info("call arrived", "call", id, "caller", caller.Number(c.Record().Number), "line", c.Record().DNIS)
	if ch.Up {
		s.step(now, c, call.Event{Kind: call.LegUp, Leg: call.LegID(id)})
	}
	s.step(now, c, call.Event{Kind: call.Arrived})
	s.askHistory(c)
}

func (s *Switchboard) arrival(now time.Time, id string, ch Channel) call.Arrival {
	line, known := s.set.Lines.Lookup(ch.DNIS)
	number := caller.Parse(ch.Number).Full()
	var cameFrom *calldata.Data
	if ch.Data.CallID != "" || ch.Data.Number != "" {
		cameFrom = &ch.Data
		if told := caller.Parse(ch.Data.Number).Full(); told != "" {
			number = told // the citizen's, where who hands over shows his own
		}
	}
	return call.Arrival{
		ID: call.ID(id), CameFrom: cameFrom, Number: number, DNIS: ch.DNIS, Line: line.Name, Queue: line.WaitsIn(),
		UnknownNo: !known, Recorded: line.Record, Priority: string(line.Priority),
		Blocked: s.keepsOut(now, id, number, line, cameFrom != nil),
		Flow:    s.flowOf(line), Facts: s.lineFacts(line, now),
	}
}

func (s *Switchboard) add(now time.Time, c *call.Call) *live {
	l := &live{Call: c, touched: now, historyState: "loading"}
	s.calls[c.ID()] = l
	return l
}

func (s *Switchboard) stepChannel(now time.Time, channel string, e call.Event) {
	if c := s.calls[call.CallOf(channel)]; c != nil {
		s.step(now, c, e)
	}
}

func (s *Switchboard) commandFailed(now time.Time, id call.ID, cmd call.Command, gone bool) {
	c := s.calls[id]
	if c == nil {
		return
	}
	if gone && cmd.Verb == call.HangUp {
		s.step(now, c, call.Event{Kind: call.LegGone, Leg: cmd.Leg})
		return
	}
	if gone && cmd.Verb == call.Originate && !call.IsOutbound(id) { // the caller it was dialled for
		s.step(now, c, call.Event{Kind: call.LegGone, Leg: call.LegID(id)})
		return
	}
	s.warningLost(now, c, cmd)
	s.step(now, c, call.Event{Kind: call.Failed, Verb: cmd.Verb, Leg: cmd.Leg, Playback: cmd.Playback})
}

// step plays an event into a call and carries out what follows: telephones first, for whom somebody waits, then agents
// and their screens. Only where a telephone is to ring is the agent's screen on its way before it.
func (s *Switchboard) step(now time.Time, c *live, e call.Event) error {
	before := c.State()
	commands, err := c.Step(now, e)
	if err != nil {
		if !unexpected(err) {
			s.cfg.Log.Error("call", "call", c.ID(), "error", err)
		}
		return err
	}
	c.touched = now
	s.carryOut(now, c, before, e.Kind, commands)
	return nil
}
