package call

import (
	"time"

	"hotline/ivr"
)

// ---- talking and held

func (c *Call) enterTalking(now time.Time, cause Kind) {
	if c.rec.TalkingAt.IsZero() {
		c.rec.TalkingAt = now
	}
	c.rec.Agent = c.dest.agent
	c.ringUntil, c.prepareAt, c.giveUpAt, c.retryAt, c.heldAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	c.become(now, Talking, cause)
	c.answer() // first: the caller's network waits for it
	c.stopPlaying()
	c.stopMusic()
	c.join()
	c.queueTransferOver(now, Connected)
	if c.rec.Recorded && !c.recording {
		c.recording = true
		c.rec.Recording = string(c.rec.ID)
		c.do(Command{Verb: StartRec, Leg: c.caller.ID, Bridge: c.Bridge(), Name: c.rec.Recording})
		c.keep()
	}
	c.do(Command{Verb: Engaged, Agent: c.dest.agent})
	c.tellAgentNo()
}

// tellAgentNo lets the two hear who serves whom, once a call and agent.
func (c *Call) tellAgentNo() {
	words := ivr.AgentNo(c.dest.agent)
	if !c.treat.TellAgentNo || c.told == c.dest.agent || len(words) == 0 {
		return
	}
	c.told = c.dest.agent
	c.announce(words)
}

// announce lets all in the conversation hear prompts, beside what they say themselves.
func (c *Call) announce(words []string) {
	c.playbacks++
	c.do(Command{
		Verb: Announce, Leg: c.caller.ID, Bridge: c.Bridge(), Playback: c.playbackID(), Media: words,
	})
}

func (c *Call) stepTalking(now time.Time, e Event) bool {
	if e.Kind == Hold {
		c.consulting = c.anyThird((*third).in)
		c.enterHeld(now, e.Kind)
		return true
	}
	return c.stepConversation(now, e)
}

func (c *Call) enterHeld(now time.Time, cause Kind) {
	c.heldAt, c.retryAt = now, time.Time{}
	c.become(now, Held, cause)
	c.arrange()
	c.startMusic()
}

func (c *Call) stepHeld(now time.Time, e Event) bool {
	if e.Kind == Resume {
		c.consulting = false
		c.enterTalkingAgain(now, e.Kind)
		return true
	}
	return c.stepConversation(now, e)
}

// enterTalkingAgain ends a hold.
func (c *Call) enterTalkingAgain(now time.Time, cause Kind) {
	c.heldAt = time.Time{}
	c.become(now, Talking, cause)
	c.arrange()
}

// stepConversation is what talking and held have in common.
func (c *Call) stepConversation(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegGone && mine && (hungUp(e.Cause) || e.Cause == 0 && !c.agent.entered):
		c.agentGone(now, e.Cause) // without a cause: hung up so soon after the answer that it was never ours
		c.agentHangsUp(now, e.Kind)
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.enterReconnecting(now, e.Kind)
	case e.Kind == ReplaceLeg:
		c.abandonLeg()
		c.enterReconnecting(now, e.Kind)
	case e.Kind == MuteTo:
		c.mute(now, e)
	case e.Kind == PromptEnded, e.Kind == PromptLost:
		c.promptEnded(e)
	case e.Kind == HangUpBy && e.By == ByAgent:
		c.agentHangsUp(now, e.Kind)
	case e.Kind == HangUpBy:
		c.finish(now, Answered, e.By, e.Kind)
	case e.Kind == Bring:
		return c.bring(now, e)
	case e.Kind == DropThird:
		return c.drop(now, e)
	case e.Kind == Merge:
		c.mergeAll(now, e.Kind)
	case e.Kind == Swap:
		return c.swap(now, e)
	case e.Kind == Leave:
		if len(c.thirds) == 0 {
			return false
		}
		c.agentLeavesCaller(now, nil, e.Kind)
	case e.Kind == Supervise:
		return c.supervise(now, e)
	case e.Kind == Say:
		return c.say(e)
	case e.Kind == CloseWith:
		return c.closeWith(now, e)
	case e.Kind == Timeout:
		c.retryAt = time.Time{}
		c.makeBridge()
		c.arrange()
	case e.Kind == LegEntered && mine:
		c.agentEntered()
		c.arrangeWatch()
	case e.Kind == LegUp && mine, e.Kind == Failed && mine:
		// said twice, or known already from the leg's answer
	default:
		return false
	}
	return true
}

// agentHangsUp ends the call, unless somebody else is there for the caller.
func (c *Call) agentHangsUp(now time.Time, cause Kind) {
	if len(c.thirds) > 0 {
		c.agentLeavesCaller(now, nil, cause)
		return
	}
	c.agentLeaves(now, cause)
}

// hungUp tells a hang-up on purpose from a leg that was lost. Asterisk reports 16 for a BYE and other causes for
// a telephone that vanished (44 when its audio stopped).
func hungUp(cause int) bool { return cause == 16 }

