package agent

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var t0 = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

var nobody = Profile{No: "8001", Name: "甲", Phone: PhoneBrowser}

// at is an agent who came into a state the usual way; busy ones have call c1.
func at(t testing.TB, s State) *Agent {
	t.Helper()
	a := New(nobody, t0)
	way := map[State][]Kind{
		SignedOut: {}, NotReady: {SignIn}, Ready: {SignIn, BeReady}, Rest: {SignIn, BeResting},
		Reserved: {SignIn, BeReady, Reserve}, Talking: {SignIn, BeReady, Reserve, Engage},
		Held:   {SignIn, BeReady, Reserve, Engage, HoldCall},
		WrapUp: {SignIn, BeReady, Reserve, Engage, Release},
	}
	for _, k := range append([]Kind{LinkBack}, way[s]...) {
		step(t, a, t0, k)
	}
	if a.State() != s {
		t.Fatalf("is %s, want %s", a.State(), s)
	}
	return a
}

func event(k Kind) Event { return Event{Kind: k, Call: "c1", Reason: "reason", For: time.Minute} }

func step(t testing.TB, a *Agent, now time.Time, k Kind) {
	t.Helper()
	if err := a.Step(now, event(k)); err != nil {
		t.Fatal(err)
	}
}

// The state after each event, for each state before; "-" is ErrWrongState. Call c1 is the one at the desk.
const table = `
              signed_out  not_ready  ready      reserved   talking    held       wrap_up    rest
sign_in       not_ready   not_ready  ready      reserved   talking    held       wrap_up    rest
sign_out      signed_out  signed_out signed_out -          -          -          signed_out signed_out
ready         -           ready      ready      reserved   talking    held       ready      ready
not_ready     -           not_ready  not_ready  reserved   talking    held       not_ready  not_ready
rest          -           rest       rest       reserved   talking    held       rest       rest
reserve       -           -          reserved   -          -          -          -          -
engage        -           talking    talking    talking    talking    talking    talking    talking
hold          -           -          -          -          held       -          -          -
resume        -           -          -          -          -          talking    -          -
release       -           -          -          -          wrap_up    wrap_up    -          -
withdraw      -           -          -          ready      -          -          -          -
refuse        -           -          -          not_ready  -          -          -          -
no_answer     -           -          -          ready      -          -          -          -
unreachable   -           -          -          not_ready  -          -          -          -
get_back      -           reserved   reserved   -          -          -          reserved   -
supervise     -           supervising supervising -        -          -          -          -
force_out     -           signed_out signed_out reserved   talking    held       signed_out signed_out
wrap_up_done  -           -          -          -          -          -          ready      -
link_lost     signed_out  not_ready  ready      reserved   talking    held       wrap_up    rest
link_back     signed_out  not_ready  ready      reserved   talking    held       wrap_up    rest
timeout       signed_out  not_ready  ready      reserved   talking    held       ready      rest
`

func TestEveryEventInEveryState(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(table), "\n")
	states := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		for i, want := range cells[1:] {
			a := at(t, State(states[i]))
			before := *a
			err := a.Step(t0.Add(time.Minute), event(Kind(cells[0])))
			switch {
			case want == "-" && (!errors.Is(err, ErrWrongState) || !reflect.DeepEqual(*a, before)):
				t.Errorf("%s while %s: %v, now %s; want a refusal and no change", cells[0], states[i], err, a.State())
			case want != "-" && (err != nil || a.State() != State(want)):
				t.Errorf("%s while %s: %v, now %s; want %s", cells[0], states[i], err, a.State(), want)
			}
		}
	}
}

func TestUnknownEventsAreRefused(t *testing.T) {
	t.Parallel()
	if err := at(t, Ready).Step(t0, Event{Kind: "dance"}); !errors.Is(err, ErrWrongState) {
		t.Errorf("got %v", err)
	}
}

// What concerns another call than the one at the desk changes nothing.
func TestAnotherCallIsNoneOfHis(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state State
		kind  Kind
	}{
		{Reserved, Withdraw}, {Reserved, Refuse}, {Reserved, NoAnswer}, {Reserved, Unreachable}, {Reserved, Engage},
		{Talking, Release}, {Talking, Engage}, {Held, Release},
	} {
		a := at(t, c.state)
		if err := a.Step(t0, Event{Kind: c.kind, Call: "c2"}); !errors.Is(err, ErrWrongState) || a.Call() != "c1" || a.State() != c.state {
			t.Errorf("%s of another call while %s: %v, now %s with %s", c.kind, c.state, err, a.State(), a.Call())
		}
	}
}

