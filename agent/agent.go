package agent

import (
	"errors"
	"fmt"
	"time"
)

// MaxNoAnswers is how many unanswered offers in a row make an agent not ready.
const MaxNoAnswers = 3

// LinkGrace is how long an agent outside a call stays signed in without his console.
const LinkGrace = 60 * time.Second

// Reasons of states an agent did not choose.
const (
	ReasonSignedIn    = "signed_in"   // fresh at the desk
	ReasonNoAnswer    = "no_answer"   // three unanswered offers in a row
	ReasonUnreachable = "unreachable" // his telephone could not be dialled
	ReasonRefused     = "refused"     // he refused a call
	ReasonLinkLost    = "link_lost"   // his console was away too long
	ReasonForced      = "forced"      // a supervisor wanted it
)

// Kind is what happened to an agent.
type Kind string

// What can happen to an agent.
const (
	SignIn      Kind = "sign_in"
	SignOut     Kind = "sign_out"
	BeReady     Kind = "ready"
	BeNotReady  Kind = "not_ready"    // Reason
	BeResting   Kind = "rest"         // Reason, For
	Reserve     Kind = "reserve"      // Call is offered
	DialCall    Kind = "dial"         // he calls somebody himself: Call rings at his telephone first
	GetBack     Kind = "get_back"     // a caller comes back to him whom he handed on: Call rings at his telephone
	Supervise   Kind = "supervise"    // he is with another agent in Call
	Supervised  Kind = "supervised"   // he no longer is
	ForceOut    Kind = "force_out"    // a supervisor signs him out; in a call it holds from its end
	Engage      Kind = "engage"       // Call is connected
	HoldCall    Kind = "hold"         //
	ResumeCall  Kind = "resume"       //
	Release     Kind = "release"      // the call is over for him; For is his wrap-up, 0 for none
	Withdraw    Kind = "withdraw"     // the offer went away without his doing
	Refuse      Kind = "refuse"       // he refused the offer
	NoAnswer    Kind = "no_answer"    // the offer timed out
	Unreachable Kind = "unreachable"  // the offer found no telephone
	WrapUpDone  Kind = "wrap_up_done" //
	LinkLost    Kind = "link_lost"    // his console's link is gone
	LinkBack    Kind = "link_back"    //
	Timeout     Kind = "timeout"      // Wake has come
)

// Event is one thing that happened; which fields count stands beside the kinds.
type Event struct {
	Kind   Kind
	Call   string
	Reason string
	For    time.Duration
}

// ErrWrongState is returned for an event that is not possible in the agent's state; the agent is unchanged.
var ErrWrongState = errors.New("not possible in this state")

// Agent is one agent's working state. The zero value with a Profile is a signed-out agent.
type Agent struct {
	Profile
	state     State
	reason    string
	since     time.Time
	until     time.Time // end of rest or wrap-up
	call      string
	next      next
	noAnswers int
	linked    bool
	lostAt    time.Time
	idleSince time.Time
}

// next is what an agent asked for while he was busy.
type next struct {
	state  State
	reason string
	rest   time.Duration
}

// New is an agent who was never seen before: signed out since now.
func New(p Profile, now time.Time) *Agent { return Restore(p, Change{At: now, State: SignedOut}, now) }

// Restore is an agent as he was last recorded; his console's link is still to come.
func Restore(p Profile, last Change, now time.Time) *Agent {
	a := &Agent{Profile: p, state: last.State, reason: last.Reason, since: last.At, call: last.Call, lostAt: now, idleSince: last.At}
	if a.state == "" {
		a.state = SignedOut
	}
	return a
}

// State is what he is doing.
func (a *Agent) State() State { return a.state }

// Shown is the state for screens: lost while his console's link is gone in a call.
func (a *Agent) Shown() State {
	if !a.linked && a.busy() {
		return Lost
	}
	return a.state
}

// Reason explains not_ready, rest and changes he did not ask for.
func (a *Agent) Reason() string { return a.reason }

// Since is when his state began.
func (a *Agent) Since() time.Time { return a.since }

// Until is when rest or wrap-up ends, zero when open.
func (a *Agent) Until() time.Time { return a.until }

// Call is the call at his desk, empty when none; it stays through wrap-up.
func (a *Agent) Call() string { return a.call }

// Next is the state he asked for after this call, empty when ready follows.
func (a *Agent) Next() (State, string) { return a.next.state, a.next.reason }

// Linked tells whether his console is connected.
func (a *Agent) Linked() bool { return a.linked }

// IdleSince is when his last call ended, or he signed in.
func (a *Agent) IdleSince() time.Time { return a.idleSince }

// Offerable tells whether a call may be offered to him now.
func (a *Agent) Offerable() bool { return a.state == Ready && a.linked }

// Wake is when the agent wants a Timeout event, zero when he does not.
func (a *Agent) Wake() time.Time {
	switch {
	case a.state == WrapUp:
		return a.until
	case !a.linked && !a.busy() && a.state != SignedOut:
		return a.lostAt.Add(LinkGrace)
	}
	return time.Time{}
}

// Busy tells whether he is in a call or one is offered to him.
func (a *Agent) Busy() bool { return a.busy() }

func (a *Agent) busy() bool { return a.state == Reserved || a.state == Supervising || a.talking() }

func (a *Agent) talking() bool { return a.state == Talking || a.state == Held }

// Step takes what happened at now. An event that is not possible in his state is ErrWrongState.
func (a *Agent) Step(now time.Time, e Event) error {
	ok := false
	switch e.Kind {
	case SignIn, SignOut, LinkLost, LinkBack:
		ok = a.stepDesk(now, e)
	case BeReady, BeNotReady, BeResting:
		ok = a.stepChoice(now, e)
	case Timeout:
		ok = a.stepTimeout(now)
	default:
		ok = a.stepCall(now, e)
	}
	if !ok {
		return fmt.Errorf("agent %s: %s while %s: %w", a.No, e.Kind, a.state, ErrWrongState)
	}
	return nil
}

