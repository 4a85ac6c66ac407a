package call

import (
	"strconv"
	"time"

	"hotline/ivr"
)

// A call lets an ivr.Session say what the caller hears and keys: before the queue, while he waits and is offered to
// be called back, and at the end. The session's prompts are the call's playbacks.

// begin walks the caller through a flow; none leads straight to the queue.
func (c *Call) begin(now time.Time, flow *ivr.Flow) {
	if flow == nil {
		return
	}
	c.session = ivr.Start(flow, c.facts)
	c.follow(now, ivr.Event{Kind: ivr.Begin})
}

// stepSession plays an event into the session; false when it is none of its.
func (c *Call) stepSession(now time.Time, e Event) bool {
	if c.session == nil {
		return false
	}
	switch e.Kind {
	case PromptEnded, PromptLost:
		if e.Playback != c.playing {
			return true
		}
		c.playing = ""
		kind := ivr.PromptEnded
		if e.Kind == PromptLost {
			kind = ivr.PlayFailed
		}
		c.follow(now, ivr.Event{Kind: kind, N: c.saying})
	case Spoke:
		c.follow(now, ivr.Event{Kind: ivr.Speech})
	case KeyPressed:
		c.follow(now, ivr.Event{Kind: ivr.Key, Key: e.Key})
	case LookedUp:
		c.follow(now, ivr.Event{Kind: ivr.Answer, N: e.N, Result: e.Result, Say: e.Media})
	case Timeout:
		c.follow(now, ivr.Event{Kind: ivr.Timeout})
	case Failed:
		if e.Verb != Play {
			return false
		}
		c.playing = ""
		c.follow(now, ivr.Event{Kind: ivr.PlayFailed, N: c.saying})
	default:
		return false
	}
	return true
}

// follow plays an event into the session and does what it asks for. What it came to is for the call's state.
func (c *Call) follow(now time.Time, e ivr.Event) {
	for _, a := range c.session.Step(now, e) {
		switch a.Verb {
		case ivr.DoPlay:
			c.answer()
			c.play(a.Prompts)
			c.saying = a.N
		case ivr.DoStop:
			c.stopPlaying()
		case ivr.DoMusic:
			c.stopPlaying() // whose end was never reported
			c.answer()
			c.startMusic()
		case ivr.DoListen:
			c.do(Command{Verb: Listen, Leg: c.caller.ID})
		case ivr.DoLookUp:
			c.do(Command{Verb: LookUp, Name: a.Name, Value: a.Value, N: a.N})
		case ivr.DoSet:
			c.setValue(a.Name, a.Value)
		}
	}
}

// setValue keeps what a caller keyed where the record has a place for it.
func (c *Call) setValue(name, value string) {
	switch name {
	case ivr.RatingValue:
		c.rec.Rating, _ = strconv.Atoi(value)
	case ivr.LanguageValue: // he hears it from here on, and who comes to him sees it
		c.rec.Language = value
	default:
		return
	}
	c.keep()
}

// skipFlow gives a flow up; the caller hears what his state gives him.
func (c *Call) skipFlow() {
	c.stopPlaying()
	c.session = nil
}

// dropSession ends a flow beside the queue, and lets a caller who is answered hear music.
func (c *Call) dropSession() {
	if c.session != nil {
		c.skipFlow()
		c.startMusic()
	}
}

func (c *Call) sessionWake() time.Time {
	if c.session == nil {
		return time.Time{}
	}
	return c.session.Wake()
}

// promptLost fills the silence of an announcement that could not be played while the caller waits; it reports false
// where a session or another state must decide.
func (c *Call) promptLost() bool {
	if c.rec.State != Waiting && c.rec.State != Offered || c.session != nil {
		return false
	}
	c.promptEnded(Event{Playback: c.playing})
	return true
}

// ---- closing

// closing is how a call ends once its last words are spoken.
type closing struct {
	result Result
	by     Party
}

// enterClosing lets the caller hear the last words of a flow. Then the call ends as result.
func (c *Call) enterClosing(now time.Time, flow *ivr.Flow, result Result, by Party, cause Kind) {
	c.closing = closing{result, by}
	c.become(now, Closing, cause)
	c.begin(now, flow)
	c.closeWhenSaid(now, cause)
}

func (c *Call) stepClosing(now time.Time, e Event) bool {
	switch {
	case c.stepSession(now, e):
		c.closeWhenSaid(now, e.Kind)
	case e.Kind == Timeout, e.Kind == HangUpBy:
		c.finish(now, c.closing.result, c.closing.by, e.Kind)
	default:
		return false
	}
	return true
}

func (c *Call) closeWhenSaid(now time.Time, cause Kind) {
	if c.session == nil || c.session.Over() {
		c.finish(now, c.closing.result, c.closing.by, cause)
	}
}

// agentLeaves ends the conversation. The caller may be asked to rate it.
func (c *Call) agentLeaves(now time.Time, cause Kind) {
	c.endWatch(now)
	if c.treat.Rating == nil {
		c.finish(now, Answered, ByAgent, cause)
		return
	}
	c.leaveTo(now, c.treat.Rating, cause)
}

// leaveTo lets the agent go and the caller hear a flow; then the call ends.
func (c *Call) leaveTo(now time.Time, flow *ivr.Flow, cause Kind) {
	c.rec.ReleasedAt = now
	agentNo := c.dest.agent
	c.abandonLeg()
	c.part()
	c.dropBridge()
	c.dest = destination{}
	c.do(Command{Verb: Released, Agent: agentNo})
	c.enterClosing(now, flow, Answered, ByAgent, cause)
}

// turnAway tells a caller that the queue cannot take him.
func (c *Call) turnAway(now time.Time, e Event) {
	c.rec.OverflowedAt, c.rec.LostWhy, c.rec.Refused = now, e.Reason, now.Equal(c.rec.QueuedAt)
	if Result(e.Result) == MessageOnly && len(e.Media) > 0 {
		c.rec.OverflowTo = "message:" + e.Media[0]
	}
	c.do(Command{Verb: Dequeue})
	c.enterClosing(now, lastWords(e.Media), Result(e.Result), BySystem, e.Kind)
}

// lastWords is a flow that says something and ends.
func lastWords(media []string) *ivr.Flow {
	return &ivr.Flow{
		Name: "last_words", First: "say", Visits: 1, Fallback: ivr.PleaseWait,
		Steps: map[string]ivr.Step{"say": {Kind: ivr.End, Prompts: media}},
	}
}
