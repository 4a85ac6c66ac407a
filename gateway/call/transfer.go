package call

import "time"

// TransferKind is the way in which an agent brings a third party to a caller, or the caller to him.
type TransferKind string

// The kinds.
const (
	OneKey    TransferKind = "one_key"   // 一键转接: an emergency service; caller and agent talk on while it rings
	ThreeWay  TransferKind = "three_way" // 三方转: caller and agent talk on while it rings
	Consult   TransferKind = "consult"   // 通话转: the agent talks to the third party first, the caller hears music
	Confirmed TransferKind = "confirmed" // 成功转: the agent leaves as soon as it is answered
	Blind     TransferKind = "blind"     // 释放转: the agent leaves at once
)

// TransferResult is what became of a transfer.
type TransferResult string

// The results.
const (
	Connected  TransferResult = "connected" // the third party answered
	Cancelled  TransferResult = "cancelled" // the agent took it back while it rang
	NotReached TransferResult = "failed"    // none of its routes led to anybody; Why says why not
	CallEnded  TransferResult = "call_ended"
)

// Transfer is one third party of a call and what became of it, as PostgreSQL keeps it. A zero time did not happen.
type Transfer struct {
	Call   ID           `json:"call"`
	N      int          `json:"n"` // 1, 2, … within the call
	Kind   TransferKind `json:"kind"`
	By     string       `json:"by"`      // agent_no of who began it
	ToKind string       `json:"to_kind"` // kind of the target: "emergency", "agent", "queue", …
	ToKey  string       `json:"to_key"`  // its DNIS, agent_no, queue or number
	Title  string       `json:"title"`   // its name
	Agent  string       `json:"agent"`   // agent_no, where the third party is one of our agents
	Reason string       `json:"reason"`  // what the agent said

	Routes []string `json:"routes"` // endpoints, in the order they are tried
	Tried  int      `json:"tried"`  // routes dialled so far
	Leg    LegID    `json:"leg"`    // the last one dialled
	Aside  bool     `json:"aside"`  // kept out of the conversation, hears music

	At         time.Time      `json:"at"`
	RingingAt  time.Time      `json:"ringing_at"`  // a telephone there rings
	AnsweredAt time.Time      `json:"answered_at"` //
	HandedAt   time.Time      `json:"handed_at"`   // the agent left the caller to him
	EndedAt    time.Time      `json:"ended_at"`    // he is out of the call, or was never in it
	Result     TransferResult `json:"result"`      // empty while it rings
	Why        Reach          `json:"why"`         // why the last route led to nobody
}

// Order is what an agent asks for, with its target resolved.
type Order struct {
	Kind    TransferKind
	By      string
	ToKind  string
	ToKey   string
	Title   string
	Reason  string
	Agent   string   // one of our agents: reserved for this call
	Browser bool     // his telephone is the console
	Queue   string   // blind: the caller waits there
	Routes  []string // endpoints
	Ring    time.Duration
	Notice  []string // told to the caller
	Headers []Header // of the INVITE: call data
}

// Span is a time in which a leg was in the conversation.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"` // zero: still
}
