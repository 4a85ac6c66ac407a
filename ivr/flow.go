// Package ivr is what callers hear and key, as pure steps: a Flow is a graph of named steps, a Session walks one
// caller through it. Step takes the time and what happened and returns what is to be done; it knows no clock, no
// network and no telephone. Beside the flows stand the words of waiting: position, agent's number, call-back, rating,
// each as a list of prompt names.
//
// # Never silence
//
// While a session lives, the caller hears a prompt, or music from the moment a prompt is over and keys or an answer
// are awaited (action Music). The one exception is the silent-call routine, whose two waits listen and so are quiet,
// each for the step's Timeout (5 s, at most MaxTimeout). Every state has a Wake, so nothing is awaited for ever, also
// not the end of a prompt that is never reported.
//
// A prompt that cannot be played costs only itself: the list is taken up again one by one, the flow's Fallback is
// heard in the place of what fails, once a list.
package ivr

import "time"

// Kind is what a step does.
type Kind string

// The kinds of steps. Beside each are the fields that count.
const (
	Play     Kind = "play"     // Prompts; Next
	Bulletin Kind = "bulletin" // plays the hot-issue bulletins in force for the line, or for Queue; Next
	Menu     Kind = "menu"     // Prompts, Keys, Timeout, Tries, Invalid; Otherwise
	Digits   Kind = "digits"   // Prompts, Store, Min, Max, Timeout, Tries, Invalid; Next, Otherwise
	LookUp   Kind = "lookup"   // Prompts, What, Store, Timeout; Answers, Otherwise
	Set      Kind = "set"      // Store, Value; Next
	ToQueue  Kind = "queue"    // Queue
	End      Kind = "end"      // Prompts, Result
	Silent   Kind = "silent"   // Prompts (two and a closing sentence), Timeout; Heard
)

// Kinds are all kinds of steps.
var Kinds = []Kind{Play, Bulletin, Menu, Digits, LookUp, Set, ToQueue, End, Silent}

// What a list of prompts may name instead of a prompt; each stands for none, one or several.
const (
	TheGreeting   = "$greeting"         // of the line
	TheTransition = "$transition"       // announcement of the line, if in force today
	TheNotice     = "$recording_notice" // if the call is recorded
	TheAnswer     = "$answer"           // what the last look-up said
)

// Limits of what flows may set.
const (
	DefaultVisits = 20
	MaxVisits     = 100
	MaxTimeout    = 30 * time.Second
	MaxTries      = 9
	MaxDigits     = 40
)

// Result is how a session ended the call; the call's record uses the same words.
type Result string

// The results a flow can end with.
const (
	NoResult     Result = ""              // the call has its result already: rating
	SelfServed   Result = "self_served"   //
	SilentCall   Result = "silent_call"   //
	MessageOnly  Result = "message_only"  // heard a message and was not let into a queue
	CallbackKept Result = "callback_kept" // will be called back, his place is kept
)

// Results are those a flow file may use.
var Results = []Result{SelfServed, SilentCall, MessageOnly, CallbackKept}

// Flow is a graph of steps. It is not changed after it was made, so many sessions share it. Package flow reads
// checked ones from files.
type Flow struct {
	Name     string
	Title    string // shown to supervisors
	First    string // step
	Finally  string // queue for a caller who came through Visits steps without an end; "": the line's own
	Visits   int
	Fallback string // prompt heard in the place of one that cannot be played; "": none
	Steps    map[string]Step
}

// Step is one step of a flow. Which fields count stands beside the kinds.
type Step struct {
	Kind    Kind
	Prompts []string // names, or what begins with "$"
	Invalid []string // before Prompts are repeated after a wrong key
	Timeout time.Duration
	Tries   int // how often Prompts are played in all before Otherwise

	Min, Max int    // keys of Digits; # ends before Max, * begins again
	Store    string // name of a value: where Digits and Set put it, where LookUp takes its key from
	Value    string
	What     string // is looked up
	Queue    string // "": the line's own
	Result   Result

	Keys      map[string]string // key ("0" to "9", "*", "#") to step
	Answers   map[string]string // a look-up's result to step
	Next      string
	Otherwise string // nothing useful was keyed in Tries, or the look-up failed or answered what Answers does not have
	Heard     string // a key or speech broke the silence
}

// LanguageValue is the value by which a flow sets the language that the caller hears from there on: prompts NAME_<value>
// where there are such.
const LanguageValue = "language"

// Facts are what a session knows of the call from elsewhere.
type Facts struct {
	Greeting   []string // prompts of the line
	Transition string   // prompt in force today, or ""
	Recorded   bool
	// Bulletins returns the prompts of the bulletins in force now for the call's line and a queue, "" being the
	// line's own. It is asked as the step begins, so a bulletin switched on during the greeting is heard. May be nil.
	Bulletins func(queue string) []string
}
