package call

import (
	"slices"
	"time"
)

// Who hears whom.

// arrange takes into the bridge who should hear the others, and gives music to who should not: these first.
func (c *Call) arrange() {
	for _, t := range c.thirds {
		if t.Aside {
			c.place(t)
		}
	}
	switch {
	case !c.conversing(): // waits for an agent
	case c.callerWanted():
		c.stopMusic()
		c.join()
	case c.callerIn:
		c.part()
		c.startMusic()
	}
	for _, t := range c.thirds {
		c.place(t)
	}
	c.joinAgent()
	c.arrangeWatch()
	c.watchRecording()
}

// conversing tells whether the caller has got through to somebody.
func (c *Call) conversing() bool {
	switch c.rec.State {
	case Talking, Held, Reconnecting, Transferring, HandedOver:
		return true
	}
	return false
}

func (c *Call) callerWanted() bool {
	switch c.rec.State {
	case Talking, HandedOver:
		return true
	case Reconnecting:
		return !c.consulting && c.anyThird((*third).in)
	}
	return false
}

// place brings one third party into the conversation or out of it.
func (c *Call) place(t *third) {
	switch {
	case t.leg == nil || !t.up() || !t.leg.entered:
	case t.Aside:
		if t.leg.in {
			t.leg.in = false
			c.apart(&t.leg.LegRecord)
			c.do(Command{Verb: Part, Leg: t.leg.ID, Bridge: c.Bridge()})
		}
		if !t.music {
			t.music = true
			c.do(Command{Verb: StartMusic, Leg: t.leg.ID})
		}
	default:
		if t.music {
			t.music = false
			c.do(Command{Verb: StopMusic, Leg: t.leg.ID})
		}
		if c.bridgeReady && !t.leg.in {
			t.leg.in = true
			c.together(&t.leg.LegRecord)
			c.do(Command{Verb: Join, Leg: t.leg.ID, Bridge: c.Bridge()})
		}
	}
}

func (c *Call) putAside(t *third) {
	if !t.Aside {
		t.Aside = true
		c.keepTransfer(t)
	}
}

// mergeAll brings everybody into one conversation.
func (c *Call) mergeAll(now time.Time, cause Kind) {
	for _, t := range c.thirds {
		if t.Aside {
			t.Aside = false
			c.keepTransfer(t)
		}
	}
	c.consulting = false
	if c.rec.State == Held {
		c.enterTalkingAgain(now, cause)
	}
	c.partiesChanged()
	c.arrange()
}

// swap changes with whom the agent talks: the caller, or the third party.
func (c *Call) swap(now time.Time, e Event) bool {
	t := c.thirdNo(e.N)
	if t == nil || !t.up() {
		return false
	}
	t.Aside = c.rec.State == Held // he talks to the agent now: the caller does next
	c.keepTransfer(t)
	c.partiesChanged()
	c.consulting = !t.Aside
	if t.Aside {
		c.enterTalkingAgain(now, e.Kind)
	} else {
		c.enterHeld(now, e.Kind)
	}
	return true
}

// together notes that a leg came into the conversation, apart that it left it.
func (c *Call) together(l *LegRecord) {
	if n := len(l.Together); n == 0 || !l.Together[n-1].To.IsZero() {
		l.Together = append(slices.Clip(l.Together), Span{From: c.now})
		if c.transfers > 0 {
			c.keepLeg(l)
		}
	}
}

func (c *Call) apart(l *LegRecord) {
	if n := len(l.Together); n > 0 && l.Together[n-1].To.IsZero() {
		l.Together = slices.Clone(l.Together)
		l.Together[n-1].To = c.now
		if c.transfers > 0 {
			c.keepLeg(l)
		}
	}
}

func (l *leg) gone(now time.Time, cause int) {
	l.GoneAt, l.Cause, l.in = now, cause, false
	if n := len(l.Together); n > 0 && l.Together[n-1].To.IsZero() {
		l.Together = slices.Clone(l.Together)
		l.Together[n-1].To = now
	}
}

// paused notes that the recording pauses or goes on; saying so twice changes nothing.
func paused(spans []Span, pause bool, now time.Time) []Span {
	n := len(spans)
	open := n > 0 && spans[n-1].To.IsZero()
	if pause == open {
		return spans
	}
	if pause {
		return append(slices.Clip(spans), Span{From: now})
	}
	spans = slices.Clone(spans)
	spans[n-1].To = now
	return spans
}

// watchRecording pauses the recording where policy wants it.
func (c *Call) watchRecording() {
	pause := c.treat.PauseConsult && c.rec.State == Held && c.anyThird((*third).in) ||
		c.treat.PauseHandedOver && c.rec.State == HandedOver
	if !c.recording || pause == c.paused {
		return
	}
	c.paused = pause
	verb := ResumeRec
	if pause {
		verb = PauseRec
	}
	c.rec.Pauses = paused(c.rec.Pauses, pause, c.now)
	c.keep()
	c.do(Command{Verb: verb, Leg: c.caller.ID, Name: c.rec.Recording})
}
