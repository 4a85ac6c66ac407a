package call

import (
	"fmt"
	"time"
)

// bring dials a third party. The one who is called already is not called twice.
func (c *Call) bring(now time.Time, e Event) bool {
	o := e.Order
	if o == nil || o.By != c.dest.agent {
		return false
	}
	if c.anyThird(func(t *third) bool { return t.ToKey == o.ToKey && (t.ToKind == o.ToKind || t.ToKind == adoptedKind) }) {
		return true
	}
	if !c.mayBring(o) {
		return false
	}
	c.transfers++
	t := &third{
		Transfer: Transfer{
			Call: c.rec.ID, N: c.transfers, Kind: o.Kind, By: o.By, ToKind: o.ToKind, ToKey: o.ToKey, Title: o.Title,
			Agent: o.Agent, Reason: o.Reason, Routes: o.Routes, At: now,
		},
		headers: o.Headers, ring: o.Ring,
	}
	if o.Agent != "" {
		t.dest = destination{o.Agent, o.Routes[0], o.Browser}
	}
	if o.Kind == Blind {
		c.blinds++
	}
	if o.Queue != "" {
		c.sendToQueue(now, t, o, e.Kind)
		return true
	}
	c.thirds = append(c.thirds, t)
	c.dialThird(now, t, false) // first: nothing is sooner than an emergency
	c.makeRoom(now, t, o, e.Kind)
	return true
}

// mayBring tells whether the call has room for a third party.
func (c *Call) mayBring(o *Order) bool {
	others := 0
	for _, t := range c.thirds {
		if !t.emergency() {
			others++
		}
	}
	switch {
	case o.Kind != OneKey && c.CallsSomebody(): // one at a time: each decides who hears whom while it rings
		return false
	case o.Queue != "":
		return len(c.thirds) == 0
	case len(o.Routes) == 0 || c.rec.State == Reconnecting && o.Kind != OneKey:
		return false
	case o.Kind == OneKey:
		return true
	case o.Kind == Blind || o.Kind == Confirmed: // he cannot leave the caller to two
		return others == 0
	}
	return others < mostThirds
}

// makeRoom brings caller and agent to where the kind of transfer wants them while it rings.
func (c *Call) makeRoom(now time.Time, t *third, o *Order, cause Kind) {
	switch o.Kind {
	case OneKey, ThreeWay:
		for _, other := range c.thirds {
			if other != t && (c.rec.State == Held || rings(other)) && o.Kind == OneKey {
				c.putAside(other)
			}
		}
		c.consulting = false
		if c.rec.State == Held {
			c.enterTalkingAgain(now, cause)
		}
		if len(o.Notice) > 0 && c.callerIn {
			c.announce(o.Notice)
		}
		c.partiesChanged()
	case Consult, Confirmed:
		c.consulting = true
		if c.rec.State == Talking {
			c.enterHeld(now, cause)
		}
		c.partiesChanged()
	case Blind:
		c.agentLeavesCaller(now, o.Notice, cause)
	}
}

// dialThird dials the next route to a third party; again dials an agent's telephone that began anew.
func (c *Call) dialThird(now time.Time, t *third, again bool) {
	c.legs++
	id := LegID(fmt.Sprintf("%s.t%d.%s", c.rec.ID, c.legs, legKey(t.ToKind, t.ToKey)))
	if !again {
		t.Tried++
	}
	t.Leg, t.ringUntil = id, now.Add(t.ring)
	t.leg = &leg{LegRecord: LegRecord{ID: id, Call: c.rec.ID, Role: RoleThird, Agent: t.Agent, CreatedAt: now}}
	c.keepLeg(&t.leg.LegRecord)
	c.keepTransfer(t)
	dial := Command{
		Verb: Originate, Leg: id, Endpoint: t.Routes[t.Tried-1], Agent: t.Agent, From: c.rec.Number, For: t.ring + dialGrace, Headers: t.headers,
	}
	if t.dest.browser {
		dial.Headers = append([]Header{{HeaderCall, string(c.rec.ID)}}, dial.Headers...)
		if t.up() {
			dial.Headers = append(dial.Headers, Header{HeaderAutoAnswer, "1"})
		}
	}
	c.do(dial)
}
