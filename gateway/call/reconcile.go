package call

import (
	"slices"
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
	c.now = now
	var out []Command
	step := func(e Event) {
		if cmds, err := c.Step(now, e); err == nil {
			out = append(out, cmds...)
		}
	}
	c.bridgeMade, c.bridgeReady = f.Bridge, f.Bridge
	c.callerIn = f.Members[c.caller.ID]
	c.out = nil
	c.foundIn(c.caller, f.Members[c.caller.ID])
	for _, l := range c.talkers() {
		l.in = f.Members[l.ID]
		c.foundIn(&l.LegRecord, l.in)
	}
	for id := range f.Legs {
		c.legs = max(c.legs, attemptOf(id))
	}
	c.missedLegs(f, lostBy, step)
	out = append(out, c.late...)
	c.late = nil
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
	for _, l := range c.talkers() {
		up, there = f.Legs[l.ID]
		switch {
		case !there:
			step(Event{Kind: LegGone, Leg: l.ID})
		case up && l.UpAt.IsZero():
			step(Event{Kind: LegUp, Leg: l.ID})
			step(Event{Kind: LegEntered, Leg: l.ID})
		}
	}
	for _, t := range slices.Clone(c.thirds) {
		if t.leg == nil { // between two routes when the gateway stopped
			c.out = nil
			c.nextThirdRoute(c.now, t, NoAnswer, OfferNoAnswer, LegGone)
			c.late = append(c.late, c.out...)
		}
	}
}

// talkers are the legs beside the caller's that have a part in the conversation.
func (c *Call) talkers() (legs []*leg) {
	if c.agent != nil {
		legs = append(legs, c.agent)
	}
	for _, t := range c.thirds {
		if t.leg != nil {
			legs = append(legs, t.leg)
		}
	}
	if c.watch != nil && c.watch.leg != nil {
		legs = append(legs, c.watch.leg)
	}
	return legs
}

// foundIn corrects what is kept of when a leg was in the conversation.
func (c *Call) foundIn(l *LegRecord, in bool) {
	if in && c.conversing() {
		c.together(l)
	} else if !in {
		c.apart(l)
	}
}

// restoreBridge puts the legs that should hear one another back together, and apart those that should not.
func (c *Call) restoreBridge() {
	wanted := c.callerWanted() || c.rec.State == Diverted || (c.rec.State == Offered && !c.answering)
	switch {
	case wanted:
		c.join()
	case c.callerIn:
		c.part()
		c.music = false // being in the bridge ended it
		c.startMusic()
	}
	if slices.ContainsFunc(c.talkers(), func(l *leg) bool { return l.entered && !l.in }) {
		c.makeBridge()
	}
	c.arrange()
}

// restoreSound gives a waiting caller his music again, whatever he may be hearing.
func (c *Call) restoreSound() {
	if c.rec.State == Dialling || c.rec.State == AgentRinging {
		c.ringsBack = false
		c.ringBack()
		return
	}
	for _, t := range c.thirds {
		t.music = false
		c.place(t)
	}
	if c.callerWanted() || c.rec.State == Diverted || !c.answering || c.callerIn {
		return
	}
	c.playing, c.music = "", false
	c.startMusic()
}

// orphans hangs up channels that carry the call's name and have no part in it.
func (c *Call) orphans(f Facts) []Command {
	known := map[LegID]bool{c.caller.ID: true}
	for _, l := range c.talkers() {
		known[l.ID] = true
	}
	if c.watch != nil {
		known[c.watch.snoop] = true
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
		Call: CallOf(string(id)), N: n, Kind: ThreeWay, ToKey: key, Title: key, Routes: []string{""}, Tried: 1, Leg: id,
		At: now, AnsweredAt: now, Result: Connected,
	}
}

// CallOf is the call a channel belongs to by its name: a leg that we dialled, "<call>.<mark><attempt>.<who>", names it, and so does that of a citizen who is called back, "<call>.c"; any other channel
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

// IsOurs tells whether we made a leg, by its name: to an agent, another city, a third party, or for a supervisor.
func IsOurs(id LegID) bool {
	i, _ := legMark(string(id))
	return i >= 0
}

// IsThird tells a third party's leg by its name.
func IsThird(id LegID) bool {
	_, kind := legMark(string(id))
	return kind == 't'
}

// IsSupervisor tells a supervisor's leg by its name.
func IsSupervisor(id LegID) bool {
	_, kind := legMark(string(id))
	return kind == 's'
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

func attemptOf(id LegID) int {
	i, _ := legMark(string(id))
	if i < 0 {
		return 0
	}
	n, _, _ := strings.Cut(string(id)[i+2:], ".")
	attempt, _ := strconv.Atoi(n)
	return attempt
}

// legMarks are what legs are to a call: an agent's, another region's, a third party's, a supervisor's, and what he
// watches with.
const legMarks = "artsw"

// legMark finds "." and a mark, an attempt's number and "." in the name of a leg we made, -1 in other names.
func legMark(name string) (at int, kind byte) {
	at = -1
	for _, mark := range legMarks {
		at = max(at, strings.LastIndex(name, "."+string(mark)))
	}
	if at < 0 {
		return -1, 0
	}
	digits, who, ok := strings.Cut(name[at+2:], ".")
	if _, err := strconv.Atoi(digits); err != nil || !ok || who == "" {
		return -1, 0
	}
	return at, name[at+1]
}
