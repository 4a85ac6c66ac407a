package call

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"hotline/ivr"
	"hotline/ivr/flow"
)

// FuzzInterleavings plays arbitrary events in arbitrary order against a call and holds it to what every caller and
// agent may rely on.
func FuzzInterleavings(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, true)
	f.Add([]byte{0, 7, 2, 4, 3, 5, 8, 9, 1}, false)
	f.Add([]byte{0, 2, 4, 3, 5, 12, 12, 4, 5, 11, 6}, false)
	f.Add([]byte{0, 2, 4, 5, 5, 6, 2, 13, 13, 14, 15, 9, 9, 9}, true)
	f.Add([]byte{0, 3, 5, 4, 8, 24, 12, 13, 18}, false)         // called back
	f.Add([]byte{0, 5, 4, 25, 9, 24}, true)                     // called back in vain
	f.Add([]byte{0, 9, 18}, true)                               // his telephone is not answered
	f.Add([]byte{0, 2, 3, 4, 5, 27, 36, 37, 31, 34, 36}, false) // one key, and left
	f.Add([]byte{0, 2, 3, 4, 5, 59, 36, 37, 30, 29, 28}, false) // asked, swapped, merged
	f.Add([]byte{0, 2, 3, 4, 5, 33, 39, 40, 38, 32}, false)     // supervised
	f.Add([]byte{0, 2, 3, 4, 5, 123, 9, 2}, false)              // blind, back
	f.Fuzz(func(t *testing.T, script []byte, greeting bool) {
		if len(script) > 500 {
			script = script[:500]
		}
		w := newWorld(t, greeting)
		if len(script)%3 == 0 { // a call that begins from us
			w = newOutboundWorld(t)
		}
		for _, b := range script {
			w.happen(b)
		}
		w.end()
	})
}

// world is a call and what the telephone side, the queue and the agents must believe of it.
type world struct {
	t       *testing.T
	c       *Call
	now     time.Time
	started bool
	legs    map[LegID]bool // created and not gone
	queued  bool
	ringing map[string]bool // agents whose telephone rings for the call
	talking map[string]bool // agents who are engaged in it
	results map[int]bool    // transfers that have their result
	ended   int
	dialled int // times the citizen's telephone was dialled
	call    ID
	id      LegID // the caller's
}

func newWorld(t *testing.T, greeting bool) *world {
	a := Arrival{ID: "c1", Number: "13800001234", DNIS: "12345", Queue: "general", Recorded: true}
	if greeting {
		a.Flow, a.Facts = flow.Shipped()[flow.Language], ivr.Facts{Greeting: []string{"greeting"}}
	}
	return &world{
		t: t, c: New(epoch, a), now: epoch, legs: map[LegID]bool{"c1": true}, id: "c1", call: "c1",
		ringing: map[string]bool{}, talking: map[string]bool{}, results: map[int]bool{},
	}
}

// newOutboundWorld is a call that begins from us: his leg is made on the way.
func newOutboundWorld(t *testing.T) *world {
	d := Departure{ID: "n-cb1", Number: "13800001234", DNIS: "12345", Queue: "general", Recorded: true, Task: "c0"}
	d.Treatment.Rating = ivr.RatingFlow(ivr.DefaultScale)
	return &world{
		t: t, c: NewOutbound(epoch, d), now: epoch, legs: map[LegID]bool{}, id: "n-cb1.c", call: "n-cb1",
		ringing: map[string]bool{}, talking: map[string]bool{}, results: map[int]bool{},
	}
}

