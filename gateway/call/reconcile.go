package call

import (
	"slices"
	"time"
)

// Facts is what Asterisk has of one call at an instant.
type Facts struct {
	Legs    map[LegID]bool // existing channels of the call; true when the leg is up (answered)
	Bridge  bool           // the call's bridge exists
	Members map[LegID]bool // who is in it
}

// Reconcile makes the call and Asterisk agree. Events that were missed are played into the call as if they had
// come, then whatever should be so and is not is asked for again. gap tells that events may have been missed
// (after a reconnect or restart): then what Asterisk cannot be asked, a prompt's end or running music, is
// settled too. The caller's disappearance in a gap is put down to lostBy.
func (c *Call) Reconcile(now time.Time, f Facts, gap bool, lostBy Party) []Command {
	c.now = now
	var out []Command
	step := func(e Event) {
		if cmds, err := c.Step(now, e); err == nil {
			out = append(out, cmds...)
		}
	}
	c.bridgeMade, c.bridgeReady = f.Bridge, f.Bridge
	c.callerIn = f.Members[c.caller.ID]
	c.out = nil
	c.foundIn(c.caller, f.Members[c.caller.ID])
	for _, l := range c.talkers() {
		l.in = f.Members[l.ID]
		c.foundIn(&l.LegRecord, l.in)
	}
	for id := range f.Legs {
		c.legs = max(c.legs, attemptOf(id))
	}
	c.missedLegs(f, lostBy, step)
	out = append(out, c.late...)
	c.late = nil
	if gap && c.conversing() {
		c.adoptThirds(now, f)
	}
	if c.rec.State == Ended {
		return append(out, c.orphans(f)...)
	}
	if gap && (c.rec.State == Greeting || c.rec.State == Closing) { // what was said is taken as heard
		c.skipFlow()
		step(Event{Kind: Timeout})
	}
	if c.rec.State == Ended {
		return append(out, c.orphans(f)...)
	}
	c.out = nil
	c.restoreBridge()
	if gap {
		c.restoreSound()
	}
	return append(append(out, c.out...), c.orphans(f)...)
}

// missedLegs plays in what legs did unheard.
func (c *Call) missedLegs(f Facts, lostBy Party, step func(Event)) {
	up, there := f.Legs[c.caller.ID]
	switch {
	case !there && !c.callerThere(): // not dialled yet
	case !there:
		step(Event{Kind: LegGone, Leg: c.caller.ID, By: lostBy})
	case up:
		step(Event{Kind: LegUp, Leg: c.caller.ID})
		if c.rec.State == Dialling {
			step(Event{Kind: LegEntered, Leg: c.caller.ID})
		}
	}
	for _, l := range append([]*leg(nil), c.old...) {
		if _, there := f.Legs[l.ID]; !there {
			step(Event{Kind: LegGone, Leg: l.ID})
		}
	}
	for _, l := range c.talkers() {
		up, there = f.Legs[l.ID]
		switch {
		case !there:
			step(Event{Kind: LegGone, Leg: l.ID})
		case up && l.UpAt.IsZero():
			step(Event{Kind: LegUp, Leg: l.ID})
			step(Event{Kind: LegEntered, Leg: l.ID})
		}
	}
	for _, t := range slices.Clone(c.thirds) {
		if t.leg == nil { // between two routes when the gateway stopped
			c.out = nil
			c.nextThirdRoute(c.now, t, NoAnswer, OfferNoAnswer, LegGone)
			c.late = append(c.late, c.out...)
		}
	}
}

// talkers are the legs beside the caller's that have a part in the conversation.
func (c *Call) talkers() (legs []*leg) {
	if c.agent != nil {
		legs = append(legs, c.agent)
	}
	for _, t := range c.thirds {
		if t.leg != nil {
			legs = append(legs, t.leg)
		}
	}
	if c.watch != nil && c.watch.leg != nil {
		legs = append(legs, c.watch.leg)
	}
	return legs
}

// foundIn corrects what is kept of when a leg was in the conversation.
func (c *Call) foundIn(l *LegRecord, in bool) {
	if in && c.conversing() {
		c.together(l)
	} else if !in {
		c.apart(l)
	}
}

// restoreBridge puts the legs that should hear one another back together, and apart those that should not.
func (c *Call) restoreBridge() {
	wanted := c.callerWanted() || c.rec.State == Diverted || (c.rec.State == Offered && !c.answering)
	switch {
	case wanted:
		c.join()
	case c.callerIn:
		c.part()
		c.music = false // being in the bridge ended it
		c.startMusic()
	}
	if slices.ContainsFunc(c.talkers(), func(l *leg) bool { return l.entered && !l.in }) {
		c.makeBridge()
	}
	c.arrange()
}

// restoreSound gives a waiting caller his music again, whatever he may be hearing.
func (c *Call) restoreSound() {
	if c.rec.State == Dialling || c.rec.State == AgentRinging {
		c.ringsBack = false
		c.ringBack()
		return
	}
	for _, t := range c.thirds {
		t.music = false
		c.place(t)
	}
	if c.callerWanted() || c.rec.State == Diverted || !c.answering || c.callerIn {
		return
	}
	c.playing, c.music = "", false
	c.startMusic()
}

// orphans hangs up channels that carry the call's name and have no part in it.
func (c *Call) orphans(f Facts) []Command {
	known := map[LegID]bool{c.caller.ID: true}
	for _, l := range c.talkers() {
		known[l.ID] = true
	}
	if c.watch != nil {
		known[c.watch.snoop] = true
	}
	var out []Command
	for id := range f.Legs {
		if !known[id] || c.rec.State == Ended {
			out = append(out, Command{Verb: HangUp, Leg: id})
		}
	}
	if c.rec.State == Ended && f.Bridge {
		out = append(out, Command{Verb: DropBridge, Leg: c.caller.ID, Bridge: c.Bridge()})
	}
	return out
}
