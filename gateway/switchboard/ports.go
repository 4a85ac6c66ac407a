package switchboard

import (
	"context"
	"encoding/json"
	"time"

	"hotline/agent"
	"hotline/gateway/abuse"
	"hotline/gateway/blocklist"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
)

// Phone carries out what a call asks of Asterisk. Do returns at once; commands of one lane (a leg) run in the
// order given, lanes run side by side. Failures come back through Switchboard.Failed.
type Phone interface {
	Do(id call.ID, commands []call.Command)
	// Census asks Asterisk what channels and bridges there are. It blocks; the loop never calls it.
	Census(ctx context.Context) (Census, error)
}

// Journal keeps what happened. Append never blocks and never fails: the journal spools to disk while
// PostgreSQL is away.
type Journal interface {
	Append(e Entry)
}

// Entry is one line of the journal: exactly one field is set.
type Entry struct {
	Call        *call.Record      `json:"call,omitempty"`
	Leg         *call.LegRecord   `json:"leg,omitempty"`
	Offer       *call.OfferRecord `json:"offer,omitempty"`
	Change      *call.Change      `json:"change,omitempty"`
	Disposition *call.Disposition `json:"disposition,omitempty"`
	Agent       *agent.Change     `json:"agent,omitempty"`
	Transfer    *call.Transfer    `json:"transfer,omitempty"`
	Deed        *Deed             `json:"deed,omitempty"`
	Abuse       *abuse.Entry      `json:"abuse,omitempty"`
	Hit         *blocklist.Hit    `json:"hit,omitempty"`
}

// Deed is something a person did on a call or to an agent that must leave a trace in the audit. It is kept when it is
// done, not before: an emergency waits for nothing.
type Deed struct {
	ID     string         `json:"id"` // ULID: written twice, it is one row
	At     time.Time      `json:"at"`
	Who    string         `json:"who"`    // agent_no
	Action string         `json:"action"` // "transfer.one_key", "supervise.listen", …
	Object string         `json:"object"` // call id or agent_no
	Detail map[string]any `json:"detail,omitempty"`
}

// History is what PostgreSQL knows. It blocks; the switchboard asks from goroutines of its own and nothing on the
// telephone side or on screen waits for it.
type History interface {
	// EarlierCalls finds a caller's calls before this one, the latest first.
	EarlierCalls(ctx context.Context, number string, before call.ID, limit int) ([]EarlierCall, error)
	// AgentToday is what an agent did since dayStart.
	AgentToday(ctx context.Context, agentNo string, dayStart time.Time) (answered, talkSeconds int, err error)
}

// Orders knows how far work orders are. It blocks, like History.
type Orders interface {
	// Progress is ivr.Found with the prompts that tell it, or ivr.NotFound.
	Progress(ctx context.Context, orderNo string) (result string, say []string, err error)
}

// Offenders knows whose calls were marked as abusive. It blocks, like History.
type Offenders interface {
	// MarkedCalls is how many other calls of a number were marked since an instant.
	MarkedCalls(ctx context.Context, number string, except call.ID, since time.Time) (int, error)
}

// Census is what Asterisk has at an instant.
type Census struct {
	At        time.Time // taken not earlier than this
	Started   time.Time // when Asterisk started
	Channels  map[string]Channel
	Bridges   map[string][]string // members by bridge id
	Endpoints map[string]bool     // agents' telephones by agent_no: can be reached
	Trunks    map[string]bool     // other endpoints by name
}

// Channel is one channel of a census.
type Channel struct {
	Up      bool
	Inbound bool   // a caller who was handed to our application
	Number  string // as it came
	DNIS    string // inbound: dialled number

	Data calldata.Data // inbound: what the hotline or service that hands him over says
}

// Audience is the agents' consoles. None of its methods blocks.
type Audience interface {
	// Snapshot is the answer to Linked: the whole desk, before any later Event.
	Snapshot(agentNo, session string, desk Desk)
	// Event tells the agent's console that his desk changed. kind is one of the Kind… names.
	Event(agentNo, kind string, desk Desk)
	// Reply answers a command once; err is nil or an *Error.
	Reply(agentNo, commandID string, result any, err *Error)
	// Tick is the latest value of a figure, coalesced and never replayed; agentNo "" means everybody.
	Tick(agentNo, topic string, value any)
}

// Command is what an agent's console asks for.
type Command struct {
	ID    string          // made by the console at the click; a repetition carries the same
	Agent string          // agent_no of the session it came from
	Name  string          // "call.hold"
	Args  json.RawMessage // at most 48 KiB, room for a note of 10,000 characters
	Call  call.ID         // call it is meant for, empty for the agent's own state
	Ver   int             // version of that call on the screen, 0 when it does not matter
}

// Error is a refused command: a code for the machine, a message for people.
type Error struct {
	Code      Code   `json:"code"`
	Message   string `json:"message"`
	Temporary bool   `json:"temporary"` // trying again later may help
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Code is one of a closed set; screens switch on it.
type Code string

// The codes of refused commands.
const (
	CodeBadRequest     Code = "bad_request"
	CodeUnknownCommand Code = "unknown_command"
	CodeNotSignedIn    Code = "not_signed_in"
	CodeNoSuchCall     Code = "no_such_call"
	CodeNoSuchCallback Code = "no_such_callback"
	CodeBeingDialled   Code = "being_dialled" // another agent dials or talks to him
	CodeCallMovedOn    Code = "call_moved_on"
	CodeWrongState     Code = "wrong_state"
	CodeForbidden      Code = "forbidden"
	CodeTooMany        Code = "too_many"
	CodeUnavailable    Code = "unavailable"
	CodeInternal       Code = "internal"

	CodeUnknownTarget Code = "unknown_target" // there is no such target
	CodeNotPermitted  Code = "not_permitted"  // the dial plan forbids it to this agent's roles
	CodeNoRoute       Code = "no_route"       // no way leads there
	CodeTargetBusy    Code = "target_busy"    // the agent is not free, or nobody of the queue is
	CodeTooManyBlind  Code = "too_many_blind" // the caller was handed on blindly often enough
	CodeNoSuchAgent   Code = "no_such_agent"  // not at a desk, or of no group of the supervisor's
	CodeSupervised    Code = "supervised"     // another supervisor is with him
	CodeBlocked       Code = "blocked"        // his number is on the block list
	CodeOneAtATime    Code = "one_at_a_time"  // somebody is being called already
)

// Meter counts. All methods are cheap and safe from any goroutine.
type Meter interface {
	CallOffered(line string, unknownNo bool)
	CallEnded(line string, result call.Result)
	OfferEnded(outcome call.Outcome)
	Waiting(queue string, n int, longest time.Duration)
	Agents(state agent.State, n int)
	AgentLinks(up, lost int)    // of the agents signed in: whose console is connected, whose is lost
	Trunk(name string, up bool) // can be reached
	Talking(n int)
	Step(d time.Duration) // one turn of the loop
	Swept(kind string)    // an orphan was removed: "channel", "bridge", "call"
	JournalDropped()
	CallbacksPending(n int)
	CallbackEnded(reach call.Reach) // an attempt to call somebody back ended

	TransferEnded(t call.Transfer) // it has its result
	Supervised(how call.Supervision)
	Alerts(open int) // not acknowledged
	Abuse(act abuse.Act, kind abuse.Kind)
}