// happen turns a byte into an event; the high bits choose which leg or agent it is about.
func (w *world) happen(b byte) {
	w.now = w.now.Add(time.Duration(b) * 50 * time.Millisecond)
	leg := LegID(fmt.Sprintf("%s.a%d.%d", w.call, max(1, w.c.legs-int(b>>6)), 8001))
	if w.c.agent != nil && b>>5&1 == 0 {
		leg = w.c.agent.ID
	}
	events := []Event{
		{Kind: Arrived}, {Kind: PromptEnded, Playback: w.c.playing},
		{Kind: Offer, Agent: fmt.Sprint(8001 + int(b>>5)), RingFor: 20 * time.Second, Browser: b>>4&1 == 1},
		{Kind: BridgeReady}, {Kind: LegEntered, Leg: leg}, {Kind: LegUp, Leg: leg},
		{Kind: LegGone, Leg: leg, Cause: []int{16, 44, 21, 0}[b>>6]}, {Kind: Unattended},
		{Kind: LegUp, Leg: w.id}, {Kind: Timeout}, {Kind: Refuse, Agent: w.c.Agent()}, {Kind: ReplaceLeg},
		{Kind: Hold}, {Kind: Resume}, {Kind: MuteTo, On: b>>4&1 == 1},
		{Kind: HangUpBy, By: []Party{ByAgent, BySystem, ByAgent, ByCaller}[b>>6]},
		{Kind: Failed, Verb: Originate, Leg: leg}, {Kind: Failed, Verb: Play, Playback: w.c.playing},
		{Kind: LegGone, Leg: w.id, Cause: []int{16, 17, 19, 34}[b>>6]},
		{Kind: PromptLost, Playback: w.c.playing}, {Kind: KeyPressed, Key: fmt.Sprint(b >> 6)},
		{Kind: Queued, Treatment: w.treatment(b)}, {Kind: MoveTo, Queue: "other", Treatment: w.treatment(b)},
		{Kind: DivertTo, Queue: "0571", Routes: []string{"PJSIP/1@t", "PJSIP/2@t"}[:1+int(b>>7)]},
		{Kind: TurnAway, Media: []string{ivr.QueueFull}, Result: string(RefusedFull)},
		{Kind: LegEntered, Leg: w.id}, {Kind: Failed, Verb: DialOut, Leg: w.id},
		{Kind: Bring, Order: w.order(b)}, {Kind: DropThird, N: w.third(b).N}, {Kind: Merge}, {Kind: Swap, N: w.third(b).N},
		{Kind: Leave}, {Kind: TakeBack, Agent: "8001", RingFor: 20 * time.Second},
		{Kind: Supervise, Agent: "9001", Supervision: []Supervision{ListenTo, Whisper, Barge}[int(b>>6)%3], RingFor: 20 * time.Second},
		{Kind: SuperviseEnd, Agent: "9001"}, {Kind: TakeOver, Agent: "9001"},
		{Kind: LegUp, Leg: w.third(b).Leg}, {Kind: LegEntered, Leg: w.third(b).Leg},
		{Kind: LegGone, Leg: w.third(b).Leg, Cause: []int{16, 17, 44, 0}[b>>6]},
		{Kind: LegUp, Leg: w.watchLeg(b)}, {Kind: LegEntered, Leg: w.watchLeg(b)}, {Kind: LegGone, Leg: w.watchLeg(b), Cause: 16},
		{Kind: Refuse, Agent: w.third(b).Agent}, {Kind: ReplaceLeg, Agent: w.third(b).Agent},
		{Kind: Failed, Verb: Originate, Leg: w.third(b).Leg}, {Kind: Failed, Verb: Snoop, Leg: w.watchLeg(b)},
		{Kind: Say, Media: []string{ivr.WarnAbuse}}, {Kind: CloseWith, Media: []string{ivr.ClosingAbuse}},
	}
	if w.c.session != nil && w.c.Wake().IsZero() {
		w.t.Fatalf("%s: a flow that nothing wakes", w.c.State())
	}
	e := events[int(b)%len(events)]
	if w.c.Record().Direction == Outbound && e.Kind == Arrived {
		e = Event{Kind: Dial, Agent: "8001", RingFor: 20 * time.Second, Browser: true, On: b>>5&1 == 1}
	}
	begins := e.Kind == Arrived || e.Kind == Dial
	if begins == w.started {
		return // arrives once, first
	}
	if w.c.Record().Direction == Outbound && e.Leg == w.id && w.dialled == 0 {
		return // nothing comes of a leg that is not dialled
	}
	if (e.Kind == Queued || e.Kind == MoveTo || e.Kind == TurnAway || e.Kind == DivertTo) && !w.queued {
		return // the queue answers who asked
	}
	if e.Kind == TakeBack && w.busy(e.Agent) || e.Kind == Bring && e.Order.Agent != "" && w.busy(e.Order.Agent) {
		return // the switchboard reserves agents who are free
	}
	if e.Kind == Supervise && w.busy("9001") || e.Leg == "" && (e.Kind == LegUp || e.Kind == LegEntered || e.Kind == LegGone) {
		return
	}
	if _, kind := legMark(string(e.Leg)); e.Kind == LegGone && kind != 'a' && e.Leg != w.id && !w.exists(e.Leg) {
		return // gone once
	}
	if e.Kind == Offer && !w.queued || e.Kind == Timeout && w.c.Wake().IsZero() {
		return // the queue offers who waits, the loop wakes who asked for it
	}
	if e.Kind == Timeout && w.now.Before(w.c.Wake()) {
		w.now = w.c.Wake()
	}
	w.started = true
	w.play(e)
}

