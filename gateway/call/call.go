// Package call is one call as a pure state machine: Step takes the time and what happened, and returns what is
// to be done. It knows no clock, no network and no other call, so every race is a script that can be replayed
// (testdata) and random interleavings are fuzzed for the invariants.
//
//	greeting → waiting ⇄ offered → talking ⇄ held
//	               ↑                  ↓
//	               └──────────── reconnecting          any → (closing →) ended
//
// One that begins from us (outbound.go) comes to talking by agent_ringing → dialling.
package call

import (
	"fmt"
	"time"

	"hotline/gateway/calldata"
	"hotline/ivr"
)

// How long a call waits for things that come by themselves.
const (
	reconnectLimit = 25 * time.Second       // for a lost agent's leg; then the caller goes back to the queue's head
	reconnectRetry = 2 * time.Second        // between attempts to dial the agent again
	dialGrace      = 5 * time.Second        // Asterisk's own ring limit lies this much after ours, as a safety net
	bridgeRetry    = 500 * time.Millisecond // until a conversation's bridge that could not be made is asked for again
	prepareAfter   = 150 * time.Millisecond // what is needed when the agent answers is made once his telephone rings
)

// PromptPleaseWait is played to a caller whose agent's leg was lost.
const PromptPleaseWait = "please_wait"

// Arrival is what is known when Asterisk hands a caller over.
type Arrival struct {
	ID        ID
	Number    string // normalised, empty when withheld
	DNIS      string
	Line      string
	Queue     string
	UnknownNo bool
	Recorded  bool
	Priority  string
	Flow      *ivr.Flow // what he hears and keys before the queue; where it plays nothing he hears ringing until an agent answers
	Facts     ivr.Facts // that the flow asks for
	CameFrom  *calldata.Data
	Blocked   bool // on the block list: he hears that, and no flow
}

// Call is one call. Its zero value is not usable; New and Restore make one. It is not safe for concurrent use.
type Call struct {
	rec     Record
	flow    *ivr.Flow
	facts   ivr.Facts
	session *ivr.Session // walks the caller through a flow, nil when none does
	saying  int          // the session's number of what is playing
	treat   Treatment
	blocked bool // on the block list
	closing closing

	caller *LegRecord
	agent  *leg // the one leg to an agent, or another city, that counts; nil when none
	thirds []*third
	watch  *watch // nil when no supervisor is in the call
	old    []*leg // legs given up that are not gone yet
	legs   int    // legs dialled so far, for their names
	offer  *OfferRecord
	offers int
	dest   destination // where the current agent is reached
	region string      // that takes the caller, and the routes to it not tried yet
	routes []string    //

	bridgeMade  bool // asked for
	bridgeReady bool // exists
	callerIn    bool // asked into the bridge
	answering   bool // the caller's leg is answered or being answered
	ringing     bool // told to ring, while not answered
	ringsBack   bool // outbound: the agent hears ringing
	music       bool
	playing     string // playback id, empty when none
	playbacks   int
	recording   bool
	muted       bool
	heldAt      time.Time

	consulting   bool   // the caller is on hold for the sake of a third party
	toQueue      *third // a transfer to a queue in which the caller waits
	transfers    int    // so far
	blinds       int    //
	parties      int    // changes of who is in the call
	lastTransfer Transfer
	paused       bool // the recording is

	announceAt time.Time // waiting: tell him his position
	callbackAt time.Time // waiting: offer to call him back
	told       string    // agent whose number was spoken

	prepareAt time.Time // offered: make the bridge, let an unanswered caller hear ringing
	ringUntil time.Time
	giveUpAt  time.Time // reconnecting: back to the queue
	retryAt   time.Time // reconnecting: dial again; talking: make the bridge again

	now     time.Time // of the step
	out     []Command
	late    []Command // of what a reconciliation did beside events
	journal Journal
}

type destination struct {
	agent, endpoint string
	browser         bool
}

type leg struct {
	LegRecord
	entered bool // answered and in our application: may be taken into the bridge
	in      bool // asked into the bridge
}

