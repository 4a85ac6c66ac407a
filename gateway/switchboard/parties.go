package switchboard

import (
	"slices"

	"hotline/agent"
	"hotline/gateway/call"
)

// deskParties shows who is in the call beside the caller and this agent, and what the last transfer came to.
func (s *Switchboard) deskParties(d *DeskCall, c *live, a *agent.Agent) {
	d.Owner, d.CallerIn, d.Parties = c.Agent(), c.CallerIn(), []DeskParty{}
	if d.Owner == "" {
		d.Owner = a.No
	}
	guest := slices.Contains(c.Guests(), a.No)
	for _, t := range c.Thirds() {
		if t.Agent == a.No {
			d.OfferedAt, d.RingUntil, d.Asked = t.At, pointer(c.RingsUntil(t.N)), t.Reason
			continue
		}
		p := partyOf(t)
		if guest || a.State() == agent.WrapUp {
			p.N = 0
		}
		d.Parties = append(d.Parties, p)
	}
	if guest && c.Agent() != "" {
		d.Parties = append(d.Parties, DeskParty{Kind: "agent", Key: c.Agent(), Title: s.nameOf(c.Agent()), State: "in", Since: c.Record().TalkingAt})
	}
	if no, how, since := c.Supervisor(); how == call.Barge && !since.IsZero() {
		d.Parties = append(d.Parties, DeskParty{Kind: "supervisor", Key: no, Title: s.nameOf(no), State: "in", Since: since})
	}
	if t := c.LastTransfer(); t.N > 0 {
		d.LastTransfer = &DeskTransfer{t.N, t.ToKind, t.ToKey, t.Title, t.Kind, t.Result, t.Why, t.Tried, t.EndedAt, ""}
		if t.Agent != "" && t.Result == call.Connected {
			d.LastTransfer.Agent = s.nameOf(t.Agent)
		}
	}
	if from := shownData(c.Record()); from != nil {
		d.CameFrom = &DeskCallData{
			From: from.From, CallID: from.CallID, Number: from.Number, Name: from.Name, Line: from.Line, Kind: from.Kind,
			Note: from.Note, Agent: from.Agent, Reason: from.Reason,
		}
	}
	d.TakeBack = a.State() == agent.WrapUp && (c.State() == call.HandedOver && c.Agent() == "" || c.MayRecall() && c.leftBy == a.No)
}

func partyOf(t call.Transfer) DeskParty {
	p := DeskParty{
		N: t.N, Kind: t.ToKind, Key: t.ToKey, Title: t.Title, How: t.Kind, State: "dialling", Since: t.At, Route: t.Tried, Routes: len(t.Routes),
	}
	switch {
	case t.Aside && !t.AnsweredAt.IsZero():
		p.State, p.Since = "aside", t.AnsweredAt
	case !t.AnsweredAt.IsZero():
		p.State, p.Since = "in", t.AnsweredAt
	case !t.RingingAt.IsZero():
		p.State = "ringing"
	}
	return p
}

// guestPhase is the call as an agent sees it who was brought into it.
func guestPhase(c *live, a *agent.Agent) string {
	for _, t := range c.Thirds() {
		if t.Agent == a.No && t.AnsweredAt.IsZero() {
			return "ringing"
		}
	}
	if c.CallerIn() {
		return "three_way"
	}
	return "consulting"
}

func (s *Switchboard) nameOf(no string) string {
	if seat := s.seats[no]; seat != nil {
		return seat.agent.Name
	}
	return no
}
