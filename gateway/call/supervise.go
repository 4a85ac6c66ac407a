package call

import (
	"fmt"
	"time"
)

// A supervisor (班长) can be with an agent in a call. While he listens or whispers he is in a bridge of his own with a
// snoop channel, which hears both sides of the agent's leg and speaks to the agent alone; listening is whispering with
// his voice cut off. When he barges in he is in the call's bridge. Between the three his leg stays up.

// Supervision is how a supervisor is with an agent.
type Supervision string

// The ways.
const (
	ListenTo Supervision = "listen"  // 监听: heard by nobody
	Whisper  Supervision = "whisper" // 密语: heard by the agent alone
	Barge    Supervision = "barge"   // 强插: heard by everybody
)

// watch is a supervisor in a call.
type watch struct {
	dest    destination
	mode    Supervision
	leg     *leg
	since   time.Time
	bridge  string // his own, where he listens and whispers; empty while he has none
	inOwn   bool   // asked into it
	snoop   LegID  // empty while there is none
	snoopOf LegID  // leg that it hears
	cutOff  bool   // his voice is
}

// Supervisor is who is with the call's agent and how, empty when nobody is. since is zero until he hears something.
func (c *Call) Supervisor() (agentNo string, how Supervision, since time.Time) {
	if c.watch == nil {
		return "", "", time.Time{}
	}
	return c.watch.dest.agent, c.watch.mode, c.watch.since
}

// supervise lets a supervisor in, or changes how he is in. There is one at a time.
func (c *Call) supervise(now time.Time, e Event) bool {
	w := c.watch
	if w != nil {
		if w.dest.agent != e.Agent {
			return false
		}
		w.mode = e.Supervision
		c.partiesChanged()
		c.arrangeWatch()
		return true
	}
	if c.agent == nil || c.agent.UpAt.IsZero() {
		return false
	}
	c.legs++
	id := LegID(fmt.Sprintf("%s.s%d.%s", c.rec.ID, c.legs, e.Agent))
	c.watch = &watch{
		dest: destination{e.Agent, e.Endpoint, e.Browser}, mode: e.Supervision,
		leg: &leg{LegRecord: LegRecord{ID: id, Call: c.rec.ID, Role: RoleSupervisor, Agent: e.Agent, CreatedAt: now}},
	}
	c.keepLeg(&c.watch.leg.LegRecord)
	dial := Command{Verb: Originate, Leg: id, Endpoint: e.Endpoint, Agent: e.Agent, From: c.rec.Number, For: e.RingFor + dialGrace}
	if e.Browser {
		dial.Headers = []Header{{HeaderCall, string(c.rec.ID)}, {HeaderAutoAnswer, "1"}}
	}
	c.do(dial)
	c.partiesChanged()
	return true
}

// stepWatch handles what concerns a supervisor, whatever the call's state; it reports false for other events.
func (c *Call) stepWatch(now time.Time, e Event) bool {
	w := c.watch
	if w == nil {
		return false
	}
	mine := e.Leg == w.leg.ID
	switch {
	case e.Kind == SuperviseEnd && e.Agent == w.dest.agent:
		c.endWatch(now)
	case e.Kind == TakeOver && e.Agent == w.dest.agent:
		return c.takeOver(now, e)
	case e.Kind == ReplaceLeg && e.Agent == w.dest.agent && e.Agent != c.dest.agent: // his page is gone
		c.endWatch(now)
	case e.Kind == LegUp && mine:
		if w.leg.UpAt.IsZero() {
			w.leg.UpAt, w.since = now, now
			c.keepLeg(&w.leg.LegRecord)
			c.partiesChanged()
		}
	case e.Kind == LegEntered && mine:
		w.leg.entered = true
		c.arrangeWatch()
	case e.Kind == LegGone && mine:
		w.leg.gone(now, e.Cause)
		c.keepLeg(&w.leg.LegRecord)
		w.leg = nil
		c.endWatch(now)
	case e.Kind == Failed && mine && e.Verb == Mute:
		c.endWatch(now) // rather than be heard
	case e.Kind == Failed && mine && (e.Verb == Originate || e.Verb == Snoop || e.Verb == MakeBridge):
		c.endWatch(now)
	case e.Kind == LegEntered && e.Leg == w.snoop && w.snoop != "":
		c.do(Command{Verb: Join, Leg: w.snoop, Bridge: w.bridge})
	case e.Kind == LegGone && e.Leg == w.snoop && w.snoop != "":
		w.snoop, w.snoopOf = "", "" // with the leg it heard; the next one is heard as soon as it is there
		c.arrangeWatch()
	case e.Leg == w.snoop && w.snoop != "", mine && e.Kind == Failed, mine && e.Kind == LegRinging:
	default:
		return false
	}
	return true
}

