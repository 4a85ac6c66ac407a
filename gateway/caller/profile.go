package caller

import (
	"slices"
	"time"
)

// Profile is what is known of a caller from before this call.
type Profile struct {
	Tags     []Tag     // in the order of Tags
	Counts   Counts    // of his calls before this one
	Requests []Request // the open ones first, then the latest; at most MostRequests
}

// Limits of a profile.
const (
	MostCounted  = 1000 // more calls than this in 30 days are shown as so many
	MostRequests = 20
)

// Counts are how many calls of a number came within the last hours and days, each at most MostCounted.
type Counts struct {
	Hours24 int `json:"hours_24"`
	Hours48 int `json:"hours_48"`
	Days7   int `json:"days_7"`
	Days30  int `json:"days_30"`
}

// Within are the calls of the last 1, 2, 7 or 30 days; other numbers of days count as the next longer.
func (c Counts) Within(days int) int {
	switch {
	case days <= 1:
		return c.Hours24
	case days <= 2:
		return c.Hours48
	case days <= 7:
		return c.Days7
	}
	return c.Days30
}

// Tag is something people noted of a caller.
type Tag string

// The tags.
const (
	Disabled   Tag = "disabled"   // is served sooner
	Elderly    Tag = "elderly"    // is served sooner
	Enterprise Tag = "enterprise" // calls for a company
	Nuisance   Tag = "nuisance"   // a supervisor's judgement, shown and nothing more
)

// Tags are all there are, in the order in which they are shown.
var Tags = []Tag{Elderly, Disabled, Enterprise, Nuisance}

// Known says whether there is such a tag.
func (t Tag) Known() bool { return slices.Contains(Tags, t) }

// With is a list of tags with or without one, in the order of Tags.
func With(tags []Tag, t Tag, on bool) []Tag {
	with := []Tag{}
	for _, one := range Tags {
		if one == t && on || one != t && slices.Contains(tags, one) {
			with = append(with, one)
		}
	}
	return with
}

// RequestState is how far a request is.
type RequestState string

// The states of a request.
const (
	Open     RequestState = "open"     // being worked on
	Answered RequestState = "answered" // the caller has an answer, and may object
	Closed   RequestState = "closed"   // done
	Final    RequestState = "final"    // closed finally: without new evidence it is not taken up again
)

// RequestStates are all there are.
var RequestStates = []RequestState{Open, Answered, Closed, Final}

// Request is one request of a caller, as the system that works on it says.
type Request struct {
	OrderNo   string       `json:"order_no"`
	Title     string       `json:"title"`
	Kind      string       `json:"kind"`
	Unit      string       `json:"unit"` // that is responsible
	State     RequestState `json:"state" jsonschema:"enum=open,enum=answered,enum=closed,enum=final"`
	Answer    string       `json:"answer"` // what he was told
	Basis     string       `json:"basis"`  // of a final one: why it is
	MadeAt    time.Time    `json:"made_at"`
	ChangedAt time.Time    `json:"changed_at"`
}
