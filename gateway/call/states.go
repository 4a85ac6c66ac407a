package call

import (
	"time"

	"hotline/ivr"
)

// stepAnyState handles what means the same wherever the call stands: facts about legs, bridge and caller.
func (c *Call) stepAnyState(now time.Time, e Event) bool {
	switch e.Kind {
	case LegGone:
		if e.Leg == c.caller.ID {
			return c.callerGone(now, e)
		}
		return c.oldLegGone(now, e)
	case LegUp:
		if e.Leg == c.caller.ID {
			return c.callerUp(now)
		}
		return c.hangUpOldLeg(e.Leg)
	case LegEntered:
		return c.hangUpOldLeg(e.Leg)
	case BridgeReady:
		c.bridgeReady = true
		c.arrange()
		return true
	case Failed:
		return c.commandFailed(now, e)
	}
	return false
}

func (c *Call) callerUp(now time.Time) bool {
	if !c.callerThere() {
		return true
	}
	if !c.answering { // not by us: whoever answered him, from here on he must hear something
		c.answering = true
		if c.rec.State == Waiting || c.rec.State == Offered || c.rec.State == Diverting {
			c.part()
			c.startMusic()
		}
		if c.rec.State == Dialling {
			c.ringUntil = now.Add(entersWithin)
		}
	}
	if c.caller.UpAt.IsZero() {
		c.caller.UpAt, c.rec.AnsweredAt = now, now
		c.keepLeg(c.caller)
		c.keep()
	}
	return true
}

func (c *Call) callerGone(now time.Time, e Event) bool {
	if !c.callerThere() {
		return true
	}
	c.apart(c.caller)
	c.caller.GoneAt, c.caller.Cause = now, e.Cause
	c.keepLeg(c.caller)
	if c.rec.State == Ended {
		return true
	}
	if c.rec.State == Dialling {
		c.diallingGone(now, e)
		return true
	}
	by := ByCaller
	if e.By != "" {
		by = e.By
	}
	if c.rec.State == Closing {
		c.finish(now, c.closing.result, c.closing.by, e.Kind)
		return true
	}
	c.finish(now, c.resultNow(by), by, e.Kind)
	return true
}

// resultNow is the result of a call that ends where it stands.
func (c *Call) resultNow(by Party) Result {
	switch {
	case c.blocked:
		return Blocked
	case !c.rec.TalkingAt.IsZero():
		return Answered
	case c.rec.State == Diverted:
		return OverflowedOut
	case c.session != nil && c.session.Served():
		return SelfServed
	case by == BySystem:
		return LostSystem
	case c.rec.QueuedAt.IsZero():
		return AbandonedGreeting
	}
	return Abandoned
}

func (c *Call) oldLegGone(now time.Time, e Event) bool {
	for i, l := range c.old {
		if l.ID == e.Leg {
			l.gone(now, e.Cause)
			if !l.CreatedAt.IsZero() { // a snoop channel is nobody's leg
				c.keepLeg(&l.LegRecord)
			}
			c.old = append(c.old[:i], c.old[i+1:]...)
			return true
		}
	}
	return false
}

// hangUpOldLeg catches a leg that answers after it was given up.
func (c *Call) hangUpOldLeg(id LegID) bool {
	for _, l := range c.old {
		if l.ID == id {
			c.do(Command{Verb: HangUp, Leg: id})
			return true
		}
	}
	return false
}

// commandFailed handles failures that change nothing here: what the telephone side could not do to a leg that
// is going is reported by that leg's end. It reports false where the state must decide.
func (c *Call) commandFailed(now time.Time, e Event) bool {
	switch e.Verb {
	case Originate:
		return c.agent == nil || e.Leg != c.agent.ID
	case DialOut:
		return c.rec.State != Dialling
	case Play:
		return e.Playback != c.playing || c.promptLost()
	case StartRec:
		c.recording = false
		c.rec.Recording = ""
		c.keep()
		return true
	case MakeBridge:
		c.bridgeFailed(now)
		return true
	}
	return true
}

// ---- greeting

func (c *Call) stepGreeting(now time.Time, e Event) bool {
	switch {
	case e.Kind == Arrived && c.session == nil:
		c.keep()
		c.begin(now, c.flow)
	case c.stepSession(now, e):
	case e.Kind == Timeout:
		c.skipFlow()
	case e.Kind == HangUpBy:
		c.finish(now, c.resultNow(e.By), e.By, e.Kind)
		return true
	default:
		return false
	}
	if c.session == nil {
		c.enterWaiting(now, e.Kind)
	} else if c.session.Over() {
		c.flowOver(now, e.Kind)
	}
	return true
}

// flowOver does what the flow before the queue came to.
func (c *Call) flowOver(now time.Time, cause Kind) {
	end := c.session.Outcome()
	c.skipFlow()
	if end.Verb == ivr.DoQueue {
		if end.Name != "" {
			c.rec.Queue = end.Name
		}
		c.enterWaiting(now, cause)
		return
	}
	c.finish(now, Result(end.Result), BySystem, cause)
}