func (c *Call) mute(now time.Time, e Event) {
	if c.muted == e.On {
		return
	}
	c.muted = e.On
	c.rec.Version++
	c.keep()
	verb := Unmute
	if e.On {
		verb = Mute
	}
	c.do(Command{Verb: verb, Leg: c.agent.ID})
}

// ---- reconnecting

func (c *Call) enterReconnecting(now time.Time, cause Kind) {
	held := c.rec.State == Held
	c.heldAt, c.muted = time.Time{}, false
	c.giveUpAt = now.Add(reconnectLimit)
	c.become(now, Reconnecting, cause)
	if !held && !c.callerWanted() {
		c.part()
		c.play([]string{PromptPleaseWait})
	}
	c.dialAgent(now, true)
}

func (c *Call) stepReconnecting(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine:
		c.agentUp(now)
		c.reconnected(now, e.Kind)
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.retryAt = now.Add(reconnectRetry)
	case e.Kind == Bring:
		return c.bring(now, e)
	case e.Kind == DropThird:
		return c.drop(now, e)
	case e.Kind == Failed && e.Verb == Play, e.Kind == PromptLost:
		c.playing = ""
		c.startMusic()
	case e.Kind == Failed && mine:
		c.abandonLeg()
		c.retryAt = now.Add(reconnectRetry)
	case e.Kind == ReplaceLeg:
		c.abandonLeg()
		c.dialAgent(now, true)
	case e.Kind == Timeout && !now.Before(c.giveUpAt):
		c.giveUpAgent(now, e.Kind)
	case e.Kind == Timeout:
		c.dialAgent(now, true)
	case e.Kind == PromptEnded:
		c.promptEnded(e)
	case e.Kind == HangUpBy && e.By == ByAgent && len(c.thirds) > 0, e.Kind == Leave && len(c.thirds) > 0:
		c.agentLeavesCaller(now, nil, e.Kind)
	case e.Kind == HangUpBy:
		c.finish(now, Answered, e.By, e.Kind)
	default:
		return false
	}
	return true
}

// reconnected brings an agent whose leg was replaced back to whom he talked to.
func (c *Call) reconnected(now time.Time, cause Kind) {
	if !c.consulting || !c.anyThird((*third).in) {
		c.consulting = false
		c.enterTalking(now, cause)
		c.arrange()
		return
	}
	c.giveUpAt, c.retryAt = time.Time{}, time.Time{}
	c.stopPlaying()
	c.enterHeld(now, cause)
	c.do(Command{Verb: Engaged, Agent: c.dest.agent})
}

// giveUpAgent sends a caller whose agent did not come back to the queue, where he is now the longest waiting; where
// somebody else is in the call, he has the caller.
func (c *Call) giveUpAgent(now time.Time, cause Kind) {
	if len(c.thirds) > 0 {
		c.agentLeavesCaller(now, nil, cause)
		return
	}
	c.endWatch(now)
	c.abandonLeg()
	c.do(Command{Verb: Released, Agent: c.dest.agent})
	c.dest = destination{}
	c.giveUpAt, c.retryAt = time.Time{}, time.Time{}
	c.enterWaiting(now, cause)
}

// ---- ended

// finish ends the call: whatever still exists of it is taken down, whoever had a part in it is told.
func (c *Call) finish(now time.Time, r Result, by Party, cause Kind) {
	was := c.rec.State
	c.rec.EndedAt, c.rec.Result, c.rec.EndedBy = now, r, by
	if was == Talking || was == Held || was == Reconnecting {
		c.rec.ReleasedAt = now
	}
	c.session = nil
	c.become(now, Ended, cause)
	c.endThirds(now)
	c.endWatch(now)
	c.hangUpAll()
	switch was {
	case Waiting:
		c.do(Command{Verb: Dequeue})
	case Offered:
		c.endOffer(now, OfferWithdrawn, "")
	case AgentRinging:
		c.endOffer(now, OfferWithdrawn, "")
	case HandedOver:
		if c.dest.agent != "" {
			c.endOffer(now, OfferWithdrawn, "")
		}
	case Talking, Held, Reconnecting, Dialling:
		c.do(Command{Verb: Released, Agent: c.dest.agent})
	}
	c.do(Command{Verb: Finished})
}

func (c *Call) hangUpAll() {
	c.abandonLeg()
	if c.callerThere() {
		c.do(Command{Verb: HangUp, Leg: c.caller.ID})
	}
	c.dropBridge()
	c.music, c.playing, c.recording, c.callerIn = false, "", false, false
}

func (c *Call) stepEnded(_ time.Time, e Event) bool {
	switch e.Kind {
	case PromptEnded, PromptLost, KeyPressed, Spoke, LookedUp, Timeout, Unattended:
		return true
	}
	return false
}