// arrangeWatch brings a supervisor to where his way of being in the call wants him.
func (c *Call) arrangeWatch() {
	w := c.watch
	if w == nil || w.leg == nil || !w.leg.entered {
		return
	}
	if w.mode == Barge {
		c.bargeIn(w)
		return
	}
	if w.leg.in {
		w.leg.in = false
		c.apart(&w.leg.LegRecord)
		c.do(Command{Verb: Part, Leg: w.leg.ID, Bridge: c.Bridge()})
	}
	c.cutOff(w, w.mode == ListenTo)
	if w.bridge == "" {
		c.legs++
		w.bridge = fmt.Sprintf("%s.%d%s", c.rec.ID, c.legs, monitorMark)
		c.do(Command{Verb: MakeBridge, Leg: w.leg.ID, Bridge: w.bridge})
	}
	if !w.inOwn {
		w.inOwn = true
		c.do(Command{Verb: Join, Leg: w.leg.ID, Bridge: w.bridge})
	}
	if c.agent != nil && c.agent.entered && !c.agent.UpAt.IsZero() && w.snoopOf != c.agent.ID {
		c.dropSnoop(w)
		c.legs++
		w.snoop, w.snoopOf = LegID(fmt.Sprintf("%s.w%d.%s", c.rec.ID, c.legs, w.dest.agent)), c.agent.ID
		c.do(Command{Verb: Snoop, Leg: w.leg.ID, Name: string(w.snoop), Value: string(c.agent.ID)})
	}
}

// bargeIn takes the supervisor into the call's bridge.
func (c *Call) bargeIn(w *watch) {
	c.leaveOwn(w)
	c.cutOff(w, false)
	if c.bridgeReady && !w.leg.in {
		w.leg.in = true
		c.together(&w.leg.LegRecord)
		c.do(Command{Verb: Join, Leg: w.leg.ID, Bridge: c.Bridge()})
	}
}

// leaveOwn takes him out of his own bridge, and that down.
func (c *Call) leaveOwn(w *watch) {
	c.dropSnoop(w)
	if w.bridge == "" {
		return
	}
	if w.leg != nil && w.inOwn {
		c.do(Command{Verb: Part, Leg: w.leg.ID, Bridge: w.bridge})
	}
	lane := c.caller.ID
	if w.leg != nil {
		lane = w.leg.ID
	}
	c.do(Command{Verb: DropBridge, Leg: lane, Bridge: w.bridge})
	w.bridge, w.inOwn = "", false
}

func (c *Call) dropSnoop(w *watch) {
	if w.snoop != "" {
		c.do(Command{Verb: HangUp, Leg: w.snoop})
		c.old = append(c.old, &leg{LegRecord: LegRecord{ID: w.snoop, Call: c.rec.ID, Role: RoleSupervisor, Agent: w.dest.agent}})
		w.snoop, w.snoopOf = "", ""
	}
}

func (c *Call) cutOff(w *watch, on bool) {
	if w.cutOff == on {
		return
	}
	w.cutOff = on
	verb := Unmute
	if on {
		verb = Mute
	}
	c.do(Command{Verb: verb, Leg: w.leg.ID})
}

// endWatch lets the supervisor go.
func (c *Call) endWatch(now time.Time) {
	w := c.watch
	if w == nil {
		return
	}
	c.watch = nil
	c.leaveOwn(w)
	if w.leg != nil {
		c.do(Command{Verb: HangUp, Leg: w.leg.ID})
		c.old = append(c.old, w.leg)
	}
	c.do(Command{Verb: Unwatched, Agent: w.dest.agent})
	if c.rec.State != Ended {
		c.partiesChanged()
	}
}

// takeOver makes the supervisor the call's agent; the caller hears him at once.
func (c *Call) takeOver(now time.Time, e Event) bool {
	w := c.watch
	if w.leg == nil || !w.leg.entered || (c.rec.State != Talking && c.rec.State != Held && c.rec.State != Reconnecting) {
		return false
	}
	was := c.dest.agent
	c.abandonLeg()
	c.do(Command{Verb: Released, Agent: was})
	c.bargeIn(w)
	c.watch = nil
	c.agent, c.dest = w.leg, w.dest
	c.muted, c.consulting = false, false
	c.enterTalking(now, e.Kind)
	c.partiesChanged()
	c.arrange()
	return true
}

// monitorMark ends the names of bridges in which supervisors listen.
const monitorMark = ".m"

// MonitorOf is the call that a bridge of a supervisor's belongs to, by its name; ok is false for other bridges.
func MonitorOf(bridge string) (id ID, ok bool) {
	n := len(bridge) - len(monitorMark)
	if n <= 0 || bridge[n:] != monitorMark {
		return "", false
	}
	for i := n - 1; i > 0; i-- {
		if bridge[i] == '.' {
			return ID(bridge[:i]), true
		}
	}
	return "", false
}

// Monitor is the bridge in which a supervisor listens to the call, empty when none.
func (c *Call) Monitor() string {
	if c.watch == nil {
		return ""
	}
	return c.watch.bridge
}
