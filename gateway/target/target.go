// Package target is the directory of those to whom a call can be handed: emergency services, sub-centres, utilities,
// other cities, our own lines and queues, agents and experts, and the outside numbers that the dial plan permits.
// Resolve makes of what a console sent the one place to dial or to queue, List and Search are for choosing.
package target

import (
	"slices"
	"strings"
	"time"

	"hotline/agent"
	"hotline/gateway/caller"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

// Kind is what sort of target it is.
type Kind string

// The kinds.
const (
	Emergency Kind = "emergency"  // line of that mode, reached by its routes
	SubCentre Kind = "sub_centre" // the same
	Utility   Kind = "utility"    // the same
	Region    Kind = "region"     // the same
	Line      Kind = "line"       // main, merged or dual line: served by one of our queues
	Queue     Kind = "queue"      //
	Expert    Kind = "expert"     // agent with the role expert
	Agent     Kind = "agent"      //
	Number    Kind = "number"     // outside number as it was typed
)

// Kinds are all there are, in the order of lists; numbers are in no list.
var Kinds = []Kind{Emergency, SubCentre, Utility, Expert, Queue, Line, Agent, Region, Number}

// Key names a target, as a console sends it.
type Key struct {
	Kind Kind   `json:"kind"`
	Name string `json:"key"` // dialled number of a line, name of a queue, agent_no, or the number
}

// Destination is a target that can be reached. Exactly one of Agent, Queue and Routes is filled.
type Destination struct {
	Kind      Kind          // of what was found: a number that is a line of ours has that line's kind
	Key       string        // dialled number of the line, name of the queue, agent_no, or the number as normalised
	Title     string        // to be shown; of agents, whom settings do not know, their number
	Agent     string        // agent_no; whether he exists, is signed in and is an expert is for the switchboard to say
	Queue     string        // where the caller waits: of a line its expert queue if it has one
	Routes    []string      // endpoints "PJSIP/110@trunk" in the order to be tried, none twice
	Ring      time.Duration // how long each route, or the agent, rings; 0 of queues, which have their own time
	Emergency bool
}

// Resolve finds the target that a key names. Outside numbers go through trunk, a PJSIP endpoint; roles are those of
// the agent who asks. The error is one of this package's; each has a Code.
func Resolve(set settings.Snapshot, trunk string, roles []agent.Role, k Key) (Destination, error) {
	switch k.Kind {
	case Emergency, SubCentre, Utility, Region, Line:
		return resolveLine(set, k)
	case Queue:
		return resolveQueue(set, k.Name)
	case Agent, Expert:
		return resolveAgent(set, k)
	case Number:
		return resolveNumber(set, trunk, roles, k.Name)
	}
	return Destination{}, ErrMalformed
}

func resolveLine(set settings.Snapshot, k Key) (Destination, error) {
	if !directory.IsNumber(k.Name) {
		return Destination{}, ErrMalformed
	}
	l, known := set.Lines.Lookup(k.Name)
	if !known || kindOf(l.Mode) != k.Kind {
		return Destination{}, ErrUnknown
	}
	return toLine(set, l)
}

// kindOf is the kind of target that lines of a mode are.
func kindOf(m directory.Mode) Kind {
	switch m {
	case directory.Emergency:
		return Emergency
	case directory.SubCentre:
		return SubCentre
	case directory.Utility:
		return Utility
	case directory.Region:
		return Region
	}
	return Line
}

func toLine(set settings.Snapshot, l directory.Line) (Destination, error) {
	d := Destination{Kind: kindOf(l.Mode), Key: l.DNIS, Title: l.Name}
	if d.Kind == Line {
		q, err := resolveQueue(set, l.WaitsIn())
		if err != nil {
			return Destination{}, err
		}
		d.Queue = q.Queue
		return d, nil
	}
	d.Routes, d.Emergency = Endpoints(l.Routes), d.Kind == Emergency
	if len(d.Routes) == 0 {
		return Destination{}, ErrNoRoute
	}
	d.Ring = set.Policies.Transfers.Ring.Duration()
	if d.Emergency {
		d.Ring = set.Policies.Transfers.EmergencyRing.Duration()
	}
	return d, nil
}

// Endpoints are where Asterisk dials routes "trunk/number", in order and each once.
func Endpoints(routes []string) (all []string) {
	for _, route := range routes {
		trunk, number, ok := strings.Cut(route, "/")
		if e := endpoint(number, trunk); ok && !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

func endpoint(number, trunk string) string { return "PJSIP/" + number + "@" + trunk }

func resolveQueue(set settings.Snapshot, name string) (Destination, error) {
	if !directory.IsKey(name) {
		return Destination{}, ErrMalformed
	}
	q, known := set.Queue(name)
	if !known {
		return Destination{}, ErrUnknown
	}
	return Destination{Kind: Queue, Key: q.Name, Title: q.Title, Queue: q.Name}, nil
}

func resolveAgent(set settings.Snapshot, k Key) (Destination, error) {
	if !settings.IsAgentNo(k.Name) {
		return Destination{}, ErrMalformed
	}
	ring := set.Policies.Transfers.Ring.Duration()
	return Destination{Kind: k.Kind, Key: k.Name, Title: k.Name, Agent: k.Name, Ring: ring}, nil
}

// resolveNumber comes to our own lines first, so that no call leaves through the trunk to come in again and 110 is
// the emergency service however it was typed. Everything else needs the dial plan's permission.
func resolveNumber(set settings.Snapshot, trunk string, roles []agent.Role, typed string) (Destination, error) {
	number := normalised(typed)
	if number == "" {
		return Destination{}, ErrMalformed
	}
	if l, known := ownLine(set, number); known {
		return toLine(set, l)
	}
	digits := dialled(number)
	switch {
	case !set.Policies.Transfers.DialPlan.Permits(roles, digits):
		return Destination{}, ErrNotPermitted
	case trunk == "":
		return Destination{}, ErrNoRoute
	}
	return Destination{
		Kind: Number, Key: number.Full(), Title: number.Full(), Routes: []string{endpoint(digits, trunk)},
		Ring: set.Policies.Transfers.Ring.Duration(),
	}, nil
}

// normalised is the number that was typed, "" when it is none. A plus sign stands before a country code and nowhere
// else.
func normalised(typed string) caller.Number {
	if strings.LastIndexByte(typed, '+') > 0 {
		return ""
	}
	return caller.Parse(typed)
}

// dialled is the number as it goes into the trunk.
func dialled(n caller.Number) string {
	if abroad, ok := strings.CutPrefix(n.Full(), "+"); ok {
		return "00" + abroad
	}
	return n.Full()
}

// ownLine finds the line of ours that a number is, however its own number is written in the list.
func ownLine(set settings.Snapshot, n caller.Number) (directory.Line, bool) {
	if l, known := set.Lines.Lookup(n.Full()); known {
		return l, true
	}
	lines := set.Lines.Lines()
	i := slices.IndexFunc(lines, func(l directory.Line) bool { return caller.Parse(l.DNIS) == n })
	if i < 0 {
		return directory.Line{}, false
	}
	return lines[i], true
}
