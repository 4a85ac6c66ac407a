package figures

import (
	"time"

	"hotline/gateway/call"
)

// Call is what the figures need to know of a call that has ended: raw times (zero: did not happen) and facts.
type Call struct {
	ID, Number, Line, Queue string
	Agent                   string // agent_no of the last agent who talked, empty when none

	ArrivedAt    time.Time
	QueuedAt     time.Time // began to wait for an agent
	OverflowedAt time.Time // the queue sent him elsewhere
	TalkingAt    time.Time // first agent and caller connected
	ReleasedAt   time.Time // the agent was through with it; he may rate after that
	EndedAt      time.Time

	Result       call.Result
	Refused      bool          // never let into the queue
	FailedOffers int           // offers that an agent refused or let ring, or whose telephone was not there
	LostWhy      Reason        // why the queue gave him up, where it knew: no_agent, timeout or full; else empty
	Hold         time.Duration // part of the conversation, spent on hold
	Wrap         time.Duration // wrap-up after it, so far as it has ended
	LastAt       time.Time     // when the same number called before, zero when never or withheld
	Request      Handling
	Rating       int // 1 very satisfied … 5 very dissatisfied; 0 none
}

// Handling is what became of the caller's request.
type Handling string

// The handlings.
const (
	Unknown  Handling = ""          // nothing is recorded of it
	Direct   Handling = "direct"    // the agent answered it himself
	HandedOn Handling = "handed_on" // a work order or a transfer
)

// FromRecord takes over what a call's own record tells. The rest comes from its offers and changes.
func FromRecord(r call.Record) Call {
	return Call{
		ID: string(r.ID), Number: r.Number, Line: r.Line, Queue: r.Queue, Agent: r.Agent, ArrivedAt: r.ArrivedAt,
		QueuedAt: r.QueuedAt, TalkingAt: r.TalkingAt, ReleasedAt: r.ReleasedAt, EndedAt: r.EndedAt, Result: r.Result,
		OverflowedAt: r.OverflowedAt, Refused: r.Refused, LostWhy: Reason(r.LostWhy), Rating: r.Rating,
	}
}

// Failed tells whether an offer with this outcome counts in Call.FailedOffers. One that was withdrawn because the
// caller had gone is not the agent's failing.
func Failed(o call.Outcome) bool {
	return o == call.OfferNoAnswer || o == call.OfferRefused || o == call.OfferUnreachable
}

// normal is the call in whole microseconds of UTC.
func (c Call) normal() Call {
	for _, t := range []*time.Time{&c.ArrivedAt, &c.QueuedAt, &c.OverflowedAt, &c.TalkingAt, &c.ReleasedAt, &c.EndedAt, &c.LastAt} {
		*t = micro(*t)
	}
	c.Hold, c.Wrap = c.Hold.Truncate(time.Microsecond), c.Wrap.Truncate(time.Microsecond)
	return c
}

func micro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}
