package call

import (
	"fmt"
	"time"
)

// answer answers the caller's leg unless that was asked before.
func (c *Call) answer() {
	if !c.answering {
		c.answering = true
		c.do(Command{Verb: Answer, Leg: c.caller.ID})
	}
}

// ring lets a caller who is not answered yet hear ringing.
func (c *Call) ring() {
	if !c.ringing {
		c.ringing = true
		c.do(Command{Verb: Ring, Leg: c.caller.ID})
	}
}

// play stops what the caller hears and plays prompts to him.
func (c *Call) play(media []string) {
	c.stopMusic()
	c.stopPlaying()
	c.playbacks++
	c.playing = c.playbackID()
	c.do(Command{Verb: Play, Leg: c.caller.ID, Playback: c.playing, Media: media})
}

func (c *Call) playbackID() string { return fmt.Sprintf("%s.p%d", c.rec.ID, c.playbacks) }

func (c *Call) stopPlaying() {
	if c.playing != "" {
		c.do(Command{Verb: StopPlay, Leg: c.caller.ID, Playback: c.playing})
		c.playing = ""
	}
}

// promptEnded fills the silence after a prompt with music while the caller waits.
func (c *Call) promptEnded(e Event) {
	if e.Playback != c.playing {
		return
	}
	c.playing = ""
	if !c.callerIn {
		c.startMusic()
	}
}

func (c *Call) startMusic() {
	if !c.music && c.playing == "" {
		c.music = true
		c.do(Command{Verb: StartMusic, Leg: c.caller.ID})
	}
}

func (c *Call) stopMusic() {
	if c.music {
		c.music = false
		c.do(Command{Verb: StopMusic, Leg: c.caller.ID})
	}
}

// join takes the caller into the bridge, making it first where needed. Both run on the caller's lane, in order.
func (c *Call) join() {
	c.makeBridge()
	if !c.callerIn {
		c.callerIn = true
		c.together(c.caller)
		c.do(Command{Verb: Join, Leg: c.caller.ID, Bridge: c.Bridge()})
	}
}

func (c *Call) part() {
	if c.callerIn {
		c.callerIn = false
		c.apart(c.caller)
		c.do(Command{Verb: Part, Leg: c.caller.ID, Bridge: c.Bridge()})
	}
}

func (c *Call) makeBridge() {
	if !c.bridgeMade {
		c.bridgeMade = true
		c.do(Command{Verb: MakeBridge, Leg: c.caller.ID, Bridge: c.Bridge()})
	}
}

// dropBridge ends the bridge, and with it the recording.
func (c *Call) dropBridge() {
	if c.bridgeMade {
		c.do(Command{Verb: DropBridge, Leg: c.caller.ID, Bridge: c.Bridge()})
		c.bridgeMade, c.bridgeReady, c.recording = false, false, false
	}
}

// bridgeFailed has the bridge of a conversation asked for again: without it the two hear nothing.
func (c *Call) bridgeFailed(now time.Time) {
	c.bridgeMade, c.bridgeReady, c.callerIn = false, false, false
	for _, t := range c.thirds {
		if t.leg != nil {
			t.leg.in = false
		}
	}
	if c.rec.State == Talking || c.rec.State == Diverted || c.rec.State == HandedOver || c.rec.State == Held && c.consulting {
		c.retryAt = now.Add(bridgeRetry)
	}
}

// dialAgent makes a new leg to the current agent.
func (c *Call) dialAgent(now time.Time, autoAnswer bool) {
	c.legs++
	c.retryAt = time.Time{}
	id := LegID(fmt.Sprintf("%s.a%d.%s", c.rec.ID, c.legs, c.dest.agent))
	c.agent = &leg{LegRecord: LegRecord{ID: id, Call: c.rec.ID, Role: RoleAgent, Agent: c.dest.agent, CreatedAt: now}}
	c.keepLeg(&c.agent.LegRecord)
	dial := Command{
		Verb: Originate, Leg: id, Endpoint: c.dest.endpoint, Agent: c.dest.agent, From: c.rec.Number, For: reconnectLimit + dialGrace,
	}
	if !c.ringUntil.IsZero() {
		dial.For = c.ringUntil.Sub(now) + dialGrace
	}
	if c.dest.browser {
		dial.Headers = append(dial.Headers, Header{HeaderCall, string(c.rec.ID)})
		if autoAnswer {
			dial.Headers = append(dial.Headers, Header{HeaderAutoAnswer, "1"})
		}
	}
	c.do(dial)
}

// agentEntered notes that the agent's leg may be taken into the bridge.
func (c *Call) agentEntered() {
	c.agent.entered = true
	c.joinAgent()
}

// joinAgent takes the agent's leg into the bridge as soon as both are there.
func (c *Call) joinAgent() {
	waits := c.rec.State == Dialling || c.rec.State == AgentRinging // alone, and hears ringing
	if !waits && c.bridgeReady && c.agent != nil && c.agent.entered && !c.agent.in {
		c.agent.in = true
		c.together(&c.agent.LegRecord)
		c.do(Command{Verb: Join, Leg: c.agent.ID, Bridge: c.Bridge()})
	}
}

func (c *Call) agentUp(now time.Time) {
	c.agent.UpAt = now
	c.keepLeg(&c.agent.LegRecord)
}

func (c *Call) agentGone(now time.Time, cause int) {
	c.agent.gone(now, cause)
	c.keepLeg(&c.agent.LegRecord)
	c.agent = nil
}

// abandonLeg gives the agent's leg up: it is hung up and no longer counts, but stays on the list until it is gone.
func (c *Call) abandonLeg() {
	if c.agent != nil {
		c.do(Command{Verb: HangUp, Leg: c.agent.ID})
		c.old = append(c.old, c.agent)
		c.agent = nil
	}
}
