package call

import (
	"errors"
	"time"
)

// Kind is what happened.
type Kind string

// What can happen to a call.
const (
	Arrived     Kind = "arrived"      // Asterisk handed the caller over
	PromptEnded Kind = "prompt_ended" // Playback is over, or could not be played
	Unattended  Kind = "unattended"   // no agent is free for the waiting caller right now
	Offer       Kind = "offer"        // the queue chose Agent, reachable at Endpoint; RingFor
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
	Timeout     Kind = "timeout"     // Wake has come
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
	On       bool
}

// ErrUnexpected is returned for an event that means nothing in the call's state. The call is unchanged:
// most often it crossed with another event on the way.
var ErrUnexpected = errors.New("not possible in this state")