func TestThreeUnansweredOffersInARow(t *testing.T) {
	t.Parallel()
	a := at(t, Ready)
	offer := func(end Kind) { step(t, a, t0, Reserve); step(t, a, t0, end) }
	offer(NoAnswer)
	offer(NoAnswer)
	if a.State() != Ready {
		t.Fatalf("after two: %s", a.State())
	}
	step(t, a, t0, Reserve)
	step(t, a, t0, Engage) // an answer breaks the row
	step(t, a, t0, Release)
	step(t, a, t0, WrapUpDone)
	offer(NoAnswer)
	offer(NoAnswer)
	offer(Withdraw) // not his doing: the row goes on
	if a.State() != Ready {
		t.Fatalf("after two more: %s", a.State())
	}
	offer(NoAnswer)
	if a.State() != NotReady || a.Reason() != ReasonNoAnswer {
		t.Errorf("after three: %s %q", a.State(), a.Reason())
	}
	step(t, a, t0, BeReady)
	offer(NoAnswer)
	if a.State() != Ready {
		t.Error("the row was not begun anew")
	}
}

func TestWhyAnOfferEnded(t *testing.T) {
	t.Parallel()
	for kind, reason := range map[Kind]string{Refuse: ReasonRefused, Unreachable: ReasonUnreachable} {
		a := at(t, Reserved)
		step(t, a, t0, kind)
		if a.Reason() != reason || a.Call() != "" {
			t.Errorf("%s: reason %q, call %q", kind, a.Reason(), a.Call())
		}
	}
	a := at(t, Reserved)
	step(t, a, t0, BeResting)
	step(t, a, t0, Refuse) // he had said already what comes next
	if a.State() != Rest || a.Reason() != "reason" {
		t.Errorf("rest asked for, then refused: %s %q", a.State(), a.Reason())
	}
}

func TestWhatHeAskedForInACallComesAfterIt(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]State{BeReady: Ready, BeNotReady: NotReady, BeResting: Rest} {
		for _, wrapUp := range []time.Duration{0, time.Minute} {
			a := at(t, Talking)
			step(t, a, t0, BeNotReady)
			step(t, a, t0, kind) // the last word counts
			if next, _ := a.Next(); next != want {
				t.Errorf("next is %q, want %s", next, want)
			}
			now := t0.Add(5 * time.Minute)
			if err := a.Step(now, Event{Kind: Release, Call: "c1", For: wrapUp}); err != nil {
				t.Fatal(err)
			}
			if wrapUp > 0 {
				if a.State() != WrapUp || a.Call() != "c1" || !a.Until().Equal(now.Add(wrapUp)) || !a.Wake().Equal(a.Until()) {
					t.Errorf("wrap-up: %s of %q until %v, wakes %v", a.State(), a.Call(), a.Until(), a.Wake())
				}
				now = now.Add(wrapUp)
				step(t, a, now, Timeout)
			}
			if next, _ := a.Next(); a.State() != want || next != "" || a.Call() != "" || !a.Since().Equal(now) {
				t.Errorf("after the call: %s since %v, next %q, call %q; want %s", a.State(), a.Since(), next, a.Call(), want)
			}
			if want == Rest && !a.Until().Equal(now.Add(time.Minute)) {
				t.Errorf("rest until %v", a.Until())
			}
		}
	}
}

func TestIdleSinceTheLastCall(t *testing.T) {
	t.Parallel()
	a := at(t, Talking)
	if !a.IdleSince().Equal(t0) {
		t.Errorf("idle since %v, want sign-in", a.IdleSince())
	}
	step(t, a, t0.Add(time.Minute), Release)
	step(t, a, t0.Add(3*time.Minute), WrapUpDone)
	if !a.IdleSince().Equal(t0.Add(time.Minute)) {
		t.Errorf("idle since %v, want the call's end", a.IdleSince())
	}
}

func TestLinkLostAndBack(t *testing.T) {
	t.Parallel()
	busy := []State{Reserved, Talking, Held}
	for _, s := range []State{SignedOut, NotReady, Ready, Rest, Reserved, Talking, Held, WrapUp} {
		a := at(t, s)
		step(t, a, t0, LinkLost)
		step(t, a, t0.Add(time.Second), LinkLost) // said twice: the first counts
		if a.Offerable() || a.Linked() {
			t.Errorf("%s: calls would be offered to an empty desk", s)
		}
		shown := s
		if slices.Contains(busy, s) {
			shown = Lost
		}
		if a.Shown() != shown {
			t.Errorf("%s is shown as %s", s, a.Shown())
		}
		wake := t0.Add(LinkGrace)
		switch {
		case s == SignedOut, slices.Contains(busy, s):
			wake = time.Time{}
		case s == WrapUp:
			wake = a.Until()
		}
		if !a.Wake().Equal(wake) {
			t.Errorf("%s wakes at %v, want %v", s, a.Wake(), wake)
		}
		back := *a
		step(t, &back, t0, LinkBack)
		if back.Shown() != s || back.Offerable() != (s == Ready) {
			t.Errorf("%s: back as %s", s, back.Shown())
		}
		step(t, a, t0.Add(LinkGrace), Timeout)
		want := s
		switch s {
		case NotReady, Ready, Rest:
			want = SignedOut
		case WrapUp:
			want = Ready // and signed out at the next
		}
		if a.State() != want {
			t.Errorf("%s: after the grace %s, want %s", s, a.State(), want)
		}
		if want == SignedOut && s != SignedOut && a.Reason() != ReasonLinkLost {
			t.Errorf("%s: reason %q", s, a.Reason())
		}
	}
}

