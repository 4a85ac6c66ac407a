package call

import (
	"slices"
	"time"
)

// What happens to third parties, whatever the state of the call.

// stepThird handles what happens to third parties, whatever the call's state; it reports false for other events.
func (c *Call) stepThird(now time.Time, e Event) bool {
	t := c.thirdOf(e.Leg)
	switch {
	case e.Kind == Refuse && e.Agent != "" && e.Agent != c.dest.agent:
		if t = c.guest(e.Agent); t == nil || t.up() {
			return false
		}
		c.giveUpThird(now, t, Rejected, OfferRefused, e.Kind)
	case e.Kind == ReplaceLeg && e.Agent != "" && e.Agent != c.dest.agent:
		if t = c.guest(e.Agent); t == nil {
			return false
		}
		c.redialGuest(now, t)
	case t == nil:
		return false
	case e.Kind == LegRinging:
		if t.RingingAt.IsZero() {
			t.RingingAt = now
			c.keepTransfer(t)
			c.partiesChanged()
		}
	case e.Kind == LegUp:
		c.thirdUp(now, t, e.Kind)
	case e.Kind == LegEntered:
		t.leg.entered = true
		c.arrange()
	case e.Kind == LegGone:
		c.thirdGone(now, t, e)
	case e.Kind == Failed && e.Verb == Originate:
		c.old = append(c.old, t.leg) // its end is reported, if it ever was
		c.do(Command{Verb: HangUp, Leg: t.leg.ID})
		t.leg = nil
		c.nextThirdRoute(now, t, NoWay, OfferUnreachable, e.Kind)
	case e.Kind == Failed:
	default:
		return false
	}
	return true
}

func (c *Call) guest(agentNo string) *third {
	for _, t := range c.thirds {
		if t.Agent == agentNo {
			return t
		}
	}
	return nil
}

// thirdTimeouts ends rings that have been long enough; it tells whether there was one.
func (c *Call) thirdTimeouts(now time.Time, cause Kind) (any bool) {
	for _, t := range slices.Clone(c.thirds) {
		if due(t.ringUntil, now) && !t.up() {
			any = true
			c.hangUpThird(t)
			c.nextThirdRoute(now, t, NoAnswer, OfferNoAnswer, cause)
		}
	}
	return any
}

func (c *Call) thirdUp(now time.Time, t *third, cause Kind) {
	if t.up() {
		if t.leg.UpAt.IsZero() { // his telephone was dialled anew
			t.leg.UpAt, t.ringUntil = now, time.Time{}
			c.keepLeg(&t.leg.LegRecord)
			c.arrange()
		}
		return
	}
	t.leg.UpAt, t.AnsweredAt, t.ringUntil, t.Result = now, now, time.Time{}, Connected
	c.keepLeg(&t.leg.LegRecord)
	if t.Agent != "" {
		c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: OfferAnswered})
		c.do(Command{Verb: Engaged, Agent: t.Agent})
	}
	c.keepTransfer(t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
	c.partiesChanged()
	switch {
	case c.rec.State == Transferring:
		c.handOver(now, cause)
	case t.Kind == Confirmed && !t.Aside && (c.rec.State == Held || c.rec.State == Talking):
		c.agentLeavesCaller(now, nil, cause)
	case c.rec.State == Reconnecting && !c.consulting: // nobody else talks to the caller
		c.stopPlaying()
		c.arrange()
	default:
		c.arrange()
	}
}

func (t *third) copy() *Transfer { r := t.Transfer; return &r }

// thirdGone goes on to the next route, or ends the third party's part in the call.
func (c *Call) thirdGone(now time.Time, t *third, e Event) {
	t.leg.gone(now, e.Cause)
	c.keepLeg(&t.leg.LegRecord)
	was := t.leg
	t.leg = nil
	switch {
	case t.up() && t.Agent != "" && !hungUp(e.Cause) && e.Cause != 0 && !was.UpAt.IsZero(): // his page is gone, he comes back
		c.dialThird(now, t, true)
		c.partiesChanged()
	case t.up():
		c.endThird(now, t, e.Kind)
	default:
		c.nextThirdRoute(now, t, reachOf(e.Cause), outcomeOf(e.Cause), e.Kind)
	}
}

