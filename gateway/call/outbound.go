package call

import (
	"strings"
	"time"

	"hotline/ivr"
)

// A call that begins from us calls a citizen back: the agent first, so that a citizen who answers is never alone.
//
//	agent_ringing → dialling → talking, and on as any other call
//
// Until then it ends as callback_failed, and Reach says why. The citizen's leg does not exist before it is dialled.

// Direction is who began a call.
type Direction string

// The directions.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound" // we call a citizen back
)

// Reach is what came of dialling the citizen of an outbound call.
type Reach string

// What can come of it.
const (
	NotDialled Reach = "not_dialled" // the agent's telephone was not answered or was lost
	Reached    Reach = "reached"     // he answered
	Busy       Reach = "busy"
	NoAnswer   Reach = "no_answer"
	Rejected   Reach = "rejected"
	NoNumber   Reach = "no_number" // there is no such number
	NoWay      Reach = "no_way"    // the trunk is away or refuses
	GaveUp     Reach = "gave_up"   // the agent hung up while it rang
)

// callbackMark stands in the ids of outbound calls, between the node and what is unique. Asterisk's own ids have a
// number there.
const callbackMark = "-cb"

// OutboundID is the id of an outbound call on a node of Asterisk. unique must never have been used before.
func OutboundID(node, unique string) ID { return ID(node + callbackMark + unique) }

// IsOutbound tells an outbound call by its id.
func IsOutbound(id ID) bool {
	_, unique, found := strings.Cut(string(id), callbackMark)
	return found && unique != "" && !strings.Contains(unique, ".")
}

// citizenMark ends the name of the citizen's leg. It cannot bear the call's own id: Asterisk refuses a channel's id that
// another one's, here that of the agent's leg, begins with.
const citizenMark = ".c"

// callerLeg is the name of the caller's or citizen's leg.
func callerLeg(id ID) LegID {
	if IsOutbound(id) {
		return LegID(id) + citizenMark
	}
	return LegID(id)
}

func directionOf(id ID) Direction {
	if IsOutbound(id) {
		return Outbound
	}
	return Inbound
}

// How long telephones ring.
const (
	citizenRings = 45 * time.Second
	entersWithin = 5 * time.Second // from a citizen's answer until Asterisk hands his channel over
)

// Departure is what is known of a call that begins from us.
type Departure struct {
	ID        ID // made by OutboundID
	Number    string
	DNIS      string // number of the hotline, shown to him
	Line      string
	Queue     string // he waits there when his agent is lost
	Recorded  bool
	Task      string // the call-back it is an attempt of
	Treatment Treatment
}

// NewOutbound makes a call that begins from us; Step with Dial sets it going.
func NewOutbound(now time.Time, d Departure) *Call {
	return &Call{
		rec: Record{
			ID: d.ID, Direction: Outbound, Number: d.Number, DNIS: d.DNIS, Line: d.Line, Queue: d.Queue, Recorded: d.Recorded,
			ArrivedAt: now, CallbackID: d.Task,
		},
		treat:  d.Treatment,
		caller: &LegRecord{ID: callerLeg(d.ID), Call: d.ID, Role: RoleCaller},
	}
}

// ---- agent_ringing

func (c *Call) stepAgentRinging(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == Dial && c.dest.agent == "":
		c.dialBack(now, e)
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine:
		c.agentUp(now)
		c.endOffer(now, OfferAnswered, "")
		c.enterDialling(now, e.Kind)
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.notDialled(now, outcomeOf(e.Cause), BySystem, e.Kind)
	case e.Kind == Failed && mine:
		c.abandonLeg()
		c.notDialled(now, OfferUnreachable, BySystem, e.Kind)
	case e.Kind == Refuse && c.dest.agent != "" && e.Agent == c.dest.agent:
		c.notDialled(now, OfferRefused, ByAgent, e.Kind)
	case e.Kind == ReplaceLeg && c.agent != nil:
		c.abandonLeg()
		c.dialAgent(now, false)
	case e.Kind == Timeout:
		c.notDialled(now, OfferNoAnswer, BySystem, e.Kind)
	case e.Kind == HangUpBy:
		c.notDialled(now, OfferWithdrawn, e.By, e.Kind)
	default:
		return false
	}
	return true
}

// dialBack lets the telephone of the agent ring; where he asked for the call his page answers by itself.
func (c *Call) dialBack(now time.Time, e Event) {
	c.dest = destination{e.Agent, e.Endpoint, e.Browser}
	c.rec.Agent = e.Agent
	c.offer = &OfferRecord{Call: c.rec.ID, Agent: e.Agent, At: now} // not kept: nobody waits for him
	c.ringUntil = now.Add(e.RingFor)
	c.become(now, AgentRinging, e.Kind)
	c.makeBridge()
	c.dialAgent(now, e.On)
}