// Journal is what a step changed, ready to be kept.
type Journal struct {
	Call    *Record
	Legs    []LegRecord
	Offers  []OfferRecord
	Changes []Change

	Transfers []Transfer
}

// New makes a call in its first state; Step with Arrived sets it going.
func New(now time.Time, a Arrival) *Call {
	if a.Blocked {
		a.Flow = ivr.BlockedFlow()
	}
	c := &Call{
		rec: Record{
			ID: a.ID, Direction: directionOf(a.ID), Number: a.Number, DNIS: a.DNIS, Line: a.Line, Queue: a.Queue, UnknownNo: a.UnknownNo,
			Recorded: a.Recorded, State: Greeting, ArrivedAt: now, Priority: a.Priority, CameFrom: a.CameFrom,
			Secret: a.CameFrom != nil && a.CameFrom.Secret,
		},
		flow: a.Flow, facts: a.Facts, blocked: a.Blocked,
		caller: &LegRecord{ID: callerLeg(a.ID), Call: a.ID, Role: RoleCaller, CreatedAt: now},
	}
	c.keepLeg(c.caller)
	return c
}

// Record is the call as it stands.
func (c *Call) Record() Record { return c.rec }

// ID names the call.
func (c *Call) ID() ID { return c.rec.ID }

// State is where the call stands.
func (c *Call) State() State { return c.rec.State }

// Agent is the agent the call is offered to or talking with, empty when none.
func (c *Call) Agent() string { return c.dest.agent }

// Muted tells whether the agent's voice is cut off from the caller.
func (c *Call) Muted() bool { return c.muted }

// Recording tells whether the conversation is being recorded.
func (c *Call) Recording() bool { return c.recording }

// HeldAt is when the hold began, zero when not held.
func (c *Call) HeldAt() time.Time { return c.heldAt }

// RingUntil is when the current offer times out, zero when there is none.
func (c *Call) RingUntil() time.Time { return c.ringUntil }

// OfferedAt is when the last offer began, zero when there was none.
func (c *Call) OfferedAt() time.Time {
	if c.offer == nil {
		return time.Time{}
	}
	return c.offer.At
}

// Bridge is the id of the call's bridge.
func (c *Call) Bridge() string { return string(c.rec.ID) + ".b" }

// Legs are the legs that may still exist in Asterisk.
func (c *Call) Legs() []LegID {
	var ids []LegID
	if c.callerThere() {
		ids = append(ids, c.caller.ID)
	}
	if c.agent != nil {
		ids = append(ids, c.agent.ID)
	}
	for _, t := range c.thirds {
		if t.leg != nil {
			ids = append(ids, t.leg.ID)
		}
	}
	if w := c.watch; w != nil && w.leg != nil {
		ids = append(ids, w.leg.ID)
	}
	for _, l := range c.old {
		ids = append(ids, l.ID)
	}
	return ids
}

// callerThere tells whether the caller's leg may exist in Asterisk: that of an outbound call is made late.
func (c *Call) callerThere() bool { return !c.caller.CreatedAt.IsZero() && c.caller.GoneAt.IsZero() }

// Done tells whether nothing is left of the call: it ended and all its legs are gone.
func (c *Call) Done() bool { return c.rec.State == Ended && len(c.Legs()) == 0 }

// Wake is when the call wants a Timeout event, zero when it does not.
func (c *Call) Wake() time.Time {
	wake := c.stateWake()
	for _, t := range c.thirds {
		if !t.up() {
			wake = earliest(wake, t.ringUntil)
		}
	}
	return wake
}

func (c *Call) stateWake() time.Time {
	switch c.rec.State {
	case Greeting, Closing:
		return c.sessionWake()
	case Waiting:
		return earliest(c.sessionWake(), c.announceAt, c.callbackAt)
	case Offered:
		if !c.prepareAt.IsZero() && c.prepareAt.Before(c.ringUntil) {
			return c.prepareAt
		}
		return c.ringUntil
	case Talking, Held, Diverted:
		return c.retryAt
	case HandedOver:
		return earliest(c.retryAt, c.ringUntil)
	case AgentRinging, Dialling, Diverting:
		return c.ringUntil
	case Reconnecting:
		if !c.retryAt.IsZero() && c.retryAt.Before(c.giveUpAt) {
			return c.retryAt
		}
		return c.giveUpAt
	}
	return time.Time{}
}

