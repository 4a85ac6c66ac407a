package call

import (
	"slices"
	"strings"
	"time"
)

// Kept is what was kept of a call.
type Kept struct {
	Call      Record
	Legs      []LegRecord
	Offers    []OfferRecord
	Transfers []Transfer
}

// Restore makes a call from what was kept of it. endpoint tells where an agent is reached. The next thing to do
// with it is Reconcile.
func Restore(now time.Time, kept Kept, endpoint func(agent string) (string, bool)) *Call {
	rec, legs, offers := kept.Call, kept.Legs, kept.Offers
	c := &Call{rec: rec, now: now, answering: !rec.AnsweredAt.IsZero(), recording: rec.Recording != ""}
	c.playbacks = rec.Version + 1 // more than were ever played: no name is used twice
	c.caller = &LegRecord{ID: callerLeg(rec.ID), Call: rec.ID, Role: RoleCaller, CreatedAt: rec.ArrivedAt}
	if rec.State == AgentRinging {
		c.caller.CreatedAt = time.Time{}
	}
	if n := len(offers); n > 0 {
		c.offer, c.offers = &offers[n-1], offers[n-1].N
	}
	agentNo := rec.Agent
	switch rec.State {
	case Offered:
		agentNo = ""
		if c.offer != nil {
			agentNo = c.offer.Agent
		}
		c.ringUntil = now.Add(10 * time.Second)
	case Held:
		c.heldAt = now
	case Reconnecting:
		c.giveUpAt, c.retryAt = now.Add(reconnectLimit), now
	case Waiting, Greeting, Transferring, HandedOver:
		agentNo = ""
	case Diverting:
		agentNo, c.ringUntil = "", now.Add(10*time.Second)
	case Diverted:
		agentNo = ""
	case Closing:
		agentNo, c.closing = "", closing{Answered, ByAgent}
		if rec.TalkingAt.IsZero() {
			c.closing = closing{MessageOnly, BySystem}
		}
	}
	c.restoreOutbound(now)
	if agentNo != "" {
		c.dest.agent = agentNo
		c.dest.endpoint, c.dest.browser = endpoint(agentNo)
	}
	c.restoreTransfers(now, kept.Transfers, legs, endpoint)
	for i := range legs {
		if c.thirdOf(legs[i].ID) == nil {
			c.restoreLeg(legs[i])
		}
	}
	c.consulting = rec.State == Held && c.anyThird((*third).in)
	return c
}

// restoreTransfers takes up third parties who rang or were in the call.
func (c *Call) restoreTransfers(now time.Time, transfers []Transfer, legs []LegRecord, endpoint func(agent string) (string, bool)) {
	for _, kept := range transfers {
		c.transfers = max(c.transfers, kept.N)
		if kept.Kind == Blind {
			c.blinds++
		}
		if !kept.EndedAt.IsZero() {
			continue
		}
		t := &third{Transfer: kept, ring: thirdRings, headers: []Header{{HeaderCallID, string(c.rec.ID)}}}
		if len(kept.Routes) == 0 {
			c.toQueue = t
			continue
		}
		if kept.Agent != "" {
			t.dest.agent = kept.Agent
			t.dest.endpoint, t.dest.browser = endpoint(kept.Agent)
		}
		if !t.up() {
			t.ringUntil = now.Add(t.ring)
		}
		for _, l := range legs {
			if l.ID == kept.Leg && l.GoneAt.IsZero() {
				t.leg = restoredLeg(l)
			}
			c.legs = max(c.legs, attemptOf(l.ID))
		}
		c.thirds = append(c.thirds, t)
	}
}

func restoredLeg(l LegRecord) *leg {
	return &leg{LegRecord: l, entered: !l.UpAt.IsZero(), in: !l.UpAt.IsZero()}
}

