package call

import (
	"strconv"
	"strings"
	"time"
)

// Facts is what Asterisk has of one call at an instant.
type Facts struct {
	Legs    map[LegID]bool // existing channels of the call; true when the leg is up (answered)
	Bridge  bool           // the call's bridge exists
	Members map[LegID]bool // who is in it
}

// Reconcile makes the call and Asterisk agree. Events that were missed are played into the call as if they had
// come, then whatever should be so and is not is asked for again. gap tells that events may have been missed
// (after a reconnect or restart): then what Asterisk cannot be asked, a prompt's end or running music, is
// settled too. The caller's disappearance in a gap is put down to lostBy.
func (c *Call) Reconcile(now time.Time, f Facts, gap bool, lostBy Party) []Command {
	var out []Command
	step := func(e Event) {
		if cmds, err := c.Step(now, e); err == nil {
			out = append(out, cmds...)
		}
	}
	c.bridgeMade, c.bridgeReady = f.Bridge, f.Bridge
	c.callerIn = f.Members[c.caller.ID]
	if c.agent != nil {
		c.agent.in = f.Members[c.agent.ID]
	}
	for id := range f.Legs {
		c.legs = max(c.legs, attemptOf(id))
	}
	c.missedLegs(f, lostBy, step)
	if c.rec.State == Ended {
		return append(out, c.orphans(f)...)
	}
	if gap && (c.rec.State == Greeting || c.rec.State == Closing) { // what was said is taken as heard
		c.skipFlow()
		step(Event{Kind: Timeout})
	}
	if c.rec.State == Ended {
		return append(out, c.orphans(f)...)
	}
	c.out = nil
	c.restoreBridge()
	if gap {
		c.restoreSound()
	}
	return append(append(out, c.out...), c.orphans(f)...)
}

// missedLegs plays in what legs did unheard.
func (c *Call) missedLegs(f Facts, lostBy Party, step func(Event)) {
	up, there := f.Legs[c.caller.ID]
	switch {
	case !there && !c.callerThere(): // not dialled yet
	case !there:
		step(Event{Kind: LegGone, Leg: c.caller.ID, By: lostBy})
	case up:
		step(Event{Kind: LegUp, Leg: c.caller.ID})
		if c.rec.State == Dialling {
			step(Event{Kind: LegEntered, Leg: c.caller.ID})
		}
	}
	for _, l := range append([]*leg(nil), c.old...) {
		if _, there := f.Legs[l.ID]; !there {
			step(Event{Kind: LegGone, Leg: l.ID})
		}
	}
	if c.agent == nil {
		return
	}
	id := c.agent.ID
	up, there = f.Legs[id]
	switch {
	case !there:
		step(Event{Kind: LegGone, Leg: id})
	case up && c.agent.UpAt.IsZero():
		step(Event{Kind: LegUp, Leg: id})
		step(Event{Kind: LegEntered, Leg: id})
	}
}

// restoreBridge puts the legs that should hear one another back together, and apart those that should not.
func (c *Call) restoreBridge() {
	wanted := c.rec.State == Talking || c.rec.State == Diverted || (c.rec.State == Offered && !c.answering)
	switch {
	case wanted:
		c.join()
	case c.callerIn:
		c.part()
		c.music = false // being in the bridge ended it
		c.startMusic()
	}
	if c.agent != nil && c.agent.entered && !c.agent.in {
		c.makeBridge()
		c.joinAgent()
	}
}

// restoreSound gives a waiting caller his music again, whatever he may be hearing.
func (c *Call) restoreSound() {
	if c.rec.State == Dialling || c.rec.State == AgentRinging {
		c.ringsBack = false
		c.ringBack()
		return
	}
	if c.rec.State == Talking || c.rec.State == Diverted || !c.answering || c.callerIn {
		return
	}
	c.playing, c.music = "", false
	c.startMusic()
}

