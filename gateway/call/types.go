package call

// ID names a call. It is the unique id of the caller's channel ("hotline-1763756366.12"), which carries
// its Asterisk node: whatever survives of a call in Asterisk names the call it belongs to.
type ID string

// LegID names a leg: for the caller's leg the call's id ("<call>.c" where we called him), for an agent's
// "<call>.a<attempt>.<agent_no>", for a third party's "<call>.t<attempt>.<key>", for a supervisor's
// "<call>.s<attempt>.<agent_no>", for the snoop channel that he hears "<call>.w<attempt>.<agent_no>".
type LegID string

// State is where a call stands.
type State string

// The states of a call.
const (
	Greeting     State = "greeting"      // hears the greeting and the recording notice
	Waiting      State = "waiting"       // in the queue, music
	Offered      State = "offered"       // an agent's phone rings, the caller still hears music or ringing
	Talking      State = "talking"       // agent and caller hear one another
	Held         State = "held"          // caller hears music, agent's leg is up
	Reconnecting State = "reconnecting"  // the agent's leg was lost and is being replaced
	AgentRinging State = "agent_ringing" // outbound: the agent's telephone rings, nobody else's
	Dialling     State = "dialling"      // outbound: the citizen's telephone rings, the agent hears it
	Diverting    State = "diverting"     // rings at another city's hotline, the caller still hears music
	Diverted     State = "diverted"      // caller and another city's hotline hear one another
	Transferring State = "transferring"  // the agent has left, a third party rings, the caller hears music
	HandedOver   State = "handed_over"   // caller and third parties hear one another, the agent has left
	Closing      State = "closing"       // hears a last word, or is asked to rate; no agent has a part in it any more
	Ended        State = "ended"
)

// Result is how a call ended; every call has exactly one.
type Result string

// The results of a call.
const (
	Answered          Result = "answered"           // caller and agent talked
	Abandoned         Result = "abandoned"          // caller hung up while waiting or offered
	AbandonedGreeting Result = "abandoned_greeting" // caller hung up before he waited for a human
	LostSystem        Result = "lost_system"        // a part of the system failed him
	RefusedFull       Result = "refused_full"       // the queue was full; he heard so
	MessageOnly       Result = "message_only"       // heard a message in the place of the queue
	OverflowedOut     Result = "overflowed_out"     // another city's hotline took him
	CallbackKept      Result = "callback_kept"      // will be called back and keeps his place
	SelfServed        Result = "self_served"        // heard what he asked for without an agent
	SilentCall        Result = "silent_call"        // nobody spoke
	CallbackFailed    Result = "callback_failed"    // outbound: the citizen was not reached
	Blocked           Result = "blocked"            // on the block list; he heard so
)

// Party is who did something.
type Party string

// The parties of a call.
const (
	ByCaller Party = "caller"
	ByAgent  Party = "agent"
	BySystem Party = "system"
	ByRegion Party = "region" // another city's hotline
	ByThird  Party = "third"  // who took the call over from the agent

	BySupervisor Party = "supervisor" // 强制挂断
)

// Role is what a leg is in its call.
type Role string

// The roles of a leg.
const (
	RoleCaller Role = "caller"
	RoleAgent  Role = "agent"
	RoleRegion Role = "region" // another city's hotline

	RoleThird      Role = "third" // whom an agent brought in
	RoleSupervisor Role = "supervisor"
)

// Outcome is how an offer to an agent ended; every offer has exactly one.
type Outcome string

// The outcomes of an offer.
const (
	OfferAnswered    Outcome = "answered"
	OfferRefused     Outcome = "refused"
	OfferNoAnswer    Outcome = "no_answer"
	OfferUnreachable Outcome = "unreachable" // the agent's phone could not be dialled
	OfferWithdrawn   Outcome = "withdrawn"   // the caller hung up meanwhile
)
