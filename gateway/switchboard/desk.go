package switchboard

import (
	"time"

	"hotline/agent"
	"hotline/gateway/abuse"
	"hotline/gateway/call"
)

// Desk is everything one agent's screen shows of his work. Every event carries it whole, so a screen is right
// after each event whatever it missed before.
type Desk struct {
	Agent DeskAgent `json:"agent"`
	Call  *DeskCall `json:"call"` // the call at this desk, also through wrap-up; null when none
	Today Today     `json:"today"`

	Help        bool             `json:"help"`        // he called for help and nobody came yet
	Supervising *DeskSupervising `json:"supervising"` // a supervisor's: with whom he is; null when with nobody
}

// DeskSupervising is how a supervisor is with an agent.
type DeskSupervising struct {
	Call  call.ID          `json:"call"`
	Agent string           `json:"agent"`
	Name  string           `json:"name"`
	How   call.Supervision `json:"how" jsonschema:"enum=listen,enum=whisper,enum=barge"`
	Since *time.Time       `json:"since"` // null until he hears something
}

// DeskParty is somebody in a call beside caller and this desk's agent, or who is being called.
type DeskParty struct {
	N      int               `json:"n"` // for call.drop and call.swap; 0: not to be dropped by this agent
	Kind   string            `json:"kind" jsonschema:"enum=emergency,enum=sub_centre,enum=utility,enum=region,enum=line,enum=queue,enum=expert,enum=agent,enum=number,enum=supervisor"`
	Key    string            `json:"key"`
	Title  string            `json:"title"`
	How    call.TransferKind `json:"how" jsonschema:"enum=,enum=one_key,enum=three_way,enum=consult,enum=confirmed,enum=blind"`
	State  string            `json:"state" jsonschema:"enum=dialling,enum=ringing,enum=in,enum=aside"` // in: hears the others; aside: hears music
	Since  time.Time         `json:"since"`
	Route  int               `json:"route"`  // this is the first, second, … route
	Routes int               `json:"routes"` // of so many
}

// DeskTransfer is the transfer that ended last.
type DeskTransfer struct {
	N      int                 `json:"n"`
	Kind   string              `json:"kind"`
	Key    string              `json:"key"`
	Title  string              `json:"title"`
	How    call.TransferKind   `json:"how"`
	Result call.TransferResult `json:"result" jsonschema:"enum=connected,enum=cancelled,enum=failed,enum=call_ended"`
	Why    call.Reach          `json:"why"`    // of a failed one: busy, no_answer, rejected, no_number, no_way
	Routes int                 `json:"routes"` // ways that were tried
	At     time.Time           `json:"at"`
	Agent  string              `json:"agent"` // name of our agent who has the caller, empty where it is none of ours
}