// earliest is the first of some times, zero ones left out.
func earliest(times ...time.Time) (first time.Time) {
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// Hears is what the caller hears: "prompt", "music", "agent", "party" (a third party, without an agent), "ringing" (his network's or the agent's telephone),
// "quiet" where it is listened to him, or "" when he is gone. "silence" is a fault that tests look for.
func (c *Call) Hears() string {
	switch {
	case !c.callerThere() || c.rec.State == Ended:
		return ""
	case c.rec.State == Dialling:
		return "ringing" // his own telephone
	case c.playing != "":
		return "prompt"
	case c.music:
		return "music"
	case c.session != nil && c.session.Hears() == "quiet":
		return "quiet" // the silent-call routine listens
	case !c.answering:
		return "ringing"
	case c.callerIn && c.agent != nil && !c.agent.UpAt.IsZero():
		return "agent"
	case c.callerIn && c.anyThird((*third).in):
		return "party"
	}
	return "silence"
}

// Step takes what happened at now and returns what is to be done. An event that means nothing in the call's
// state is ErrUnexpected and leaves the call as it was.
func (c *Call) Step(now time.Time, e Event) ([]Command, error) {
	now = c.own(now)
	c.out, c.now = nil, now
	if e.Kind == Timeout && c.thirdTimeouts(now, e.Kind) && !due(c.stateWake(), now) {
		return c.out, nil
	}
	if c.stepThird(now, e) || c.stepWatch(now, e) || c.stepAnyState(now, e) {
		return c.out, nil
	}
	var ok bool
	switch c.rec.State {
	case Greeting:
		ok = c.stepGreeting(now, e)
	case Waiting:
		ok = c.stepWaiting(now, e)
	case Offered:
		ok = c.stepOffered(now, e)
	case Talking:
		ok = c.stepTalking(now, e)
	case Held:
		ok = c.stepHeld(now, e)
	case Reconnecting:
		ok = c.stepReconnecting(now, e)
	case Diverting:
		ok = c.stepDiverting(now, e)
	case Diverted:
		ok = c.stepDiverted(now, e)
	case Transferring:
		ok = c.stepTransferring(now, e)
	case HandedOver:
		ok = c.stepHandedOver(now, e)
	case AgentRinging, "": // not begun
		ok = c.stepAgentRinging(now, e)
	case Dialling:
		ok = c.stepDialling(now, e)
	case Closing:
		ok = c.stepClosing(now, e)
	case Ended:
		ok = c.stepEnded(now, e)
	}
	if !ok {
		return nil, fmt.Errorf("call %s: %s while %s: %w", c.rec.ID, e.Kind, c.rec.State, ErrUnexpected)
	}
	return c.out, nil
}

// TakeJournal returns what changed since it was last asked.
func (c *Call) TakeJournal() Journal {
	j := c.journal
	c.journal = Journal{}
	return j
}

func (c *Call) do(cmd Command) {
	if len(cmd.Media) > 0 {
		cmd.Language = c.rec.Language
	}
	c.out = append(c.out, cmd)
}
func (c *Call) keep()                { r := c.rec; c.journal.Call = &r }
func (c *Call) keepLeg(l *LegRecord) { c.journal.Legs = append(c.journal.Legs, *l) }
func (c *Call) keepOffer() {
	if c.offer.N > 0 {
		c.journal.Offers = append(c.journal.Offers, *c.offer)
	}
}
func (c *Call) become(now time.Time, s State, cause Kind) {
	c.rec.Version++
	c.journal.Changes = append(c.journal.Changes, Change{
		Call: c.rec.ID, Seq: c.rec.Version, At: now, From: c.rec.State, To: s, Cause: string(cause),
	})
	c.rec.State = s
	c.keep()
}