// redialGuest dials an agent anew whose telephone went with its page.
func (c *Call) redialGuest(now time.Time, t *third) {
	c.hangUpThird(t)
	c.dialThird(now, t, true)
	c.partiesChanged()
}

// nextThirdRoute tries the next way to a third party that was not reached, and gives it up after the last.
func (c *Call) nextThirdRoute(now time.Time, t *third, why Reach, o Outcome, cause Kind) {
	t.Why = why
	if t.up() { // a guest whose telephone was dialled anew in vain
		c.endThird(now, t, cause)
		return
	}
	if t.Tried < len(t.Routes) {
		c.dialThird(now, t, false)
		c.partiesChanged()
		return
	}
	c.giveUpThird(now, t, why, o, cause)
}

// giveUpThird ends a transfer that reached nobody.
func (c *Call) giveUpThird(now time.Time, t *third, why Reach, o Outcome, cause Kind) {
	t.Result, t.Why = NotReached, why
	c.hangUpThird(t)
	if t.Agent != "" {
		c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: o})
	}
	c.removeThird(now, t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
	c.withoutThird(now, t, cause)
}

// drop takes a third party out of the call: back from ringing, or out of the conversation.
func (c *Call) drop(now time.Time, e Event) bool {
	t := c.thirdNo(e.N)
	if t == nil {
		return false
	}
	c.hangUpThird(t)
	if t.up() {
		c.endThird(now, t, e.Kind)
		return true
	}
	t.Result = Cancelled
	if t.Agent != "" {
		c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: OfferWithdrawn})
	}
	c.removeThird(now, t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
	c.withoutThird(now, t, e.Kind)
	return true
}

// endThird ends the part of a third party who was in the call.
func (c *Call) endThird(now time.Time, t *third, cause Kind) {
	c.hangUpThird(t)
	if t.Agent != "" {
		c.do(Command{Verb: Released, Agent: t.Agent})
	}
	c.removeThird(now, t)
	c.withoutThird(now, t, cause)
}

func (c *Call) hangUpThird(t *third) {
	if t.leg != nil {
		c.do(Command{Verb: HangUp, Leg: t.leg.ID})
		c.old = append(c.old, t.leg)
		t.leg = nil
	}
}

func (c *Call) removeThird(now time.Time, t *third) {
	t.EndedAt, t.Aside = now, false
	c.keepTransfer(t)
	c.thirds = slices.DeleteFunc(c.thirds, func(other *third) bool { return other == t })
	c.lastTransfer = t.Transfer
	c.partiesChanged()
}

// withoutThird brings the others to where they are without him.
func (c *Call) withoutThird(now time.Time, t *third, cause Kind) {
	switch c.rec.State {
	case Held:
		if c.consulting && !c.anyThird(func(o *third) bool { return !o.Aside }) {
			c.consulting = false
			c.enterTalkingAgain(now, cause)
		}
	case Transferring:
		if len(c.thirds) == 0 {
			c.comeBack(now, t, cause)
		}
	case HandedOver:
		switch {
		case c.anyThird((*third).up):
			c.arrange()
		case len(c.thirds) > 0:
			c.enterTransferring(now, nil, cause)
		case c.agent == nil:
			c.finish(now, Answered, ByThird, cause)
		}
	case Reconnecting:
		c.arrange()
		if !c.callerIn {
			c.startMusic()
		}
	}
}

// endThirds ends what third parties have in a call that ends.
func (c *Call) endThirds(now time.Time) {
	for _, t := range slices.Clone(c.thirds) {
		c.hangUpThird(t)
		switch {
		case t.Agent != "" && t.up():
			c.do(Command{Verb: Released, Agent: t.Agent})
		case t.Agent != "":
			c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: OfferWithdrawn})
		}
		rang := !t.up()
		if rang {
			t.Result = CallEnded
		}
		c.removeThird(now, t)
		if rang {
			c.do(Command{Verb: Transferred, Transfer: t.copy()})
		}
	}
	c.queueTransferOver(now, CallEnded)
}