// orphans hangs up channels that carry the call's name and have no part in it.
func (c *Call) orphans(f Facts) []Command {
	known := map[LegID]bool{c.caller.ID: true}
	if c.agent != nil {
		known[c.agent.ID] = true
	}
	var out []Command
	for id := range f.Legs {
		if !known[id] || c.rec.State == Ended {
			out = append(out, Command{Verb: HangUp, Leg: id})
		}
	}
	if c.rec.State == Ended && f.Bridge {
		out = append(out, Command{Verb: DropBridge, Leg: c.caller.ID, Bridge: c.Bridge()})
	}
	return out
}

// Restore makes a call from what was kept of it. endpoint tells where an agent is reached. The next thing to do
// with it is Reconcile.
func Restore(now time.Time, rec Record, legs []LegRecord, offers []OfferRecord, endpoint func(agent string) (string, bool)) *Call {
	c := &Call{rec: rec, answering: !rec.AnsweredAt.IsZero(), recording: rec.Recording != ""}
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
	case Waiting, Greeting:
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
	for i := range legs {
		c.restoreLeg(legs[i])
	}
	return c
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
	restored := &leg{LegRecord: l, entered: !l.UpAt.IsZero(), in: !l.UpAt.IsZero()}
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
	for id, up := range f.Legs {
		if agentNo := AgentOf(id); agentNo != "" && up && f.Members[id] {
			c.rec.State, c.rec.Agent, c.rec.TalkingAt = Talking, agentNo, now
			legs = append(legs, LegRecord{ID: id, Call: a.ID, Role: RoleAgent, Agent: agentNo, CreatedAt: now, UpAt: now})
		} else if isRegion(id) && up && f.Members[id] {
			c.rec.State = Diverted
			legs = append(legs, LegRecord{ID: id, Call: a.ID, Role: RoleRegion, CreatedAt: now, UpAt: now})
		}
	}
	restored := Restore(now, c.rec, legs, nil, endpoint)
	restored.journal = c.journal
	for i := range legs {
		restored.keepLeg(&legs[i])
	}
	restored.keep()
	return restored
}

// CallOf is the call a channel belongs to by its name: a leg to an agent "<call>.a<attempt>.<agent_no>" or another city
// "<call>.r<attempt>.<region>" names it, and so does that of a citizen who is called back, "<call>.c"; any other channel
// is a caller's and names itself.
func CallOf(channel string) ID {
	if i, _ := legMark(channel); i >= 0 {
		return ID(channel[:i])
	}
	if id, cut := strings.CutSuffix(channel, citizenMark); cut && IsOutbound(ID(id)) {
		return ID(id)
	}
	return ID(channel)
}

// IsOurs tells whether we dialled a leg, by its name: to an agent or another city.
func IsOurs(id LegID) bool {
	i, _ := legMark(string(id))
	return i >= 0
}

// AgentOf is the agent_no in a leg's name, empty for other legs.
func AgentOf(id LegID) string {
	i, kind := legMark(string(id))
	if kind != 'a' {
		return ""
	}
	_, agentNo, _ := strings.Cut(string(id)[i+2:], ".")
	return agentNo
}

func isRegion(id LegID) bool {
	_, kind := legMark(string(id))
	return kind == 'r'
}

func attemptOf(id LegID) int {
	i, _ := legMark(string(id))
	if i < 0 {
		return 0
	}
	n, _, _ := strings.Cut(string(id)[i+2:], ".")
	attempt, _ := strconv.Atoi(n)
	return attempt
}

// legMark finds ".a<digits>." or ".r<digits>." in the name of a leg we dialled, -1 in other names.
func legMark(name string) (at int, kind byte) {
	at = max(strings.LastIndex(name, ".a"), strings.LastIndex(name, ".r"))
	if at < 0 {
		return -1, 0
	}
	digits, who, ok := strings.Cut(name[at+2:], ".")
	if _, err := strconv.Atoi(digits); err != nil || !ok || who == "" {
		return -1, 0
	}
	return at, name[at+1]
}