func (w *world) treatment(b byte) Treatment {
	t := Treatment{TellAgentNo: true, Announce: time.Duration(b>>5) * 3 * time.Second, Callback: time.Second, CallbackNo: "13800001234"}
	if b>>5&1 == 1 {
		t.Rating = ivr.RatingFlow(ivr.DefaultScale)
	}
	return t
}

func (w *world) order(b byte) *Order {
	o := &Order{
		Kind: []TransferKind{OneKey, ThreeWay, Consult, Confirmed, Blind}[int(b>>5)%5], By: w.c.Agent(), ToKey: []string{"110", "12366"}[b>>7],
		Routes: []string{"PJSIP/1@t", "PJSIP/2@t"}[:1+int(b>>6&1)], Ring: 20 * time.Second, Notice: []string{"transferring"},
	}
	if b>>4&1 == 1 && o.Kind != OneKey {
		o.ToKey, o.Agent, o.Routes = "8009", "8009", o.Routes[:1]
	}
	if b>>3&1 == 1 && o.Kind == Blind {
		o.Agent, o.Routes, o.Queue = "", nil, "experts"
	}
	return o
}

func (w *world) busy(no string) bool { return w.ringing[no] || w.talking[no] }

func (w *world) third(b byte) Transfer {
	if n := len(w.c.thirds); n > 0 {
		t := w.c.thirds[int(b>>7)%n]
		if t.leg == nil {
			return Transfer{N: t.N, Agent: t.Agent}
		}
		return t.Transfer
	}
	return Transfer{}
}

// watchLeg is the supervisor's leg or his snoop channel.
func (w *world) watchLeg(b byte) LegID {
	x := w.c.watch
	if x == nil || x.leg == nil {
		return ""
	}
	if b>>7 == 1 {
		return x.snoop
	}
	return x.leg.ID
}

func (w *world) exists(id LegID) bool {
	_, there := w.legs[id]
	return there
}

func (w *world) play(e Event) {
	if e.Kind == LegGone {
		delete(w.legs, e.Leg)
	}
	commands, err := w.c.Step(w.now, e)
	if err != nil && len(commands) > 0 {
		w.t.Fatalf("%v, yet it commands %v", err, commands)
	}
	for _, cmd := range commands {
		w.believe(cmd)
	}
	w.check(e)
}

