package call

import (
	"slices"
	"time"
)

// The agent leaves the caller to others, and comes back.

// agentLeavesCaller lets the agent go; caller and third parties stay. Its telephone may be gone already.
func (c *Call) agentLeavesCaller(now time.Time, notice []string, cause Kind) {
	agentNo := c.dest.agent
	c.endWatch(now)
	c.abandonLeg()
	c.muted, c.consulting, c.heldAt = false, false, time.Time{}
	c.giveUpAt, c.retryAt = time.Time{}, time.Time{}
	c.dest = destination{}
	c.rec.ReleasedAt = now
	c.do(Command{Verb: Released, Agent: agentNo})
	for _, t := range c.thirds {
		if t.Aside {
			t.Aside = false
			c.keepTransfer(t)
		}
	}
	if c.anyThird((*third).up) {
		c.handOver(now, cause)
		return
	}
	c.enterTransferring(now, notice, cause)
}

// handOver gives the caller to those who answered: to one of our agents, whose call it is from here on, or to a third
// party.
func (c *Call) handOver(now time.Time, cause Kind) {
	for _, t := range slices.Clone(c.thirds) {
		if t.up() && t.HandedAt.IsZero() {
			t.HandedAt = now
			c.keepTransfer(t)
		}
	}
	for _, t := range c.thirds {
		if t.up() && t.Agent != "" {
			c.giveTo(now, t, cause)
			return
		}
	}
	c.become(now, HandedOver, cause)
	c.stopPlaying()
	c.partiesChanged()
	c.arrange()
}

// giveTo makes a consulted agent the call's agent.
func (c *Call) giveTo(now time.Time, t *third, cause Kind) {
	c.agent, c.dest = t.leg, t.dest
	t.leg = nil
	c.removeThird(now, t)
	if c.agent == nil || c.agent.UpAt.IsZero() { // his telephone is being replaced
		c.abandonLeg()
		c.rec.Agent = c.dest.agent
		c.enterReconnecting(now, cause)
		return
	}
	c.enterTalking(now, cause)
	c.arrange()
}

func (c *Call) enterTransferring(now time.Time, notice []string, cause Kind) {
	c.become(now, Transferring, cause)
	c.part()
	if len(notice) > 0 {
		c.play(notice)
	} else if c.playing == "" {
		c.startMusic()
	}
	c.partiesChanged()
	c.watchRecording()
}

func (c *Call) stepTransferring(now time.Time, e Event) bool {
	switch e.Kind {
	case PromptEnded, PromptLost:
		c.promptEnded(e)
	case Failed:
		c.playing = ""
		c.startMusic()
	case Timeout, Unattended:
	case TakeBack:
		return c.recall(now, e)
	case HangUpBy:
		c.finish(now, Answered, e.By, e.Kind)
	default:
		return false
	}
	return true
}

// MayRecall tells whether the agent who handed the caller on can have him back while it still rings. An emergency
// service rings on: it is taken back by dropping it, while the agent is there.
func (c *Call) MayRecall() bool {
	return c.rec.State == Transferring && !c.anyThird((*third).emergency)
}

// recall takes back what rings, and with it the caller.
func (c *Call) recall(now time.Time, e Event) bool {
	if !c.MayRecall() {
		return false
	}
	for _, t := range slices.Clone(c.thirds) {
		c.drop(now, Event{Kind: e.Kind, N: t.N})
	}
	return true
}

// comeBack returns a caller whom the transfer led to nobody: to the agent who made it, else to the queue's head.
func (c *Call) comeBack(now time.Time, t *third, cause Kind) {
	c.do(Command{Verb: ComeBack, Agent: t.By})
	c.enterWaiting(now, cause)
}

// sendToQueue lets the caller wait for the agents of another queue; his waiting time counts from where it did.
func (c *Call) sendToQueue(now time.Time, t *third, o *Order, cause Kind) {
	agentNo := c.dest.agent
	c.toQueue = t
	c.keepTransfer(t)
	c.endWatch(now)
	c.abandonLeg()
	c.muted, c.heldAt, c.consulting = false, time.Time{}, false
	c.dest = destination{}
	c.rec.ReleasedAt, c.rec.Queue = now, o.Queue
	c.do(Command{Verb: Released, Agent: agentNo})
	c.enterWaiting(now, cause)
	if len(o.Notice) > 0 {
		c.part()
		c.play(o.Notice)
	}
	c.partiesChanged()
}

// queueTransferOver notes what became of a caller who was sent to a queue.
func (c *Call) queueTransferOver(now time.Time, r TransferResult) {
	t := c.toQueue
	if t == nil {
		return
	}
	c.toQueue = nil
	t.Result, t.EndedAt = r, now
	if r == Connected {
		t.AnsweredAt, t.HandedAt, t.Agent = now, now, c.dest.agent
		defer c.partiesChanged() // who sent him there sees who has him
	}
	c.lastTransfer = t.Transfer
	c.keepTransfer(t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
}

// ---- handed_over

func (c *Call) stepHandedOver(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == TakeBack && c.agent == nil:
		c.takeBack(now, e)
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine:
		c.agentUp(now)
		c.ringUntil = time.Time{}
		c.endOffer(now, OfferAnswered, "")
		c.enterTalking(now, e.Kind)
		c.partiesChanged()
		c.arrange()
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.notTakenBack(now, outcomeOf(e.Cause), e.Kind)
	case e.Kind == Failed && mine:
		c.abandonLeg()
		c.notTakenBack(now, OfferUnreachable, e.Kind)
	case e.Kind == Timeout && due(c.ringUntil, now):
		c.abandonLeg()
		c.notTakenBack(now, OfferNoAnswer, e.Kind)
	case e.Kind == Refuse && c.agent != nil && e.Agent == c.dest.agent:
		c.abandonLeg()
		c.notTakenBack(now, OfferRefused, e.Kind)
	case e.Kind == Timeout:
		c.retryAt = time.Time{}
		c.arrange()
	case e.Kind == HangUpBy && e.By != ByAgent:
		c.finish(now, Answered, e.By, e.Kind)
	case e.Kind == PromptEnded, e.Kind == PromptLost, e.Kind == Failed, e.Kind == Unattended:
		c.promptEnded(e)
	default:
		return false
	}
	return true
}

// takeBack dials the agent who left, or another who asks for the call; caller and third party talk on meanwhile.
func (c *Call) takeBack(now time.Time, e Event) {
	c.dest = destination{e.Agent, e.Endpoint, e.Browser}
	c.offer = &OfferRecord{Call: c.rec.ID, Agent: e.Agent, At: now} // not kept: nobody waits for him
	c.ringUntil = now.Add(e.RingFor)
	c.dialAgent(now, true)
	c.partiesChanged()
}

func (c *Call) notTakenBack(now time.Time, o Outcome, cause Kind) {
	c.endOffer(now, o, "")
	c.dest, c.ringUntil = destination{}, time.Time{}
	c.partiesChanged()
	if len(c.thirds) == 0 {
		c.finish(now, Answered, ByThird, cause)
	}
}