// ---- waiting

// enterWaiting puts the caller into the queue, or back at the place his waiting time gives him.
func (c *Call) enterWaiting(now time.Time, cause Kind) {
	if c.rec.QueuedAt.IsZero() {
		c.rec.QueuedAt = now
	}
	c.ringUntil, c.prepareAt = time.Time{}, time.Time{}
	c.become(now, Waiting, cause)
	if c.callerIn {
		c.part()
	}
	if c.answering {
		c.startMusic()
	}
	c.do(Command{Verb: Enqueue})
}

func (c *Call) stepWaiting(now time.Time, e Event) bool {
	switch e.Kind {
	case Offer:
		c.dropSession()
		c.do(Command{Verb: Dequeue})
		c.enterOffered(now, e)
	case Unattended:
		c.answer()
		c.startMusic()
	case Queued:
		c.treated(now, e.Treatment)
	case MoveTo:
		c.rec.Queue, c.rec.OverflowedAt, c.rec.OverflowTo = e.Queue, now, "queue:"+e.Queue
		c.rec.Version++
		c.keep()
		c.treated(now, e.Treatment)
	case DivertTo:
		return c.divert(now, e)
	case TurnAway:
		c.turnAway(now, e)
	case Timeout:
		c.waitingTimeout(now, e)
	case PromptEnded, PromptLost, KeyPressed, Failed:
		return c.waitingSession(now, e)
	case HangUpBy:
		c.finish(now, c.resultNow(e.By), e.By, e.Kind)
	default:
		return false
	}
	return true
}

// ---- offered

func (c *Call) enterOffered(now time.Time, e Event) {
	c.dest = destination{e.Agent, e.Endpoint, e.Browser}
	c.offers++
	c.offer = &OfferRecord{Call: c.rec.ID, N: c.offers, Agent: e.Agent, At: now}
	c.keepOffer()
	c.ringUntil = now.Add(e.RingFor)
	c.become(now, Offered, e.Kind)
	c.prepareAt = now.Add(prepareAfter)
	c.dialAgent(now, e.On)
}

// prepare makes what the agent's answer will need while his telephone rings, so that dialling waits for nothing
// and audio is there at once. An unanswered caller hears ringing from here on.
func (c *Call) prepare() {
	c.prepareAt = time.Time{}
	c.makeBridge()
	if !c.answering {
		c.join()
		c.ring()
	}
}

func (c *Call) stepOffered(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine:
		c.agentUp(now)
		c.endOffer(now, OfferAnswered, "")
		c.enterTalking(now, e.Kind)
	case e.Kind == LegGone && mine:
		outcome := outcomeOf(e.Cause)
		c.agentGone(now, e.Cause)
		c.offerFailed(now, outcome, "", e.Kind)
	case e.Kind == Failed && mine:
		c.abandonLeg()
		c.offerFailed(now, OfferUnreachable, "", e.Kind)
	case e.Kind == Refuse && e.Agent == c.dest.agent:
		c.abandonLeg()
		c.offerFailed(now, OfferRefused, e.Reason, e.Kind)
	case e.Kind == ReplaceLeg:
		c.abandonLeg()
		c.dialAgent(now, false)
	case e.Kind == Timeout && now.Before(c.ringUntil):
		c.prepare()
	case e.Kind == Timeout:
		c.abandonLeg()
		c.offerFailed(now, OfferNoAnswer, "", e.Kind)
	case e.Kind == PromptEnded, e.Kind == PromptLost:
		c.promptEnded(e)
	case e.Kind == HangUpBy && e.By != ByAgent:
		c.finish(now, c.resultNow(e.By), e.By, e.Kind)
	default:
		return false
	}
	return true
}

// outcomeOf reads an unanswered leg's hang-up cause (Q.850).
func outcomeOf(cause int) Outcome {
	switch cause {
	case 17, 21: // busy, rejected
		return OfferRefused
	case 1, 3, 20, 27, 34, 38, 41, 42, 44, 58, 66, 88, 127: // no number, route, subscriber, working order or codec
		return OfferUnreachable
	}
	return OfferNoAnswer
}

func (c *Call) offerFailed(now time.Time, o Outcome, reason string, cause Kind) {
	c.endOffer(now, o, reason)
	c.dest = destination{}
	c.enterWaiting(now, cause)
}

func (c *Call) endOffer(now time.Time, o Outcome, reason string) {
	if c.offer == nil || !c.offer.EndedAt.IsZero() {
		return
	}
	c.offer.EndedAt, c.offer.Outcome, c.offer.Reason = now, o, reason
	c.keepOffer()
	c.do(Command{Verb: OfferEnded, Agent: c.offer.Agent, Outcome: o})
}