func (w *world) believe(cmd Command) {
	switch cmd.Verb {
	case Enqueue:
		w.queued = true
	case Dequeue:
		w.queued = false
	case Originate:
		w.legs[cmd.Leg] = true
		_, kind := legMark(string(cmd.Leg))
		if (kind == 'a' || kind == 't') && cmd.Agent != "" && !w.talking[cmd.Agent] {
			w.ringing[cmd.Agent] = true
		}
	case DialOut:
		w.legs[cmd.Leg] = true
		if w.dialled++; w.dialled > 1 {
			w.t.Fatal("his telephone rings twice")
		}
		if len(w.talking) == 0 {
			w.t.Fatal("his telephone rings and no agent is there")
		}
	case Snoop:
		w.legs[LegID(cmd.Name)] = true
	case Transferred:
		if w.results[cmd.Transfer.N] {
			w.t.Fatalf("transfer %d has two results", cmd.Transfer.N)
		}
		w.results[cmd.Transfer.N] = true
	case OfferEnded:
		if !w.ringing[cmd.Agent] {
			w.t.Fatalf("offer to %q ended, it rang at %v", cmd.Agent, w.ringing)
		}
		delete(w.ringing, cmd.Agent)
	case Engaged:
		if w.ringing[cmd.Agent] {
			w.t.Fatalf("%q is engaged while his telephone rings", cmd.Agent)
		}
		w.talking[cmd.Agent] = true
	case Released:
		if !w.talking[cmd.Agent] {
			w.t.Fatalf("%q released, %v were engaged", cmd.Agent, w.talking)
		}
		delete(w.talking, cmd.Agent)
	case HangUp:
		if cmd.Leg != "c1" {
			if _, there := w.legs[cmd.Leg]; !there {
				w.t.Fatalf("%s is hung up and does not exist", cmd.Leg)
			}
			w.legs[cmd.Leg] = false // goes down by itself from here
		}
	case Finished:
		w.ended++
	}
}

func (w *world) check(e Event) {
	state := w.c.State()
	if w.c.Hears() == "silence" {
		w.t.Fatalf("silence for the caller after %s in %s", e.Kind, state)
	}
	if w.queued != (state == Waiting) {
		w.t.Fatalf("queued is %t in %s", w.queued, state)
	}
	if (state == Ended) != (w.ended == 1) {
		w.t.Fatalf("%d results in %s", w.ended, state)
	}
	if (state == HandedOver || state == Transferring) && len(w.c.thirds) == 0 && w.c.agent == nil {
		w.t.Fatalf("the caller is alone in %s", state)
	}
	if state == Ended && (w.c.watch != nil || len(w.results) != w.c.Transfers()) {
		w.t.Fatalf("ended, and %d of %d transfers have a result", len(w.results), w.c.Transfers())
	}
	w.checkAgents()
}

// checkAgents holds what agents believe to what the call says of them.
func (w *world) checkAgents() {
	ringing, talking := map[string]bool{}, map[string]bool{}
	switch w.c.State() {
	case Offered, AgentRinging, HandedOver:
		ringing[w.c.Agent()] = true
	case Talking, Held, Reconnecting, Dialling:
		talking[w.c.Agent()] = true
	}
	for _, t := range w.c.thirds {
		if t.up() {
			talking[t.Agent] = true
		} else {
			ringing[t.Agent] = true
		}
	}
	delete(ringing, "")
	delete(talking, "")
	if !maps.Equal(ringing, w.ringing) || !maps.Equal(talking, w.talking) {
		w.t.Fatalf("%s: rings at %v, they believe %v; talks to %v, they believe %v", w.c.State(), ringing, w.ringing, talking, w.talking)
	}
}

// end lets the call's legs go and checks that nothing of it is left.
func (w *world) end() {
	if !w.started {
		return
	}
	if w.c.State() != Ended {
		w.play(Event{Kind: LegGone, Leg: w.id, Cause: 16})
	}
	if w.c.State() != Ended { // he was never dialled
		w.play(Event{Kind: HangUpBy, By: BySystem})
	}
	for id, untouched := range w.legs {
		if untouched && id != "c1" {
			w.t.Fatalf("leg %s is left ringing or talking after the end", id)
		}
		w.play(Event{Kind: LegGone, Leg: id, Cause: 16})
	}
	if !w.c.Done() {
		w.t.Fatalf("left after the end: %v", w.c.Legs())
	}
	if r := w.c.Record(); r.Result == "" || r.EndedAt.IsZero() || r.EndedBy == "" {
		w.t.Fatalf("record without result: %+v", r)
	}
}
