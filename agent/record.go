package agent

import "time"

// Change is one change of an agent's state, as PostgreSQL keeps it.
type Change struct {
	Agent  string    `json:"agent"` // agent_no
	At     time.Time `json:"at"`
	State  State     `json:"state"`
	Reason string    `json:"reason"`
	Call   string    `json:"call"`  // call it is about, empty when none
	Cause  string    `json:"cause"` // what made it: command or event name
}
