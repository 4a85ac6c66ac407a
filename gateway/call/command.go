package call

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Verb is what a Command asks for.
type Verb string

// What a call asks of the telephone side. Commands of one lane are carried out in order.
const (
	Answer     Verb = "answer"      // Leg
	Play       Verb = "play"        // Leg, Playback, Media: prompts one after another
	StopPlay   Verb = "stop_play"   // Leg, Playback
	StartMusic Verb = "start_music" // Leg
	StopMusic  Verb = "stop_music"  // Leg
	MakeBridge Verb = "make_bridge" // Bridge, on the caller's lane; success comes back as BridgeReady
	Join       Verb = "join"        // Leg into Bridge
	Part       Verb = "part"        // Leg out of Bridge
	Listen     Verb = "listen"      // report when Leg says something
	Announce   Verb = "announce"    // Playback of Media to everybody in Bridge, on the caller's lane
	Ring       Verb = "ring"        // Leg hears ringing, while it is not answered
	StopRing   Verb = "stop_ring"   // Leg
	DialOut    Verb = "dial_out"    // dials Leg at the number Value through the trunk, showing From, ringing at most For
	Originate  Verb = "originate"   // dials Leg at Endpoint, ringing at most For; LegEntered follows its answer
	HangUp     Verb = "hang_up"     // Leg
	StartRec   Verb = "record"      // Bridge into the file Name
	Mute       Verb = "mute"        // Leg: what it says is not heard
	Unmute     Verb = "unmute"      // Leg
	DropBridge Verb = "drop_bridge" // Bridge
	Snoop      Verb = "snoop"       // channel Name hears both sides of the leg Value and speaks to that leg; on a supervisor's lane
	PauseRec   Verb = "pause_rec"   // recording Name
	ResumeRec  Verb = "resume_rec"  // recording Name
)

// What a call asks of the switchboard.
const (
	Enqueue    Verb = "enqueue"     // wait for an agent, in the order of QueuedAt
	Dequeue    Verb = "dequeue"     // no longer waits
	OfferEnded Verb = "offer_ended" // Agent, Outcome
	Engaged    Verb = "engaged"     // Agent talks to the caller
	Released   Verb = "released"    // Agent is through with the call (it ended or his leg stayed lost)
	Finished   Verb = "finished"    // the call has its result
	LookUp     Verb = "look_up"     // Value in what Name says, and answer with N

	Transferred Verb = "transferred" // Transfer has its result
	ComeBack    Verb = "come_back"   // nobody took the caller: Agent, who sent him away, has him first
	Unwatched   Verb = "unwatched"   // supervisor Agent is no longer in the call
)

// Command is one thing a call wants done. Which fields count stands beside the verbs.
type Command struct {
	Verb     Verb
	Leg      LegID
	Bridge   string
	Playback string
	Media    []string // prompt names
	Language string   // that the caller chose, empty for most
	Endpoint string   // "PJSIP/agent-8001"
	Headers  []Header // of the INVITE
	From     string   // caller's number, shown by the telephone
	For      time.Duration
	Name     string
	Agent    string
	Outcome  Outcome
	Value    string
	N        int
	Transfer *Transfer
}

// Header is one SIP header of an INVITE to an agent's telephone.
type Header struct{ Name, Value string }

// The headers an agent's browser understands.
const (
	HeaderCall       = "X-Hotline-Call"        // the call's id
	HeaderCallID     = "X-Hotline-Call-Id"     // to another hotline: the call's id with us
	HeaderAutoAnswer = "X-Hotline-Auto-Answer" // "1": a replaced leg, answer at once
)

// ForPhone tells whether the telephone side carries the command out, else the switchboard does.
func (c Command) ForPhone() bool {
	switch c.Verb {
	case Enqueue, Dequeue, OfferEnded, Engaged, Released, Finished, LookUp, Transferred, ComeBack, Unwatched:
		return false
	}
	return true
}

// String is the command's line in golden scripts and logs; it shows no telephone number.
func (c Command) String() string {
	var b strings.Builder
	b.WriteString(string(c.Verb))
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	field("leg", string(c.Leg))
	field("bridge", c.Bridge)
	field("playback", c.Playback)
	field("media", strings.Join(c.Media, ","))
	field("language", c.Language)
	field("endpoint", c.Endpoint)
	for _, h := range c.Headers {
		field(h.Name, h.Value)
	}
	if c.For != 0 {
		field("for", c.For.String())
	}
	field("name", c.Name)
	field("agent", c.Agent)
	field("outcome", string(c.Outcome))
	if c.Verb == Snoop {
		field("hears", c.Value)
	}
	if t := c.Transfer; t != nil {
		field("n", strconv.Itoa(t.N))
		field("to", t.ToKey)
		field("result", string(t.Result))
		field("why", string(t.Why))
	}
	return b.String()
}