func (a *Agent) stepDesk(now time.Time, e Event) bool {
	switch e.Kind {
	case SignIn:
		if a.state == SignedOut {
			a.idleSince, a.noAnswers = now, 0
			a.enter(now, NotReady, ReasonSignedIn)
		}
	case SignOut:
		if a.busy() {
			return false
		}
		a.call, a.next = "", next{}
		a.enter(now, SignedOut, e.Reason)
	case LinkLost:
		if a.linked {
			a.linked, a.lostAt = false, now
		}
	case LinkBack:
		a.linked = true
	}
	return true
}

// stepChoice is what the agent asks for himself; in a call it is remembered for its end.
func (a *Agent) stepChoice(now time.Time, e Event) bool {
	if a.state == SignedOut {
		return false
	}
	want := next{Ready, "", 0}
	switch e.Kind {
	case BeNotReady:
		want = next{NotReady, e.Reason, 0}
	case BeResting:
		want = next{Rest, e.Reason, e.For}
	}
	if a.busy() {
		a.next = want
		return true
	}
	a.noAnswers, a.call = 0, ""
	a.enterNext(now, want)
	return true
}

func (a *Agent) stepTimeout(now time.Time) bool {
	switch {
	case a.state == WrapUp:
		a.wrapUpOver(now)
	case !a.linked && !a.busy():
		a.call = ""
		a.enter(now, SignedOut, ReasonLinkLost)
	}
	return true
}

func (a *Agent) stepCall(now time.Time, e Event) bool {
	switch e.Kind {
	case Reserve:
		if a.state != Ready {
			return false
		}
		a.call = e.Call
		a.enter(now, Reserved, "")
	case DialCall:
		return a.dial(now, e, Reserved)
	case GetBack:
		if a.state == WrapUp && a.call == e.Call {
			a.enter(now, Reserved, "")
			return true
		}
		return a.dial(now, e, Reserved)
	case Supervise:
		return a.dial(now, e, Supervising)
	case Supervised:
		if a.state != Supervising || a.call != e.Call {
			return false
		}
		a.wrapUpOver(now)
	case ForceOut:
		return a.forceOut(now)
	case Engage:
		if a.state == SignedOut || (a.call != e.Call && a.busy()) {
			return false
		}
		a.call, a.noAnswers = e.Call, 0
		a.enter(now, Talking, "") // also out of a hold, when his lost leg was replaced
	case HoldCall:
		return a.from(now, Talking, Held)
	case ResumeCall:
		return a.from(now, Held, Talking)
	case Release:
		return a.release(now, e)
	case Withdraw, Refuse, NoAnswer, Unreachable:
		return a.offerOver(now, e)
	case WrapUpDone:
		if a.state != WrapUp {
			return false
		}
		a.wrapUpOver(now)
	default:
		return false
	}
	return true
}

// dial takes him out of the queue for a call of his own choice. One who was not ready is so again afterwards.
func (a *Agent) dial(now time.Time, e Event, s State) bool {
	if a.state != Ready && a.state != NotReady {
		return false
	}
	a.next = next{}
	if a.state == NotReady {
		a.next = next{NotReady, a.reason, 0}
	}
	a.call = e.Call
	a.enter(now, s, "")
	return true
}

func (a *Agent) forceOut(now time.Time) bool {
	switch {
	case a.state == SignedOut:
		return false
	case a.busy():
		a.next = next{SignedOut, ReasonForced, 0}
	default:
		a.call, a.next = "", next{}
		a.enter(now, SignedOut, ReasonForced)
	}
	return true
}

func (a *Agent) from(now time.Time, from, to State) bool {
	if a.state != from {
		return false
	}
	a.enter(now, to, "")
	return true
}

func (a *Agent) release(now time.Time, e Event) bool {
	if !a.talking() || a.call != e.Call {
		return false
	}
	a.idleSince = now
	if e.For > 0 {
		a.enter(now, WrapUp, "")
		a.until = now.Add(e.For)
		return true
	}
	a.wrapUpOver(now)
	return true
}

// offerOver ends a reservation that did not become a call.
func (a *Agent) offerOver(now time.Time, e Event) bool {
	if a.state != Reserved || a.call != e.Call {
		return false
	}
	a.call = ""
	switch e.Kind {
	case NoAnswer:
		a.noAnswers++
		if a.noAnswers >= MaxNoAnswers {
			a.noAnswers = 0
			a.next = next{NotReady, ReasonNoAnswer, 0}
		}
	case Unreachable:
		a.next = next{NotReady, ReasonUnreachable, 0}
	case Refuse: // not ready, or the same call would ring again at once
		a.noAnswers = 0
		if a.next.state == "" {
			a.next = next{NotReady, ReasonRefused, 0}
		}
	}
	a.enterNext(now, a.next)
	return true
}

func (a *Agent) wrapUpOver(now time.Time) {
	a.call = ""
	a.enterNext(now, a.next)
}

func (a *Agent) enterNext(now time.Time, n next) {
	a.next = next{}
	if n.state == "" {
		n.state = Ready
	}
	a.enter(now, n.state, n.reason)
	if n.state == Rest {
		a.until = now.Add(n.rest)
	}
}

func (a *Agent) enter(now time.Time, s State, reason string) {
	if s == a.state && reason == a.reason {
		return
	}
	a.state, a.reason, a.since, a.until = s, reason, now, time.Time{}
}
