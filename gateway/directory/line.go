package directory

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hotline/gateway/queue"
)

// Line is one dialled number.
type Line struct {
	DNIS        string         `json:"dnis"`         // 接入码
	Name        string         `json:"name"`         // shown to the agent
	Mode        Mode           `json:"mode"`         //
	Unit        string         `json:"unit"`         // the responsible unit
	Queue       string         `json:"queue"`        // 技能队列
	ExpertQueue string         `json:"expert_queue"` // callers wait there instead; "" none
	Greeting    []string       `json:"greeting"`     // prompts played before the queue; empty: straight to an agent, the caller hears ringing
	Record      bool           `json:"record"`       // conversations are recorded (the recording notice is played after the greeting)
	Flow        string         `json:"flow"`         // what the caller goes through; "" the default
	Priority    queue.Priority `json:"priority"`     // of all who call it
	Transition  Transition     `json:"transition"`   //
	Routes      []string       `json:"routes"`       // "trunk/number", tried in order to reach the line from here
}

// Mode is how a line belongs to the hotline.
type Mode string

// The modes.
const (
	Main      Mode = "main"       // 12345 itself
	Merged    Mode = "merged"     // 整体并入: the number is retired
	Dual      Mode = "dual"       // 双号并行: the number is kept, the seats are ours
	SubCentre Mode = "sub_centre" // 设分中心: keeps number and seats
	Emergency Mode = "emergency"  // 110, 119, 120, 122
	Utility   Mode = "utility"    // 水电气热
	Region    Mode = "region"     // another city's 12345
)

// Modes are all there are.
var Modes = []Mode{Main, Merged, Dual, SubCentre, Emergency, Utility, Region}

// Priorities are those a line can have.
var Priorities = []queue.Priority{queue.Ordinary, queue.From110, queue.Elderly, queue.Disabled}

// RecordingNotice is the prompt that tells callers that they are recorded.
const RecordingNotice = "recording_notice"

// WaitsIn is the queue in which the line's callers wait.
func (l Line) WaitsIn() string {
	if l.ExpertQueue != "" {
		return l.ExpertQueue
	}
	return l.Queue
}

// Prompts are what a caller hears first, without a transition announcement.
func (l Line) Prompts() []string { return l.prompts(l.Greeting) }

// PromptsAt are what a caller hears first at an instant: greeting, transition announcement, recording notice.
func (l Line) PromptsAt(now time.Time) []string {
	heard := l.Greeting
	if l.Transition.InForce(now) {
		heard = append(slices.Clone(heard), l.Transition.Prompt)
	}
	return l.prompts(heard)
}

func (l Line) prompts(heard []string) []string {
	if l.Record && len(heard) > 0 {
		return append(slices.Clone(heard), RecordingNotice)
	}
	return heard
}

var (
	// name is what skills, prompts and flows are called: whatever the script, but nothing that ends a list.
	name = regexp.MustCompile(`^[\pL\pN_][\pL\pN_.-]{0,63}$`)
	// key is what queues are called, also in figures and metrics.
	key   = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)
	route = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}/\+?[0-9*#]{1,32}$`)
)

// IsKey says whether s can name a queue.
func IsKey(s string) bool { return key.MatchString(s) }

// IsName says whether s can name a skill, a prompt or a flow.
func IsName(s string) bool { return name.MatchString(s) }

// IsNumber says whether s can be a dialled number: digits, at most 20 characters, a plus sign at most before them.
func IsNumber(s string) bool {
	digits := strings.TrimPrefix(s, "+")
	return digits != "" && len(s) <= 20 && strings.Trim(digits, "0123456789") == ""
}

// TextFault says what is wrong with a text on one line of at most so many characters; "" nothing. Texts survive a
// CSV file and a spreadsheet unchanged.
func TextFault(s string, longest int) Code {
	switch {
	case utf8.RuneCountInString(s) > longest:
		return TooLong
	case !utf8.ValidString(s), strings.TrimSpace(s) != s, strings.ContainsFunc(s, unicode.IsControl),
		s != "" && strings.ContainsRune("=+-@", rune(s[0])):
		return BadText
	}
	return ""
}

// Limits of a line.
const (
	maxText = 64
	maxList = 10
)

// Check finds everything that is wrong with the line by itself.
func (l Line) Check() (faults Faults) {
	bad := func(wrong bool, field string, code Code, value string) {
		if wrong {
			faults = append(faults, Fault{Field: field, Code: code, Value: value})
		}
	}
	texts := func(field, value string) {
		code := TextFault(value, maxText)
		bad(code != "", field, code, value)
	}
	names := func(field string, values ...string) {
		for _, v := range values {
			bad(v != "" && !name.MatchString(v), field, NotName, v)
		}
	}
	bad(!IsNumber(l.DNIS), "dnis", NotNumber, l.DNIS)
	bad(l.Name == "", "name", Missing, "")
	texts("name", l.Name)
	bad(!slices.Contains(Modes, l.Mode), "mode", NotOneOf, string(l.Mode))
	texts("unit", l.Unit)
	bad(l.Queue == "", "queue", Missing, "")
	bad(l.Queue != "" && !IsKey(l.Queue), "queue", NotKey, l.Queue)
	bad(l.ExpertQueue != "" && !IsKey(l.ExpertQueue), "expert_queue", NotKey, l.ExpertQueue)
	names("greeting", l.Greeting...)
	bad(slices.Contains(l.Greeting, ""), "greeting", Missing, "")
	bad(len(l.Greeting) > maxList, "greeting", TooMany, "10")
	bad(l.Record && len(l.Greeting) == 0, "record", NotTold, "")
	names("flow", l.Flow)
	bad(!slices.Contains(Priorities, l.Priority), "priority", NotOneOf, string(l.Priority))
	names("transition", l.Transition.Prompt)
	bad(!l.Transition.From.Valid(), "transition_from", NotDate, string(l.Transition.From))
	bad(!l.Transition.Until.Valid(), "transition_until", NotDate, string(l.Transition.Until))
	bad(l.Transition.Until != "" && l.Transition.Until < l.Transition.From, "transition_until", Backwards, string(l.Transition.Until))
	bad(l.Transition.Prompt == "" && l.Transition.From+l.Transition.Until != "", "transition", Missing, "")
	for _, r := range l.Routes {
		bad(!route.MatchString(r), "routes", NotRoute, r)
	}
	bad(len(l.Routes) > maxList, "routes", TooMany, "10")
	return faults
}
