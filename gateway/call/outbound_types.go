package call

// Direction is who began a call.
type Direction string

// The directions. A record of before there was a choice has none, and is inbound.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound" // we call a citizen back
)

// CallbackFailed is the result of an outbound call in which the citizen was not reached.
const CallbackFailed Result = "callback_failed"

// Reach is what came of dialling the citizen of an outbound call.
type Reach string

// What can come of it.
const (
	NotDialled Reach = "not_dialled" // the agent's own telephone was not answered, or he gave it up
	Reached    Reach = "reached"     // he answered
	Busy       Reach = "busy"
	NoAnswer   Reach = "no_answer"
	Rejected   Reach = "rejected"
	NoNumber   Reach = "no_number" // there is no such number
	NoWay      Reach = "no_way"    // the trunk is away or refuses
	GaveUp     Reach = "gave_up"   // the agent hung up while it rang
)