func TestRestoredAgentsWaitForTheirConsole(t *testing.T) {
	t.Parallel()
	a := Restore(nobody, Change{State: Talking, Call: "c1", At: t0}, t0.Add(time.Hour))
	if a.Shown() != Lost || a.Call() != "c1" || a.Offerable() || !a.Wake().IsZero() {
		t.Errorf("in a call: shown %s with %q", a.Shown(), a.Call())
	}
	a = Restore(nobody, Change{State: Ready, At: t0}, t0.Add(time.Hour))
	if a.Offerable() || !a.Wake().Equal(t0.Add(time.Hour+LinkGrace)) {
		t.Errorf("ready: wakes %v", a.Wake())
	}
	step(t, a, t0, LinkBack)
	if !a.Offerable() || !a.IdleSince().Equal(t0) {
		t.Error("ready and back: not offerable, or his place among the idle is lost")
	}
	if a := Restore(nobody, Change{}, t0); a.State() != SignedOut {
		t.Errorf("never seen: %s", a.State())
	}
}

func TestSigningOutForgetsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	a := at(t, Talking)
	step(t, a, t0, BeResting)
	step(t, a, t0, Release)
	step(t, a, t0, SignOut)
	step(t, a, t0, SignIn)
	step(t, a, t0, BeReady)
	step(t, a, t0, Reserve)
	step(t, a, t0, Withdraw)
	if a.State() != Ready {
		t.Errorf("an old wish came true: %s", a.State())
	}
}

var kinds = []Kind{
	SignIn, SignOut, BeReady, BeNotReady, BeResting, Reserve, Engage, HoldCall, ResumeCall, Release, Withdraw, Refuse,
	NoAnswer, Unreachable, WrapUpDone, LinkLost, LinkBack, Timeout, GetBack, Supervise, Supervised, ForceOut,
}

// FuzzOneReservation plays any events about two calls and asserts what must hold after each.
func FuzzOneReservation(f *testing.F) {
	f.Add([]byte{16, 0, 2, 5, 6, 9, 14})
	f.Add([]byte{16, 0, 2, 5, 12, 5, 12, 5, 12})
	f.Add([]byte{16, 0, 2, 5, 6, 4, 9, 1, 0, 2, 5, 10})
	f.Fuzz(func(t *testing.T, script []byte) {
		a, now := New(nobody, t0), t0
		for i, b := range script {
			now = now.Add(time.Duration(b) * time.Second)
			e := Event{Kind: kinds[int(b)%len(kinds)], Call: fmt.Sprint("c", b/128), Reason: "r", For: time.Duration((i+1)%3) * time.Minute}
			before := *a
			err := a.Step(now, e)
			if err != nil && (!errors.Is(err, ErrWrongState) || !reflect.DeepEqual(*a, before)) {
				t.Fatalf("event %d %+v: %v, and %+v became %+v", i, e, err, before, *a)
			}
			check(t, e, err, before, *a)
		}
	})
}

func check(t *testing.T, e Event, err error, before, a Agent) {
	t.Helper()
	next, _ := a.Next()
	switch {
	case e.Kind == Reserve && err == nil && before.Busy():
		t.Errorf("a second reservation: %s of %s on top of %s", e.Kind, e.Call, before.call)
	case before.Busy() && a.Busy() && before.call != a.call:
		t.Errorf("%s changed the call at a busy desk from %s to %s", e.Kind, before.call, a.call)
	case a.Busy() && a.call == "":
		t.Errorf("%s: busy without a call", e.Kind)
	case (a.state == Ready || a.state == Rest || a.state == NotReady || a.state == SignedOut) && a.call != "":
		t.Errorf("%s: %s with call %s", e.Kind, a.state, a.call)
	case a.Offerable() && (a.state != Ready || !a.linked):
		t.Errorf("%s: offerable while %s", e.Kind, a.state)
	case a.state == Lost:
		t.Errorf("%s: lost is for screens only", e.Kind)
	case next != "" && !a.Busy() && a.state != WrapUp:
		t.Errorf("%s: %s is still to come while %s", e.Kind, next, a.state)
	case !a.until.IsZero() && a.state != WrapUp && a.state != Rest:
		t.Errorf("%s: %s ends at %v", e.Kind, a.state, a.until)
	case a.noAnswers >= MaxNoAnswers:
		t.Errorf("%s: %d unanswered offers and still offered calls", e.Kind, a.noAnswers)
	}
}
