package figures

import (
	"time"

	"hotline/agent"
	"hotline/gateway/call"
)

// Gather puts calls together from what the journal is told of them, in the order it happens, and gives each to put:
// once when it has ended, and again when something of it comes to be known afterwards, such as the agent's wrap-up.
type Gather struct {
	put    func(Call)
	calls  map[call.ID]*followed
	wraps  map[string]wrap      // by agent
	called map[string]time.Time // by number, latest
}

// followed is a call and what its own record does not tell.
type followed struct {
	Call
	heldAt time.Time
	offers int // the latest that failed
}

type wrap struct {
	call call.ID
	at   time.Time
}

// wrapWithin is how long a call is remembered for the wrap-up after it.
const wrapWithin = 8 * time.Hour

// NewGather knows of nothing yet. put keeps calls, such as Live.Put.
func NewGather(put func(Call)) *Gather {
	return &Gather{
		put: put, calls: map[call.ID]*followed{}, wraps: map[string]wrap{}, called: map[string]time.Time{},
	}
}

// Resume takes a call as the tables have it, before anything else is told of it: at the start, in order of arrival.
func (g *Gather) Resume(c Call) {
	g.remember(c)
	c = c.normal()
	g.calls[call.ID(c.ID)] = &followed{Call: c}
	if c.Result != "" {
		g.put(c)
	}
}

// Call takes a call's record as it is now. What only offers and changes tell need not be in it.
func (g *Gather) Call(c Call) {
	c = c.normal()
	f := g.calls[call.ID(c.ID)]
	if f == nil {
		f = &followed{Call: Call{LastAt: g.called[c.Number]}}
		g.calls[call.ID(c.ID)] = f
		g.remember(c)
	}
	c.FailedOffers, c.Hold, c.Wrap, c.LastAt = f.FailedOffers, f.Hold, f.Wrap, f.LastAt
	f.Call = c
	if c.Result != "" {
		f.resumed(c.EndedAt)
		g.put(f.Call)
	}
}

// Offer takes an offer as it is now.
func (g *Gather) Offer(r call.OfferRecord) {
	f := g.calls[r.Call]
	if f == nil || !Failed(r.Outcome) || r.N <= f.offers {
		return
	}
	f.offers = r.N
	f.FailedOffers++
	g.amended(f)
}

// Change takes a change of a call's state, for the time on hold.
func (g *Gather) Change(ch call.Change) {
	f := g.calls[ch.Call]
	switch {
	case f == nil || f.Result != "": // its end has closed what was open
	case ch.To == call.Held:
		f.heldAt = micro(ch.At)
	case ch.From == call.Held:
		f.resumed(ch.At)
	}
}

// Agent takes a change of an agent's state, for the wrap-up.
func (g *Gather) Agent(ch agent.Change) {
	if w, was := g.wraps[ch.Agent]; was {
		delete(g.wraps, ch.Agent)
		if f := g.calls[w.call]; f != nil {
			f.Wrap += max(0, micro(ch.At).Sub(w.at))
			g.amended(f)
		}
	}
	if ch.State == agent.WrapUp && ch.Call != "" {
		g.wraps[ch.Agent] = wrap{call.ID(ch.Call), micro(ch.At)}
	}
}

// Expire forgets what can matter no more. Calls of one number that are further apart than repeatWithin are no repeats.
func (g *Gather) Expire(now time.Time, repeatWithin time.Duration) {
	for id, f := range g.calls {
		if f.Result != "" && now.Sub(f.EndedAt) > wrapWithin {
			delete(g.calls, id)
		}
	}
	for number, at := range g.called {
		if now.Sub(at) > repeatWithin {
			delete(g.called, number)
		}
	}
}

func (g *Gather) remember(c Call) {
	if c.Number != "" && c.ArrivedAt.After(g.called[c.Number]) {
		g.called[c.Number] = c.ArrivedAt
	}
}

func (g *Gather) amended(f *followed) {
	if f.Result != "" {
		g.put(f.Call)
	}
}

// resumed ends the time on hold, if it is on.
func (f *followed) resumed(at time.Time) {
	if !f.heldAt.IsZero() {
		f.Hold += max(0, micro(at).Sub(f.heldAt))
		f.heldAt = time.Time{}
	}
}
