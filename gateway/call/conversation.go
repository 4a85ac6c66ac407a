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

// announce lets both hear prompts, beside what they say themselves.
func (c *Call) announce(words []string) {
	c.playbacks++
	c.do(Command{
		Verb: Announce, Leg: c.caller.ID, Bridge: c.Bridge(), Playback: c.playbackID(), Media: words,
	})
}

func (c *Call) stepTalking(now time.Time, e Event) bool {
	if e.Kind == Hold {
		c.heldAt, c.retryAt = now, time.Time{}
		c.become(now, Held, e.Kind)
		c.part()
		c.startMusic()
		return true
	}
	if e.Kind == Timeout {
		c.retryAt = time.Time{}
		c.join()
		c.joinAgent()
		return true
	}
	return c.stepConversation(now, e)
}

func (c *Call) stepHeld(now time.Time, e Event) bool {
	if e.Kind == Resume {
		c.heldAt = time.Time{}
		c.become(now, Talking, e.Kind)
		c.stopMusic()
		c.join()
		return true
	}
	return c.stepConversation(now, e)
}

// stepConversation is what talking and held have in common.
func (c *Call) stepConversation(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegGone && mine && (hungUp(e.Cause) || e.Cause == 0 && !c.agent.entered):
		c.agentGone(now, e.Cause) // without a cause: hung up so soon after the answer that it was never ours
		c.agentLeaves(now, e.Kind)
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
		c.agentLeaves(now, e.Kind)
	case e.Kind == HangUpBy:
		c.finish(now, Answered, e.By, e.Kind)
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine, e.Kind == Failed && mine:
		// said twice, or known already from the leg's answer
	default:
		return false
	}
	return true
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
	if !held {
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
		c.enterTalking(now, e.Kind)
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.retryAt = now.Add(reconnectRetry)
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
	case e.Kind == HangUpBy:
		c.finish(now, Answered, e.By, e.Kind)
	default:
		return false
	}
	return true
}

// giveUpAgent sends a caller whose agent did not come back to the queue, where he is now the longest waiting.
func (c *Call) giveUpAgent(now time.Time, cause Kind) {
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
	c.hangUpAll()
	switch was {
	case Waiting:
		c.do(Command{Verb: Dequeue})
	case Offered:
		c.endOffer(now, OfferWithdrawn, "")
	case AgentRinging:
		c.endOffer(now, OfferWithdrawn, "")
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
