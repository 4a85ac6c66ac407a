package call

import (
	"fmt"
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

// bring dials a third party. The one who is called already is not called twice.
func (c *Call) bring(now time.Time, e Event) bool {
	o := e.Order
	if o == nil || o.By != c.dest.agent {
		return false
	}
	if c.anyThird(func(t *third) bool { return t.ToKind == o.ToKind && t.ToKey == o.ToKey }) {
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
		c.announce(o.Notice)
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

// announce lets everybody in the conversation hear a notice.
func (c *Call) announce(words []string) {
	if len(words) > 0 && c.callerIn {
		c.playbacks++
		c.do(Command{Verb: Announce, Leg: c.caller.ID, Bridge: c.Bridge(), Playback: c.playbackID(), Media: words})
	}
}

// dialThird dials the next route to a third party; again dials an agent's telephone that began anew.
func (c *Call) dialThird(now time.Time, t *third, again bool) {
	c.legs++
	id := LegID(fmt.Sprintf("%s.t%d.%s", c.rec.ID, c.legs, t.ToKey))
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

// stepThird handles what happens to third parties, whatever the call's state; it reports false for other events.
func (c *Call) stepThird(now time.Time, e Event) bool {
	t := c.thirdOf(e.Leg)
	switch {
	case e.Kind == Refuse && e.Agent != "" && e.Agent != c.dest.agent:
		if t = c.guest(e.Agent); t == nil || t.up() {
			return false
		}
		c.giveUpThird(now, t, Rejected, OfferRefused, e.Kind)
	case e.Kind == ReplaceLeg && e.Agent != "" && e.Agent != c.dest.agent:
		if t = c.guest(e.Agent); t == nil {
			return false
		}
		c.redialGuest(now, t)
	case t == nil:
		return false
	case e.Kind == LegRinging:
		if t.RingingAt.IsZero() {
			t.RingingAt = now
			c.keepTransfer(t)
			c.partiesChanged()
		}
	case e.Kind == LegUp:
		c.thirdUp(now, t, e.Kind)
	case e.Kind == LegEntered:
		t.leg.entered = true
		c.arrange()
	case e.Kind == LegGone:
		c.thirdGone(now, t, e)
	case e.Kind == Failed && e.Verb == Originate:
		c.old = append(c.old, t.leg) // its end is reported, if it ever was
		c.do(Command{Verb: HangUp, Leg: t.leg.ID})
		t.leg = nil
		c.nextThirdRoute(now, t, NoWay, OfferUnreachable, e.Kind)
	case e.Kind == Failed:
	default:
		return false
	}
	return true
}

func (c *Call) guest(agentNo string) *third {
	for _, t := range c.thirds {
		if t.Agent == agentNo {
			return t
		}
	}
	return nil
}

// thirdTimeouts ends rings that have been long enough; it tells whether there was one.
func (c *Call) thirdTimeouts(now time.Time, cause Kind) (any bool) {
	for _, t := range slices.Clone(c.thirds) {
		if due(t.ringUntil, now) && !t.up() {
			any = true
			c.hangUpThird(t)
			c.nextThirdRoute(now, t, NoAnswer, OfferNoAnswer, cause)
		}
	}
	return any
}

func (c *Call) thirdUp(now time.Time, t *third, cause Kind) {
	if t.up() {
		if t.leg.UpAt.IsZero() { // his telephone was dialled anew
			t.leg.UpAt, t.ringUntil = now, time.Time{}
			c.keepLeg(&t.leg.LegRecord)
			c.arrange()
		}
		return
	}
	t.leg.UpAt, t.AnsweredAt, t.ringUntil, t.Result = now, now, time.Time{}, Connected
	c.keepLeg(&t.leg.LegRecord)
	if t.Agent != "" {
		c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: OfferAnswered})
		c.do(Command{Verb: Engaged, Agent: t.Agent})
	}
	c.keepTransfer(t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
	c.partiesChanged()
	switch {
	case c.rec.State == Transferring:
		c.handOver(now, cause)
	case t.Kind == Confirmed && !t.Aside && (c.rec.State == Held || c.rec.State == Talking):
		c.agentLeavesCaller(now, nil, cause)
	case c.rec.State == Reconnecting && !c.consulting: // nobody else talks to the caller
		c.stopPlaying()
		c.arrange()
	default:
		c.arrange()
	}
}

func (t *third) copy() *Transfer { r := t.Transfer; return &r }

// thirdGone goes on to the next route, or ends the third party's part in the call.
func (c *Call) thirdGone(now time.Time, t *third, e Event) {
	t.leg.gone(now, e.Cause)
	c.keepLeg(&t.leg.LegRecord)
	was := t.leg
	t.leg = nil
	switch {
	case t.up() && t.Agent != "" && !hungUp(e.Cause) && e.Cause != 0 && !was.UpAt.IsZero(): // his page is gone, he comes back
		c.dialThird(now, t, true)
		c.partiesChanged()
	case t.up():
		c.endThird(now, t, e.Kind)
	default:
		c.nextThirdRoute(now, t, reachOf(e.Cause), outcomeOf(e.Cause), e.Kind)
	}
}

// redialGuest dials an agent anew whose telephone went with its page.
func (c *Call) redialGuest(now time.Time, t *third) {
	c.hangUpThird(t)
	c.dialThird(now, t, true)
	c.partiesChanged()
}

// nextThirdRoute tries the next way to a third party that was not reached, and gives it up after the last.
func (c *Call) nextThirdRoute(now time.Time, t *third, why Reach, o Outcome, cause Kind) {
	t.Why = why
	if t.up() { // a guest whose telephone was dialled anew in vain
		c.endThird(now, t, cause)
		return
	}
	if t.Tried < len(t.Routes) {
		c.dialThird(now, t, false)
		c.partiesChanged()
		return
	}
	c.giveUpThird(now, t, why, o, cause)
}

// giveUpThird ends a transfer that reached nobody.
func (c *Call) giveUpThird(now time.Time, t *third, why Reach, o Outcome, cause Kind) {
	t.Result, t.Why = NotReached, why
	c.hangUpThird(t)
	if t.Agent != "" {
		c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: o})
	}
	c.removeThird(now, t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
	c.withoutThird(now, t, cause)
}

// drop takes a third party out of the call: back from ringing, or out of the conversation.
func (c *Call) drop(now time.Time, e Event) bool {
	t := c.thirdNo(e.N)
	if t == nil {
		return false
	}
	c.hangUpThird(t)
	if t.up() {
		c.endThird(now, t, e.Kind)
		return true
	}
	t.Result = Cancelled
	if t.Agent != "" {
		c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: OfferWithdrawn})
	}
	c.removeThird(now, t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
	c.withoutThird(now, t, e.Kind)
	return true
}

// endThird ends the part of a third party who was in the call.
func (c *Call) endThird(now time.Time, t *third, cause Kind) {
	c.hangUpThird(t)
	if t.Agent != "" {
		c.do(Command{Verb: Released, Agent: t.Agent})
	}
	c.removeThird(now, t)
	c.withoutThird(now, t, cause)
}

func (c *Call) hangUpThird(t *third) {
	if t.leg != nil {
		c.do(Command{Verb: HangUp, Leg: t.leg.ID})
		c.old = append(c.old, t.leg)
		t.leg = nil
	}
}

func (c *Call) removeThird(now time.Time, t *third) {
	t.EndedAt, t.Aside = now, false
	c.keepTransfer(t)
	c.thirds = slices.DeleteFunc(c.thirds, func(other *third) bool { return other == t })
	c.lastTransfer = t.Transfer
	c.partiesChanged()
}

// withoutThird brings the others to where they are without him.
func (c *Call) withoutThird(now time.Time, t *third, cause Kind) {
	switch c.rec.State {
	case Held:
		if c.consulting && !c.anyThird(func(o *third) bool { return !o.Aside }) {
			c.consulting = false
			c.enterTalkingAgain(now, cause)
		}
	case Transferring:
		if len(c.thirds) == 0 {
			c.comeBack(now, t, cause)
		}
	case HandedOver:
		switch {
		case c.anyThird((*third).up):
			c.arrange()
		case len(c.thirds) > 0:
			c.enterTransferring(now, nil, cause)
		case c.agent == nil:
			c.finish(now, Answered, ByThird, cause)
		}
	case Reconnecting:
		c.arrange()
		if !c.callerIn {
			c.startMusic()
		}
	}
}

// ---- who hears whom

// arrange takes into the bridge who should hear the others, and gives music to who should not: these first.
func (c *Call) arrange() {
	for _, t := range c.thirds {
		if t.Aside {
			c.place(t)
		}
	}
	switch {
	case !c.conversing(): // waits for an agent
	case c.callerWanted():
		c.stopMusic()
		c.join()
	case c.callerIn:
		c.part()
		c.startMusic()
	}
	for _, t := range c.thirds {
		c.place(t)
	}
	c.joinAgent()
	c.arrangeWatch()
	c.watchRecording()
}

// conversing tells whether the caller has got through to somebody.
func (c *Call) conversing() bool {
	switch c.rec.State {
	case Talking, Held, Reconnecting, Transferring, HandedOver:
		return true
	}
	return false
}

func (c *Call) callerWanted() bool {
	switch c.rec.State {
	case Talking, HandedOver:
		return true
	case Reconnecting:
		return !c.consulting && c.anyThird((*third).in)
	}
	return false
}

// place brings one third party into the conversation or out of it.
func (c *Call) place(t *third) {
	switch {
	case t.leg == nil || !t.up() || !t.leg.entered:
	case t.Aside:
		if t.leg.in {
			t.leg.in = false
			c.apart(&t.leg.LegRecord)
			c.do(Command{Verb: Part, Leg: t.leg.ID, Bridge: c.Bridge()})
		}
		if !t.music {
			t.music = true
			c.do(Command{Verb: StartMusic, Leg: t.leg.ID})
		}
	default:
		if t.music {
			t.music = false
			c.do(Command{Verb: StopMusic, Leg: t.leg.ID})
		}
		if c.bridgeReady && !t.leg.in {
			t.leg.in = true
			c.together(&t.leg.LegRecord)
			c.do(Command{Verb: Join, Leg: t.leg.ID, Bridge: c.Bridge()})
		}
	}
}

func (c *Call) putAside(t *third) {
	if !t.Aside {
		t.Aside = true
		c.keepTransfer(t)
	}
}

// mergeAll brings everybody into one conversation.
func (c *Call) mergeAll(now time.Time, cause Kind) {
	for _, t := range c.thirds {
		if t.Aside {
			t.Aside = false
			c.keepTransfer(t)
		}
	}
	c.consulting = false
	if c.rec.State == Held {
		c.enterTalkingAgain(now, cause)
	}
	c.partiesChanged()
	c.arrange()
}

// swap changes with whom the agent talks: the caller, or the third party.
func (c *Call) swap(now time.Time, e Event) bool {
	t := c.thirdNo(e.N)
	if t == nil || !t.up() {
		return false
	}
	t.Aside = c.rec.State == Held // he talks to the agent now: the caller does next
	c.keepTransfer(t)
	c.partiesChanged()
	c.consulting = !t.Aside
	if t.Aside {
		c.enterTalkingAgain(now, e.Kind)
	} else {
		c.enterHeld(now, e.Kind)
	}
	return true
}

// ---- the agent leaves

// agentLeavesCaller lets the agent go; caller and third parties stay. Its telephone may be gone already.
func (c *Call) agentLeavesCaller(now time.Time, notice []string, cause Kind) {
	agentNo := c.dest.agent
	c.endWatch(now)
	c.abandonLeg()
	c.muted, c.consulting, c.heldAt = false, false, time.Time{}
	c.giveUpAt, c.retryAt = time.Time{}, time.Time{}
	c.dest = destination{}
	c.rec.ReleasedAt = now
	c.do(Command{Verb: Released, Agent: agentNo})
	for _, t := range c.thirds {
		if t.Aside {
			t.Aside = false
			c.keepTransfer(t)
		}
	}
	if c.anyThird((*third).up) {
		c.handOver(now, cause)
		return
	}
	c.enterTransferring(now, notice, cause)
}

// handOver gives the caller to those who answered: to one of our agents, whose call it is from here on, or to a third
// party.
func (c *Call) handOver(now time.Time, cause Kind) {
	for _, t := range slices.Clone(c.thirds) {
		if t.up() && t.HandedAt.IsZero() {
			t.HandedAt = now
			c.keepTransfer(t)
		}
	}
	for _, t := range c.thirds {
		if t.up() && t.Agent != "" {
			c.own(now, t, cause)
			return
		}
	}
	c.become(now, HandedOver, cause)
	c.stopPlaying()
	c.partiesChanged()
	c.arrange()
}

// own makes a consulted agent the call's agent.
func (c *Call) own(now time.Time, t *third, cause Kind) {
	c.agent, c.dest = t.leg, t.dest
	t.leg = nil
	c.removeThird(now, t)
	if c.agent == nil || c.agent.UpAt.IsZero() { // his telephone is being replaced
		c.abandonLeg()
		c.rec.Agent = c.dest.agent
		c.enterReconnecting(now, cause)
		return
	}
	c.enterTalking(now, cause)
	c.arrange()
}

func (c *Call) enterTransferring(now time.Time, notice []string, cause Kind) {
	c.become(now, Transferring, cause)
	c.part()
	if len(notice) > 0 {
		c.play(notice)
	} else if c.playing == "" {
		c.startMusic()
	}
	c.partiesChanged()
	c.watchRecording()
}

func (c *Call) stepTransferring(now time.Time, e Event) bool {
	switch e.Kind {
	case PromptEnded, PromptLost:
		c.promptEnded(e)
	case Failed:
		c.playing = ""
		c.startMusic()
	case Timeout, Unattended:
	case HangUpBy:
		c.finish(now, Answered, e.By, e.Kind)
	default:
		return false
	}
	return true
}

// comeBack returns a caller whom the transfer led to nobody: to the agent who made it, else to the queue's head.
func (c *Call) comeBack(now time.Time, t *third, cause Kind) {
	c.do(Command{Verb: ComeBack, Agent: t.By})
	c.enterWaiting(now, cause)
}

// sendToQueue lets the caller wait for the agents of another queue; his waiting time counts from where it did.
func (c *Call) sendToQueue(now time.Time, t *third, o *Order, cause Kind) {
	agentNo := c.dest.agent
	c.toQueue = t
	c.keepTransfer(t)
	c.endWatch(now)
	c.abandonLeg()
	c.muted, c.heldAt, c.consulting = false, time.Time{}, false
	c.dest = destination{}
	c.rec.ReleasedAt, c.rec.Queue = now, o.Queue
	c.do(Command{Verb: Released, Agent: agentNo})
	c.enterWaiting(now, cause)
	if len(o.Notice) > 0 {
		c.part()
		c.play(o.Notice)
	}
	c.partiesChanged()
}

// queueTransferOver notes what became of a caller who was sent to a queue.
func (c *Call) queueTransferOver(now time.Time, r TransferResult) {
	t := c.toQueue
	if t == nil {
		return
	}
	c.toQueue = nil
	t.Result, t.EndedAt = r, now
	if r == Connected {
		t.AnsweredAt, t.HandedAt, t.Agent = now, now, c.dest.agent
	}
	c.lastTransfer = t.Transfer
	c.keepTransfer(t)
	c.do(Command{Verb: Transferred, Transfer: t.copy()})
}

// ---- handed_over

func (c *Call) stepHandedOver(now time.Time, e Event) bool {
	mine := c.agent != nil && e.Leg == c.agent.ID
	switch {
	case e.Kind == TakeBack && c.agent == nil:
		c.takeBack(now, e)
	case e.Kind == LegEntered && mine:
		c.agentEntered()
	case e.Kind == LegUp && mine:
		c.agentUp(now)
		c.ringUntil = time.Time{}
		c.endOffer(now, OfferAnswered, "")
		c.enterTalking(now, e.Kind)
		c.partiesChanged()
		c.arrange()
	case e.Kind == LegGone && mine:
		c.agentGone(now, e.Cause)
		c.notTakenBack(now, outcomeOf(e.Cause), e.Kind)
	case e.Kind == Failed && mine:
		c.abandonLeg()
		c.notTakenBack(now, OfferUnreachable, e.Kind)
	case e.Kind == Timeout && due(c.ringUntil, now):
		c.abandonLeg()
		c.notTakenBack(now, OfferNoAnswer, e.Kind)
	case e.Kind == Refuse && c.agent != nil && e.Agent == c.dest.agent:
		c.abandonLeg()
		c.notTakenBack(now, OfferRefused, e.Kind)
	case e.Kind == Timeout:
		c.retryAt = time.Time{}
		c.arrange()
	case e.Kind == HangUpBy && e.By != ByAgent:
		c.finish(now, Answered, e.By, e.Kind)
	case e.Kind == PromptEnded, e.Kind == PromptLost, e.Kind == Failed, e.Kind == Unattended:
		c.promptEnded(e)
	default:
		return false
	}
	return true
}

// takeBack dials the agent who left, or another who asks for the call; caller and third party talk on meanwhile.
func (c *Call) takeBack(now time.Time, e Event) {
	c.dest = destination{e.Agent, e.Endpoint, e.Browser}
	c.offer = &OfferRecord{Call: c.rec.ID, Agent: e.Agent, At: now} // not kept: nobody waits for him
	c.ringUntil = now.Add(e.RingFor)
	c.dialAgent(now, true)
	c.partiesChanged()
}

func (c *Call) notTakenBack(now time.Time, o Outcome, cause Kind) {
	c.endOffer(now, o, "")
	c.dest, c.ringUntil = destination{}, time.Time{}
	c.partiesChanged()
	if len(c.thirds) == 0 {
		c.finish(now, Answered, ByThird, cause)
	}
}

// ---- what is kept

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

// together notes that a leg came into the conversation, apart that it left it.
func (c *Call) together(l *LegRecord) {
	if n := len(l.Together); n == 0 || !l.Together[n-1].To.IsZero() {
		l.Together = append(slices.Clip(l.Together), Span{From: c.now})
		if c.transfers > 0 {
			c.keepLeg(l)
		}
	}
}

func (c *Call) apart(l *LegRecord) {
	if n := len(l.Together); n > 0 && l.Together[n-1].To.IsZero() {
		l.Together = slices.Clone(l.Together)
		l.Together[n-1].To = c.now
		if c.transfers > 0 {
			c.keepLeg(l)
		}
	}
}

func (l *leg) gone(now time.Time, cause int) {
	l.GoneAt, l.Cause, l.in = now, cause, false
	if n := len(l.Together); n > 0 && l.Together[n-1].To.IsZero() {
		l.Together = slices.Clone(l.Together)
		l.Together[n-1].To = now
	}
}

// watchRecording pauses the recording where policy wants it.
func (c *Call) watchRecording() {
	pause := c.treat.PauseConsult && c.rec.State == Held && c.anyThird((*third).in) ||
		c.treat.PauseHandedOver && c.rec.State == HandedOver
	if !c.recording || pause == c.paused {
		return
	}
	c.paused = pause
	verb := ResumeRec
	if pause {
		verb = PauseRec
	}
	c.do(Command{Verb: verb, Leg: c.caller.ID, Name: c.rec.Recording})
}

// endThirds ends what third parties have in a call that ends.
func (c *Call) endThirds(now time.Time) {
	for _, t := range slices.Clone(c.thirds) {
		c.hangUpThird(t)
		switch {
		case t.Agent != "" && t.up():
			c.do(Command{Verb: Released, Agent: t.Agent})
		case t.Agent != "":
			c.do(Command{Verb: OfferEnded, Agent: t.Agent, Outcome: OfferWithdrawn})
		}
		rang := !t.up()
		if rang {
			t.Result = CallEnded
		}
		c.removeThird(now, t)
		if rang {
			c.do(Command{Verb: Transferred, Transfer: t.copy()})
		}
	}
	c.queueTransferOver(now, CallEnded)
}