func (c *Call) restoreLeg(l LegRecord) {
	if l.Role == RoleCaller {
		c.caller = &l
		return
	}
	c.legs = max(c.legs, attemptOf(l.ID))
	if !l.GoneAt.IsZero() {
		return
	}
	restored := restoredLeg(l)
	if l.Role == RoleSupervisor && l.Agent != c.dest.agent { // he begins anew
		c.old = append(c.old, restored)
		return
	}
	if c.agent != nil {
		c.old = append(c.old, c.agent)
		c.agent = nil
	}
	if l.Agent == c.dest.agent {
		c.agent = restored
	} else {
		c.old = append(c.old, restored)
	}
}

// Adopt makes a call of channels found in Asterisk of which nothing was kept: the names of the legs tell who
// talks to whom. The next thing to do with it is Reconcile.
func Adopt(now time.Time, a Arrival, f Facts, endpoint func(agent string) (string, bool)) *Call {
	c := New(now, a)
	c.rec.State, c.rec.QueuedAt = Waiting, now
	var legs []LegRecord
	var transfers []Transfer
	for id, up := range f.Legs {
		if !up || !f.Members[id] {
			continue
		}
		l := LegRecord{ID: id, Call: a.ID, CreatedAt: now, UpAt: now}
		switch _, kind := legMark(string(id)); kind {
		case 'a':
			l.Role, l.Agent = RoleAgent, AgentOf(id)
			c.rec.State, c.rec.Agent, c.rec.TalkingAt = Talking, l.Agent, now
		case 'r':
			l.Role = RoleRegion
			c.rec.State = Diverted
		case 't':
			l.Role = RoleThird
			transfers = append(transfers, adoptedTransfer(now, id, len(transfers)+1))
		default:
			continue
		}
		legs = append(legs, l)
	}
	if len(transfers) > 0 && c.rec.State == Waiting {
		c.rec.State, c.rec.TalkingAt = HandedOver, now
	}
	restored := Restore(now, Kept{Call: c.rec, Legs: legs, Transfers: transfers}, endpoint)
	restored.journal = c.journal
	for i := range legs {
		restored.keepLeg(&legs[i])
	}
	for _, t := range restored.thirds {
		restored.keepTransfer(t)
	}
	restored.keep()
	return restored
}

// adoptedTransfer is what the name of a third party's leg tells.
func adoptedTransfer(now time.Time, id LegID, n int) Transfer {
	i, _ := legMark(string(id))
	_, key, _ := strings.Cut(string(id)[i+2:], ".")
	return Transfer{
		Call: CallOf(string(id)), N: n, Kind: ThreeWay, ToKind: adoptedKind, ToKey: key, Title: key, Routes: []string{""}, Tried: 1, Leg: id,
		At: now, AnsweredAt: now, Result: Connected,
	}
}

// adoptedKind is the kind of target of a third party of whom only his leg's name is known.
const adoptedKind = "number"

// adoptThirds takes up third parties of whom nothing was kept: their legs' names tell who they are, and nobody is hung up
// because the gateway was killed in that very moment.
func (c *Call) adoptThirds(now time.Time, f Facts) {
	for id, up := range f.Legs {
		if !IsThird(id) || slices.ContainsFunc(c.talkers(), func(l *leg) bool { return l.ID == id }) ||
			slices.ContainsFunc(c.old, func(l *leg) bool { return l.ID == id }) {
			continue
		}
		c.transfers++
		t := &third{Transfer: adoptedTransfer(now, id, c.transfers), ring: thirdRings}
		t.leg = restoredLeg(LegRecord{ID: id, Call: c.rec.ID, Role: RoleThird, CreatedAt: now})
		t.leg.in = f.Members[id]
		if up {
			t.leg.UpAt, t.leg.entered = now, true
		} else {
			t.AnsweredAt, t.Result, t.ringUntil = time.Time{}, "", now.Add(thirdRings)
		}
		c.thirds = append(c.thirds, t)
		c.keepLeg(&t.leg.LegRecord)
		c.keepTransfer(t)
		c.partiesChanged()
	}
}
