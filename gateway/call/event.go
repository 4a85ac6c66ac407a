package call

import (
	"errors"
	"time"

	"hotline/ivr"
)

// Kind is what happened.
type Kind string

// What can happen to a call.
const (
	Arrived     Kind = "arrived"      // Asterisk handed the caller over
	PromptEnded Kind = "prompt_ended" // Playback is over
	PromptLost  Kind = "prompt_lost"  // Playback could not be played
	KeyPressed  Kind = "key_pressed"  // the caller pressed Key
	Spoke       Kind = "spoke"        // the caller said something, after Listen
	LookedUp    Kind = "looked_up"    // N of LookUp, Result, Media that tells it
	Queued      Kind = "queued"       // the queue took the waiting caller in; Treatment
	MoveTo      Kind = "move_to"      // the queue cannot take him: he waits in Queue; Treatment
	DivertTo    Kind = "divert_to"    // the queue cannot take him, for Reason: another city, Queue, does, by one of Routes
	TurnAway    Kind = "turn_away"    // the queue cannot take him, for Reason: he hears Media, then the call ends as Result
	Unattended  Kind = "unattended"   // no agent is free for the waiting caller right now
	Offer       Kind = "offer"        // the queue chose Agent, reachable at Endpoint; RingFor
	Dial        Kind = "dial"         // outbound: Agent, reachable at Endpoint, calls back; RingFor; On: his page answers by itself
	LegEntered  Kind = "leg_entered"  // the agent's answered leg may be taken into the bridge
	LegUp       Kind = "leg_up"       // Leg answered
	LegGone     Kind = "leg_gone"     // Leg is gone, with Cause
	BridgeReady Kind = "bridge_ready" // the bridge exists
	Failed      Kind = "failed"       // Verb on Leg could not be done
	Refuse      Kind = "refuse"       // Agent refuses the offer, with Reason
	HangUpBy    Kind = "hang_up_by"   // By ends the call
	Hold        Kind = "hold"
	Resume      Kind = "resume"
	MuteTo      Kind = "mute_to"     // On
	ReplaceLeg  Kind = "replace_leg" // the agent's telephone began anew, or went with its page: dial it again
	Timeout     Kind = "timeout"     // Wake has come; Position and Wait while he waits

	LegRinging   Kind = "leg_ringing"   // the telephone of Leg rings
	Bring        Kind = "bring"         // the agent brings a third party: Order
	DropThird    Kind = "drop_third"    // the agent takes third party N back out: while it rings, or later
	Merge        Kind = "merge"         // all into one conversation
	Swap         Kind = "swap"          // the agent talks to third party N instead of the caller, or the other way round
	Leave        Kind = "leave"         // the agent leaves the caller to the third parties
	TakeBack     Kind = "take_back"     // Agent, reachable at Endpoint, wants a caller back who was handed over; RingFor
	Supervise    Kind = "supervise"     // supervisor Agent, at Endpoint, is with the agent as Supervision says; RingFor
	SuperviseEnd Kind = "supervise_end" // supervisor Agent goes
	TakeOver     Kind = "take_over"     // supervisor Agent, who is in the call, takes it
	Say          Kind = "say"           // everybody in the conversation hears Media
	CloseWith    Kind = "close_with"    // the agent ends the conversation: the caller hears Media, then the call ends
)

// Event is one thing that happened; which fields count stands beside the kinds.
type Event struct {
	Kind     Kind
	Leg      LegID
	Playback string
	Agent    string
	Endpoint string
	RingFor  time.Duration
	Browser  bool // Offer: the telephone is the console, which understands our headers
	Cause    int  // Q.850
	Verb     Verb
	Reason   string
	By       Party
	On       bool // Offer: the telephone is to answer by itself

	Key       string
	N         int
	Result    string
	Media     []string
	Queue     string
	Routes    []string // endpoints
	Treatment Treatment
	Position  int           // in the queue, 1 is next; 0: unknown
	Wait      time.Duration // estimated, negative: unknown

	Order       *Order
	Supervision Supervision
}

// Treatment is what a queue does for its callers beside finding an agent.
type Treatment struct {
	Announce    time.Duration // between announcements of position and wait, 0: none
	Callback    time.Duration // after so long he is offered to be called back, 0: never
	CallbackNo  string        // number he can be called back at, empty: none
	TellAgentNo bool          // the agent's number is spoken on answer
	Rating      *ivr.Flow     // asks him to rate when the agent hangs up, nil: not asked

	PauseConsult    bool // what is said while the caller is on hold is not recorded
	PauseHandedOver bool // what is said after the agent left is not recorded
}

// ErrUnexpected is returned for an event that means nothing in the call's state. The call is unchanged:
// most often it crossed with another event on the way.
var ErrUnexpected = errors.New("not possible in this state")
