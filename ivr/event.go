package ivr

import (
	"fmt"
	"strings"
)

// Happening is what happened to a session.
type Happening string

// What can happen. Beside each are the fields of Event that count.
const (
	Begin       Happening = "begin"        // first and once
	PromptEnded Happening = "prompt_ended" // N of Play
	PlayFailed  Happening = "play_failed"  // N of Play
	Key         Happening = "key"          // Key
	Speech      Happening = "speech"       // the caller said something
	Answer      Happening = "answer"       // N of LookUp, Result, Say; a failed look-up has Result ""
	Timeout     Happening = "timeout"      // Wake has come
)

// Event is one thing that happened. What it does not fit, such as the end of a prompt stopped meanwhile, is ignored.
type Event struct {
	Kind   Happening
	N      int
	Key    string   // "0" to "9", "*", "#"
	Result string   // "found"
	Say    []string // prompts that tell the answer
}

// Verb is what an Action asks for.
type Verb string

// What a session asks for. Beside each are the fields of Action that count.
const (
	DoPlay   Verb = "play"   // N, Prompts: in the place of whatever sounds; PromptEnded or PlayFailed follows
	DoStop   Verb = "stop"   // stop the prompt
	DoMusic  Verb = "music"  // fill the wait that begins now; the next play ends it
	DoLookUp Verb = "lookup" // N, Name what, Value by what key; Answer follows
	DoListen Verb = "listen" // tell from now on when the caller speaks: Speech
	DoSet    Verb = "set"    // Name, Value: language, enterprise, rating, …
	DoQueue  Verb = "queue"  // Name, "" the line's own; the session is over
	DoEnd    Verb = "end"    // Result; the session is over, hang up
)

// Action is one thing a session wants done.
type Action struct {
	Verb    Verb
	N       int
	Prompts []string
	Name    string
	Value   string
	Result  Result
}

// String is the action's line in golden scripts. It shows what a caller keyed: not for logs.
func (a Action) String() string {
	switch a.Verb {
	case DoPlay:
		return fmt.Sprintf("play %d %s", a.N, strings.Join(a.Prompts, ","))
	case DoLookUp:
		return fmt.Sprintf("lookup %d %s=%s", a.N, a.Name, a.Value)
	case DoSet:
		return fmt.Sprintf("set %s=%s", a.Name, a.Value)
	case DoQueue:
		return strings.TrimSpace("queue " + a.Name)
	case DoEnd:
		return strings.TrimSpace("end " + string(a.Result))
	}
	return string(a.Verb)
}