// DeskCallData is what another hotline or service handed over with the call.
type DeskCallData struct {
	From   string `json:"from"`
	CallID string `json:"call_id"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Line   string `json:"line"`
	Kind   string `json:"kind"`
	Note   string `json:"note"`
	Agent  string `json:"agent"`
	Reason string `json:"reason"`
}

// DeskAgent is the agent's own state.
type DeskAgent struct {
	No         string      `json:"no"`
	Name       string      `json:"name"`
	Phone      agent.Phone `json:"phone" jsonschema:"enum=browser,enum=desk"`
	State      agent.State `json:"state" jsonschema:"enum=signed_out,enum=ready,enum=reserved,enum=talking,enum=held,enum=wrap_up,enum=not_ready,enum=rest,enum=lost,enum=supervising"`
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
	Phase        string         `json:"phase" jsonschema:"enum=ringing,enum=dialling,enum=talking,enum=held,enum=consulting,enum=three_way,enum=reconnecting,enum=wrap_up"`
	Number       string         `json:"number"` // empty when withheld, "***" when secret
	Secret       bool           `json:"secret"` // the caller asked for secrecy
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

	Owner        string        `json:"owner"`         // agent_no whose call it is; another's where this agent was brought in
	Asked        string        `json:"asked"`         // another's call: what he said why he brought this agent in
	CallerIn     bool          `json:"caller_in"`     // the caller hears the others
	Parties      []DeskParty   `json:"parties"`       // beside caller and this agent
	LastTransfer *DeskTransfer `json:"last_transfer"` // null: none ended yet
	CameFrom     *DeskCallData `json:"came_from"`     // null: the citizen dialled us himself
	TakeBack     bool          `json:"take_back"`     // he was handed over, still talks, and can be taken back

	Abuse DeskAbuse `json:"abuse"`
}

// DeskAbuse is what was noted of an abusive call, and what the agent may do about it.
type DeskAbuse struct {
	Marks      []DeskMark `json:"marks"`
	Warnings   int        `json:"warnings"`     // that the caller got
	WarnFirst  int        `json:"warn_first"`   // so many before a logged hang-up
	HangUp     bool       `json:"hang_up"`      // the hotline allows logged hang-ups
	HangUpFrom *time.Time `json:"hang_up_from"` // and this one from then on; null before the conversation
}

// DeskMark is one thing that was noted.
type DeskMark struct {
	Act  abuse.Act  `json:"act" jsonschema:"enum=mark,enum=warning_played,enum=warning_said,enum=hang_up"`
	Kind abuse.Kind `json:"kind" jsonschema:"enum=,enum=abuse,enum=vulgar,enum=harassment,enum=silent,enum=no_request,enum=false_report,enum=occupying"`
	Note string     `json:"note"`
	At   time.Time  `json:"at"`
	Into float64    `json:"into_s"` // seconds into the recording, -1 outside it
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

// Floor is the value of the tick topic "floor", which supervisors get: the agents of their groups and the calls.
type Floor struct {
	At     time.Time    `json:"at"`
	Agents []FloorAgent `json:"agents"`
	Calls  []FloorCall  `json:"calls"`
}

// FloorAgent is one agent of the floor.
type FloorAgent struct {
	No         string           `json:"no"`
	Name       string           `json:"name"`
	Group      string           `json:"group"`
	State      agent.State      `json:"state" jsonschema:"enum=signed_out,enum=ready,enum=reserved,enum=talking,enum=held,enum=wrap_up,enum=not_ready,enum=rest,enum=lost,enum=supervising"`
	Reason     string           `json:"reason"`
	Since      time.Time        `json:"since"`
	Call       call.ID          `json:"call"` // empty when none
	Phase      string           `json:"phase"`
	PhoneOK    bool             `json:"phone_ok"`
	Help       bool             `json:"help"`
	Supervisor string           `json:"supervisor"` // agent_no of who is with him, empty when nobody
	How        call.Supervision `json:"how"`
	Today      Today            `json:"today"`
}

// FloorCall is one live call of the floor.
type FloorCall struct {
	ID        call.ID     `json:"id"`
	Number    string      `json:"number"` // masked
	Secret    bool        `json:"secret"` // the caller asked for secrecy
	Line      DeskLine    `json:"line"`
	Queue     string      `json:"queue"` // its title
	State     call.State  `json:"state"`
	Agent     string      `json:"agent"`
	ArrivedAt time.Time   `json:"arrived_at"`
	QueuedAt  *time.Time  `json:"queued_at"`
	TalkingAt *time.Time  `json:"talking_at"`
	Priority  string      `json:"priority"`
	Parties   []DeskParty `json:"parties"`
}

// Alerts is the value of the tick topic "alerts", which supervisors get: the latest first, at most 50.
type Alerts struct {
	Alerts []Alert `json:"alerts"`
}

// Alert is something a supervisor should see to.
type Alert struct {
	ID      string     `json:"id"`
	At      time.Time  `json:"at"`
	Kind    string     `json:"kind" jsonschema:"enum=help,enum=one_key_failed,enum=abuse"`
	Agent   string     `json:"agent"`
	Name    string     `json:"name"`
	Call    call.ID    `json:"call"`
	Subject string     `json:"subject"` // one_key_failed: the service
	Why     call.Reach `json:"why"`     // one_key_failed
	Count   int        `json:"count"`   // abuse: calls of that number that were marked
	AckBy   string     `json:"ack_by"`  // empty: nobody yet
	AckAt   *time.Time `json:"ack_at"`
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
	KindParties      = "call.parties" // somebody came, went, rings or was put aside
	KindSupervising  = "floor.supervising"
	KindSaved        = "wrap_up.saved"
	KindWrapUpEnded  = "wrap_up.ended"
)
