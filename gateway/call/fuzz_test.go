package call

import (
	"fmt"
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
	f.Add([]byte{0, 3, 5, 4, 8, 24, 12, 13, 18}, false) // called back
	f.Add([]byte{0, 5, 4, 25, 9, 24}, true)             // called back in vain
	f.Add([]byte{0, 9, 18}, true)                       // his telephone is not answered
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
	ringing string // agent the call is offered to
	engaged string
	offers  int
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
	return &world{t: t, c: New(epoch, a), now: epoch, legs: map[LegID]bool{"c1": true}, id: "c1", call: "c1"}
}

// newOutboundWorld is a call that begins from us: his leg is made on the way.
func newOutboundWorld(t *testing.T) *world {
	d := Departure{ID: "n-cb1", Number: "13800001234", DNIS: "12345", Queue: "general", Recorded: true, Task: "c0"}
	d.Treatment.Rating = ivr.RatingFlow(ivr.DefaultScale)
	return &world{t: t, c: NewOutbound(epoch, d), now: epoch, legs: map[LegID]bool{}, id: "n-cb1.c", call: "n-cb1"}
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
		{Kind: LegUp, Leg: w.id}, {Kind: Timeout}, {Kind: Refuse, Agent: w.ringing}, {Kind: ReplaceLeg},
		{Kind: Hold}, {Kind: Resume}, {Kind: MuteTo, On: b>>4&1 == 1},
		{Kind: HangUpBy, By: []Party{ByAgent, BySystem, ByAgent, ByCaller}[b>>6]},
		{Kind: Failed, Verb: Originate, Leg: leg}, {Kind: Failed, Verb: Play, Playback: w.c.playing},
		{Kind: LegGone, Leg: w.id, Cause: []int{16, 17, 19, 34}[b>>6]},
		{Kind: PromptLost, Playback: w.c.playing}, {Kind: KeyPressed, Key: fmt.Sprint(b >> 6)},
		{Kind: Queued, Treatment: w.treatment(b)}, {Kind: MoveTo, Queue: "other", Treatment: w.treatment(b)},
		{Kind: DivertTo, Queue: "0571", Routes: []string{"PJSIP/1@t", "PJSIP/2@t"}[:1+int(b>>7)]},
		{Kind: TurnAway, Media: []string{ivr.QueueFull}, Result: string(RefusedFull)},
		{Kind: LegEntered, Leg: w.id}, {Kind: Failed, Verb: DialOut, Leg: w.id},
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
		if w.c.State() == Offered || w.c.State() == AgentRinging {
			w.ringing = cmd.Agent
			w.offers++
		}
	case DialOut:
		w.legs[cmd.Leg] = true
		if w.dialled++; w.dialled > 1 {
			w.t.Fatal("his telephone rings twice")
		}
		if w.engaged == "" {
			w.t.Fatal("his telephone rings and no agent is there")
		}
	case OfferEnded:
		if w.ringing != cmd.Agent {
			w.t.Fatalf("offer to %q ended, it rang at %q", cmd.Agent, w.ringing)
		}
		w.ringing = ""
	case Engaged:
		w.engaged = cmd.Agent
	case Released:
		if w.engaged != cmd.Agent {
			w.t.Fatalf("%q released, %q was engaged", cmd.Agent, w.engaged)
		}
		w.engaged = ""
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
	if (w.ringing != "") != (state == Offered || state == AgentRinging) {
		w.t.Fatalf("agent %q is reserved in %s", w.ringing, state)
	}
	if inTalk := state == Talking || state == Held || state == Reconnecting || state == Dialling; inTalk != (w.engaged != "") {
		w.t.Fatalf("agent %q is engaged in %s", w.engaged, state)
	}
	if (state == Ended) != (w.ended == 1) {
		w.t.Fatalf("%d results in %s", w.ended, state)
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
