package queue

import "time"

// Definition is a queue as the supervisor sets it up: who may serve it, in what order, and what happens when it
// grows too long. It is data, kept in PostgreSQL and edited in the console.
type Definition struct {
	Name        string        // key: "general"
	Title       string        // shown: "综合"
	Needs       []Need        // what an agent must know to serve it; empty: every agent may
	Widen       []Widening    // who may serve it as well when a caller waited long, by After
	Order       Order         // which of several ready agents
	LastAgent   time.Duration // a caller who talked to an agent within this gets him again if he is ready; 0: no
	RingTimeout time.Duration // an offer not answered by then goes on
	WrapUp      time.Duration // after a call, 0 for none
	MaxWaiting  int           // callers who may wait, 0: no limit; beyond it the first Overflow decides
	Overflow    []Overflow    // tried in order
	Announce    time.Duration // between announcements of position and waiting time, 0: none
	Callback    time.Duration // after this a caller is offered to be called back, 0: never
	TellAgentNo bool          // the caller is told the agent's number on answer
	Rating      bool          // the caller is asked to rate when the agent hangs up
}

// Need is one skill at a level of at least Level (1 to 9).
type Need struct {
	Skill string
	Level int
}

// Widening lets other agents serve callers who waited After.
type Widening struct {
	After time.Duration
	Needs []Need
}

// Order is how one of several ready agents is chosen.
type Order string

// The orders.
const (
	LongestIdle   Order = "longest_idle"
	LeastOccupied Order = "least_occupied"
)

// Overflow says where callers go when the queue cannot serve them. Conditions that are zero do not count; the rule
// applies when one of the others holds.
type Overflow struct {
	Waiting  int           // as many wait already
	Longest  time.Duration // the longest waits this long already
	LossRate float64       // so many of the last 50 callers, 0 to 1, were lost
	To       Target
}

// TargetKind is what a caller overflows to.
type TargetKind string

// The kinds of targets.
const (
	ToQueue   TargetKind = "queue"   // another queue of ours, by name
	ToRegion  TargetKind = "region"  // another city's hotline, by the number of its line: mutual aid
	ToMessage TargetKind = "message" // a prompt, then the call ends and the caller is called back
)

// Target is where a caller overflows to.
type Target struct {
	Kind TargetKind
	Name string
}

// Priority is a reason for being served before others who came earlier; each is worth a credit of waiting time.
type Priority string

// The priorities.
const (
	Ordinary   Priority = ""
	From110    Priority = "from_110" // handed over by the police
	Elderly    Priority = "elderly"  // tagged
	Disabled   Priority = "disabled" // tagged
	CalledBack Priority = "callback" // kept his place
)

// Credits are how much waiting time each priority is worth. A credit is bounded, so nobody starves: who has waited
// longer than the credit of a newcomer goes before him.
type Credits map[Priority]time.Duration
