package call

import (
	"slices"
	"time"
)

// Beside caller and agent a call can have third parties: an emergency service, a sub-centre, another agent, an outside
// number. All meet in the call's one bridge; who should not hear the others is kept out of it and hears music. So a
// consultation is a caller on hold while the third party is in, a three-way call is all of them in, and whoever leaves
// just goes. When the agent has left, caller and third party stay:
//
//	talking ⇄ held → transferring (it rings, the caller hears music) → handed_over
//	                       └→ waiting, or back with the agent, when nobody answers

// third is a third party that rings or is in the call.
type third struct {
	Transfer
	leg       *leg
	dest      destination // Agent's telephone
	headers   []Header
	ring      time.Duration
	ringUntil time.Time
	music     bool
}

// mostThirds bounds the third parties of a call beside the emergency services.
const mostThirds = 2

// thirdRings is how long a route rings that was taken up from an earlier run.
const thirdRings = 20 * time.Second

func (t *third) up() bool        { return !t.AnsweredAt.IsZero() }
func (t *third) in() bool        { return t.up() && !t.Aside }
func (t *third) emergency() bool { return t.Kind == OneKey }

// Thirds are the third parties that ring or are in the call.
func (c *Call) Thirds() []Transfer {
	list := make([]Transfer, len(c.thirds))
	for i, t := range c.thirds {
		list[i] = t.Transfer
	}
	return list
}

// LastTransfer is the transfer that ended last, zero when none did.
func (c *Call) LastTransfer() Transfer { return c.lastTransfer }

// Consulting tells whether the caller is on hold for the sake of a third party.
func (c *Call) Consulting() bool { return c.consulting }

// InTogether is how many third parties are in the conversation.
func (c *Call) InTogether() (n int) {
	for _, t := range c.thirds {
		if t.in() {
			n++
		}
	}
	return n
}

// RingsUntil is when the ringing of third party n times out, zero when it does not ring.
func (c *Call) RingsUntil(n int) time.Time {
	if t := c.thirdNo(n); t != nil && !t.up() {
		return t.ringUntil
	}
	return time.Time{}
}

// RingsThird tells whether a third party is being called.
func (c *Call) RingsThird() bool { return c.anyThird(rings) }

// CallsSomebody tells whether a third party other than an emergency service is being called.
func (c *Call) CallsSomebody() bool {
	return c.anyThird(func(t *third) bool { return rings(t) && !t.emergency() })
}

// HasAgent tells whether the call's agent is in it.
func (c *Call) HasAgent() bool {
	switch c.rec.State {
	case Talking, Held, Reconnecting, Dialling:
		return true
	}
	return false
}

// Transfers counts the call's transfers so far.
func (c *Call) Transfers() int { return c.transfers }

// Blinds counts the blind transfers so far.
func (c *Call) Blinds() int { return c.blinds }

// CallerIn tells whether the caller hears the others.
func (c *Call) CallerIn() bool { return c.callerIn }

// Guests are the agents in the call who are third parties.
func (c *Call) Guests() []string {
	var guests []string
	for _, t := range c.thirds {
		if t.Agent != "" {
			guests = append(guests, t.Agent)
		}
	}
	return guests
}

func (c *Call) thirdOf(leg LegID) *third {
	for _, t := range c.thirds {
		if t.leg != nil && t.leg.ID == leg {
			return t
		}
	}
	return nil
}

func (c *Call) thirdNo(n int) *third {
	for _, t := range c.thirds {
		if t.N == n {
			return t
		}
	}
	return nil
}

// anyThird tells whether a third party is as asked.
func (c *Call) anyThird(is func(*third) bool) bool { return slices.ContainsFunc(c.thirds, is) }

func rings(t *third) bool { return !t.up() }

func (c *Call) keepTransfer(t *third) {
	c.journal.Transfers = append(c.journal.Transfers, t.Transfer)
}

// partiesChanged has the desks see who is in the call.
func (c *Call) partiesChanged() {
	c.parties++
	c.rec.Version++
	c.keep()
}

// Parties changes whenever somebody comes, goes or is put aside.
func (c *Call) Parties() int { return c.parties }
