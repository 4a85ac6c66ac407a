package switchboard

import (
	"time"

	"hotline/agent"
	"hotline/gateway/call"
)

// Desk is everything one agent's screen shows of his work. Every event carries it whole, so a screen is right
// after each event whatever it missed before.
type Desk struct {
	Agent DeskAgent `json:"agent"`
	Call  *DeskCall `json:"call"` // the call at this desk, also through wrap-up; null when none
	Today Today     `json:"today"`
}

// DeskAgent is the agent's own state.
type DeskAgent struct {
	No         string      `json:"no"`
	Name       string      `json:"name"`
	Phone      agent.Phone `json:"phone" jsonschema:"enum=browser,enum=desk"`
	State      agent.State `json:"state" jsonschema:"enum=signed_out,enum=ready,enum=reserved,enum=talking,enum=held,enum=wrap_up,enum=not_ready,enum=rest,enum=lost"`
	Reason     string      `json:"reason"`      // of not_ready, rest or an automatic change: "no_answer", "unreachable", "forced", "link_lost"
	Since      time.Time   `json:"since"`       //
	Until      *time.Time  `json:"until"`       // end of rest or wrap-up, null when open
	Next       agent.State `json:"next"`        // state asked for after this call, empty when ready follows
	NextReason string      `json:"next_reason"` //
	PhoneOK    bool        `json:"phone_ok"`    // Asterisk knows where to reach the phone
	RestTurn   int         `json:"rest_turn"`   // waits for a rest: 1 is next, 0 when he does not
}

// DeskCall is the call at the desk and its screen pop.
type DeskCall struct {
	ID           call.ID        `json:"id"`
	Ver          int            `json:"ver"`
	Direction    call.Direction `json:"direction" jsonschema:"enum=inbound,enum=outbound"`
	Callback     *DeskCallback  `json:"callback"` // outbound: whom we call back and why; null for other calls
	Phase        string         `json:"phase" jsonschema:"enum=ringing,enum=dialling,enum=talking,enum=held,enum=reconnecting,enum=wrap_up"`
	Number       string         `json:"number"` // empty when withheld
	NumberKind   string         `json:"number_kind" jsonschema:"enum=mobile,enum=landline,enum=short,enum=foreign,enum=withheld,enum=unknown"`
	Line         DeskLine       `json:"line"`
	ArrivedAt    time.Time      `json:"arrived_at"`
	QueuedAt     time.Time      `json:"queued_at"`
	OfferedAt    time.Time      `json:"offered_at"`
	RingUntil    *time.Time     `json:"ring_until"` // while ringing
	TalkingAt    *time.Time     `json:"talking_at"`
	HeldAt       *time.Time     `json:"held_at"` // while held
	EndedAt      *time.Time     `json:"ended_at"`
	EndedBy      call.Party     `json:"ended_by"` // empty until it ended
	WrapUntil    *time.Time     `json:"wrap_until"`
	Muted        bool           `json:"muted"`
	Recording    bool           `json:"recording"`
	History      []EarlierCall  `json:"history"`
	HistoryState string         `json:"history_state" jsonschema:"enum=loading,enum=ready,enum=unavailable"`
	Disposition  string         `json:"disposition"` // saved so far
	Note         string         `json:"note"`        // saved so far
}

// DeskCallback is the task an outbound call is an attempt of.
type DeskCallback struct {
	ID        string      `json:"id"`
	Reason    call.Result `json:"reason"`     // result of the call that was missed
	MissedAt  time.Time   `json:"missed_at"`  //
	KeptPlace bool        `json:"kept_place"` // he asked to be called back and kept his place in the queue
	Attempt   int         `json:"attempt"`    // this is the first, second, …
	Reach     call.Reach  `json:"reach"`      // what came of dialling him; empty until then
}

// DeskLine is the line the caller dialled.
type DeskLine struct {
	DNIS string `json:"dnis"`
	Name string `json:"name"`
}

// EarlierCall is one line of the caller's history.
type EarlierCall struct {
	ID          call.ID     `json:"id"`
	At          time.Time   `json:"at"`
	Line        string      `json:"line"`
	Agent       string      `json:"agent"` // agent_no, empty when nobody answered
	Result      call.Result `json:"result"`
	TalkSeconds int         `json:"talk_seconds"`
	Disposition string      `json:"disposition"`
	Note        string      `json:"note"`
}

// Today is the agent's own day so far.
type Today struct {
	Answered    int `json:"answered"`
	TalkSeconds int `json:"talk_seconds"`
}

// QueueTick is the value of the tick topic "queue".
type QueueTick struct {
	Waiting      int        `json:"waiting"`
	LongestSince *time.Time `json:"longest_since"` // when the longest waiting caller began to wait
	Ready        int        `json:"ready"`
	Busy         int        `json:"busy"`
	Callbacks    int        `json:"callbacks"` // who reached nobody and is to be called back
}

// LinkTick is the value of the tick topic "link".
type LinkTick struct {
	Asterisk bool `json:"asterisk"` // the gateway hears Asterisk
}

// The kinds of event a console receives.
const (
	KindAgentState   = "agent.state"
	KindRinging      = "call.ringing"
	KindHistory      = "call.history"
	KindWithdrawn    = "call.withdrawn" // the offer ended without this agent: refused, no answer, caller gone
	KindDialling     = "call.dialling"  // outbound: the citizen's telephone rings
	KindAnswered     = "call.answered"
	KindHeld         = "call.held"
	KindResumed      = "call.resumed"
	KindMuted        = "call.muted"
	KindReconnecting = "call.reconnecting"
	KindReconnected  = "call.reconnected"
	KindEnded        = "call.ended"
	KindSaved        = "wrap_up.saved"
	KindWrapUpEnded  = "wrap_up.ended"
)