// notDialled ends a call whose agent did not come to the telephone.
func (c *Call) notDialled(now time.Time, o Outcome, by Party, cause Kind) {
	c.endOffer(now, o, "")
	c.unreached(now, NotDialled, by, cause)
}

// unreached ends a call in which the citizen was not reached.
func (c *Call) unreached(now time.Time, why Reach, by Party, cause Kind) {
	c.rec.Reach = why
	c.finish(now, CallbackFailed, by, cause)
}

// ---- dialling

func (c *Call) enterDialling(now time.Time, cause Kind) {
	c.ringUntil = now.Add(citizenRings)
	c.become(now, Dialling, cause)
	c.caller.CreatedAt = now
	c.keepLeg(c.caller)
	c.do(Command{Verb: Engaged, Agent: c.dest.agent})
	c.do(Command{Verb: DialOut, Leg: c.caller.ID, Value: c.rec.Number, From: c.rec.DNIS, For: citizenRings + dialGrace})
	c.ringBack()
}

// ringBack lets the agent hear that it rings, once his leg is ours.
func (c *Call) ringBack() {
	if c.rec.State == Dialling && c.agent != nil && c.agent.entered && !c.ringsBack {
		c.ringsBack = true
		c.do(Command{Verb: Ring, Leg: c.agent.ID})
	}
}

func (c *Call) stopRingBack() {
	if c.ringsBack && c.agent != nil {
		c.do(Command{Verb: StopRing, Leg: c.agent.ID})
	}
	c.ringsBack = false
}

func (c *Call) stepDialling(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == LegEntered && mine:
		c.agentEntered()
		c.ringBack()
	case e.Kind == LegEntered && e.Leg == c.caller.ID:
		c.rec.Reach = Reached
		c.callerUp(now)
		c.stopRingBack()
		words := c.whoCalls()
		c.enterTalking(now, e.Kind)
		c.joinAgent()
		c.announce(words)
	case e.Kind == LegGone && mine && hungUp(e.Cause):
		c.agentGone(now, e.Cause)
		c.unreached(now, GaveUp, ByAgent, e.Kind)
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.unreached(now, NotDialled, BySystem, e.Kind)
	case e.Kind == ReplaceLeg:
		c.unreached(now, NotDialled, BySystem, e.Kind)
	case e.Kind == Failed && e.Leg == c.caller.ID:
		c.unreached(now, NoWay, BySystem, e.Kind)
	case e.Kind == Timeout:
		c.unreached(now, NoAnswer, BySystem, e.Kind)
	case e.Kind == HangUpBy && e.By == ByAgent:
		c.unreached(now, GaveUp, ByAgent, e.Kind)
	case e.Kind == HangUpBy:
		c.unreached(now, NotDialled, e.By, e.Kind)
	case e.Kind == LegUp && mine, e.Kind == Failed && mine:
		// said twice, or known already from the leg's end
	default:
		return false
	}
	return true
}

// whoCalls is what a citizen who is called back hears first, while the agent may speak already: who calls, that the
// call is recorded, and the agent's number.
func (c *Call) whoCalls() []string {
	words := []string{ivr.CallingBack}
	if c.rec.Recorded {
		words = append(words, ivr.RecordingNotice)
	}
	if c.treat.TellAgentNo && c.told != c.dest.agent {
		c.told = c.dest.agent
		words = append(words, ivr.AgentNo(c.dest.agent)...)
	}
	return words
}

// diallingGone ends a call whose citizen's leg went before he was connected.
func (c *Call) diallingGone(now time.Time, e Event) {
	why := reachOf(e.Cause)
	if e.By == BySystem {
		why = NoWay
	}
	c.unreached(now, why, BySystem, e.Kind)
}

// reachOf reads the hang-up cause (Q.850) of a leg that was not connected.
func reachOf(cause int) Reach {
	switch cause {
	case 17:
		return Busy
	case 21:
		return Rejected
	case 1, 22, 28:
		return NoNumber
	case 2, 3, 5, 27, 29, 34, 38, 41, 42, 44, 47, 50, 57, 58, 63, 65, 66, 79, 88, 95, 102, 111:
		return NoWay
	}
	return NoAnswer
}

// restoreOutbound takes up a call that was not connected when it was last kept.
func (c *Call) restoreOutbound(now time.Time) {
	switch c.rec.State {
	case AgentRinging:
		c.offer = &OfferRecord{Call: c.rec.ID, Agent: c.rec.Agent, At: c.rec.ArrivedAt}
		c.ringUntil = now.Add(10 * time.Second)
	case Dialling:
		c.ringUntil = now.Add(citizenRings)
	}
}
