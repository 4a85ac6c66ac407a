package figures

import (
	"time"

	"hotline/gateway/call"
)

// Reason is why a caller who asked for a human did not reach one (呼损).
type Reason string

// The reasons. Each lost call has exactly one, so that they add up to offered minus answered.
const (
	NoAgent      Reason = "no_agent"      // nobody who could serve him was signed in
	Timeout      Reason = "timeout"       // he waited as long as the queue lets one wait and was sent elsewhere
	Full         Reason = "full"          // the queue was full as he came
	Gone         Reason = "abandoned"     // he hung up
	ShortAbandon Reason = "short_abandon" // he hung up almost at once
	NotAnswered  Reason = "not_answered"  // he was offered, and no agent took him before he hung up or was sent elsewhere
	System       Reason = "system"        // a part of the system failed him
)

// Reasons are all reasons in the order they are shown.
var Reasons = []Reason{NoAgent, Timeout, Full, Gone, ShortAbandon, NotAnswered, System}

// Verdict is what a call counts as.
type Verdict struct {
	Offered   bool          // he asked for a human
	InRate    bool          // he is in the denominator of the rates
	Answered  bool          // and reached one
	Within    bool          // in time
	Abandoned bool          // he hung up while he waited, short abandons included
	Lost      Reason        // empty unless offered and not answered
	Wait      time.Duration // until the agent, the overflow or the end; 0 unless offered
	Talk      time.Duration // conversation, hold included
	Repeat    bool          // the same number called before
}

// Judge is the definition of every count: all figures are sums of it.
func (s Settings) Judge(c Call) Verdict {
	c = c.normal()
	return s.judge(&c)
}

// judge is Judge of a call in whole microseconds.
func (s *Settings) judge(c *Call) Verdict {
	v := Verdict{Answered: c.Result == call.Answered}
	v.Offered = v.Answered || asked(c)
	if !v.Offered {
		return v
	}
	v.InRate = true
	v.Wait = s.wait(c)
	v.Repeat = !c.LastAt.IsZero() && c.ArrivedAt.Sub(c.LastAt) <= s.RepeatWithin
	if v.Answered {
		v.Within = v.Wait <= s.AnswerWithin
		end := c.ReleasedAt
		if end.IsZero() {
			end = c.EndedAt
		}
		v.Talk = max(0, end.Sub(c.TalkingAt))
		return v
	}
	v.Abandoned = c.Result == call.Abandoned
	v.Lost = s.reason(c, v)
	v.InRate = s.Denominator != WithoutShort || v.Lost != ShortAbandon
	return v
}

// asked tells whether a call that was not answered counts as a request for a human: abandoned in the queue, overflowed
// out, refused entry, or lost by us, who cannot know that he would not have asked. Whoever hung up in the greeting, was
// served by a flow, kept silent or keeps his place for a call-back is counted elsewhere.
func asked(c *Call) bool {
	switch c.Result {
	case call.Abandoned, call.LostSystem, call.OverflowedOut, call.RefusedFull:
		return true
	case call.MessageOnly: // asked for by key it is what he wanted
		return c.Refused || !c.QueuedAt.IsZero()
	}
	return c.Refused
}

// wait is how long he waited, by the clock of the settings.
func (s *Settings) wait(c *Call) time.Duration {
	from, to := c.QueuedAt, c.EndedAt
	if s.ClockStart == FromArrival || from.IsZero() && !c.TalkingAt.IsZero() {
		from = c.ArrivedAt
	}
	switch {
	case !c.TalkingAt.IsZero():
		to = c.TalkingAt
	case !c.OverflowedAt.IsZero():
		to = c.OverflowedAt
	}
	if from.IsZero() { // never let into the queue
		return 0
	}
	return max(0, to.Sub(from))
}

func (s *Settings) reason(c *Call, v Verdict) Reason {
	entered := !c.QueuedAt.IsZero() && !c.OverflowedAt.Equal(c.QueuedAt)
	switch {
	case c.Result == call.LostSystem:
		return System
	case v.Abandoned && v.Wait < s.ShortAbandon:
		return ShortAbandon
	case c.LostWhy != "" && !v.Abandoned:
		return c.LostWhy
	case c.Refused || c.Result == call.RefusedFull || !entered && !v.Abandoned:
		return Full
	case c.FailedOffers > 0:
		return NotAnswered
	case v.Abandoned:
		return Gone
	}
	return Timeout
}
