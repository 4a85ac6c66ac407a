// Package abuse is what agents note of abusive calls: marks, warnings and logged hang-ups, and when the last are allowed.
package abuse

import (
	"slices"
	"time"
)

// Kind is what was wrong with a call.
type Kind string

// The kinds of mark.
const (
	Abusive     Kind = "abuse"        // 辱骂
	Vulgar      Kind = "vulgar"       // 低俗
	Harassment  Kind = "harassment"   // 骚扰
	Silent      Kind = "silent"       // 静默
	NoRequest   Kind = "no_request"   // 无实际诉求
	FalseReport Kind = "false_report" // 虚假举报
	Occupying   Kind = "occupying"    // 长时间占线
)

// Kinds are all there are.
var Kinds = []Kind{Abusive, Vulgar, Harassment, Silent, NoRequest, FalseReport, Occupying}

// Known says whether a mark may have the kind.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Act is what was done.
type Act string

// The acts.
const (
	Marked Act = "mark"
	Played Act = "warning_played" // a prompt warned the caller
	Said   Act = "warning_said"   // the agent says that he warned him
	HungUp Act = "hang_up"        // 记录后挂断
)

// MaxNote is the longest note, in characters.
const MaxNote = 500

// Entry is one act on a call. It names no number: the call does.
type Entry struct {
	ID    string    `json:"id"` // ULID: written twice, it is one row
	Call  string    `json:"call"`
	Agent string    `json:"agent"` // agent_no
	Act   Act       `json:"act"`
	Kind  Kind      `json:"kind"` // of a mark and a hang-up
	Note  string    `json:"note"`
	At    time.Time `json:"at"`

	Withdrawn bool `json:"withdrawn"` // a slip, or a warning that was not heard
}

// Warning tells whether the caller was warned.
func (e Entry) Warning() bool { return !e.Withdrawn && (e.Act == Played || e.Act == Said) }

// InRecording is how far into a conversation's recording an instant is, which begins with the conversation and ends
// with it (zero: goes on); ok is false for one outside, such as a mark made in wrap-up.
func InRecording(at, talking, ended time.Time) (into time.Duration, ok bool) {
	if talking.IsZero() || at.Before(talking) || !ended.IsZero() && at.After(ended) {
		return 0, false
	}
	return at.Sub(talking), true
}
