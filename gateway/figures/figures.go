// Package figures says what every figure of the hotline means, in one place: the screens, the reports, the exports and
// the metrics all count with it. A figure is computed from the raw times of calls that have ended; where the rules
// leave a choice the choice is a setting, and is told beside the figure.
//
// A Call is the facts about one call. Settings.Judge says what they mean, a Sum adds calls up, a Table has one Sum for
// each line, queue, agent, five minutes or day, and Live keeps the calls of the last hours for screens and metrics. List
// names every figure with its label, its unit and its definition in words.
//
// Times count in whole microseconds, as PostgreSQL keeps them, so that what was counted as it happened agrees with
// what is counted from the tables, to the call.
//
// The package is pure: no clock, no goroutine, no input or output. Nothing in it may be used by two goroutines at once.
package figures

import (
	"errors"
	"fmt"
	"time"
)

// Clock is where a caller's wait begins to count.
type Clock string

// The clocks.
const (
	FromArrival Clock = "arrived" // as the call arrives: the greeting counts
	FromQueue   Clock = "queued"  // as he begins to wait for an agent
)

// Denominator is what the rates are out of.
type Denominator string

// The denominators.
const (
	AllOffered   Denominator = "offered"
	WithoutShort Denominator = "offered_without_short_abandons"
)

// Settings are the choices that the rules leave open. They are comparable.
type Settings struct {
	AnswerWithin time.Duration // the N of the N-second rate; a wait of exactly N is within
	ClockStart   Clock
	Denominator  Denominator
	ShortAbandon time.Duration // who hangs up after less than this is a short abandon; 0: nobody is
	RepeatWithin time.Duration // a caller who called before within this is a repeat; at most MaxRepeat
	SatisfiedTo  int           // ratings from 1 (very satisfied) to this one are satisfied
}

// MaxRepeat is the longest time after which a call can still count as a repeat.
const MaxRepeat = 7 * 24 * time.Hour

// Default is what GB/T 33358 asks for (15 s), and the usual choices where it says nothing.
func Default() Settings {
	return Settings{
		AnswerWithin: 15 * time.Second, ClockStart: FromQueue, Denominator: AllOffered,
		ShortAbandon: 5 * time.Second, RepeatWithin: 24 * time.Hour, SatisfiedTo: 3,
	}
}

// Check says what is wrong with settings that a person has written.
func (s Settings) Check() error {
	var faults []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	refuse(s.AnswerWithin < time.Second || s.AnswerWithin > 10*time.Minute, "answer within %v: want 1 s to 10 min", s.AnswerWithin)
	refuse(s.ClockStart != FromArrival && s.ClockStart != FromQueue, "clock start %q: want arrived or queued", s.ClockStart)
	refuse(s.Denominator != AllOffered && s.Denominator != WithoutShort,
		"denominator %q: want offered or offered_without_short_abandons", s.Denominator)
	refuse(s.ShortAbandon < 0 || s.ShortAbandon > time.Minute, "short abandon %v: want 0 to 1 min", s.ShortAbandon)
	refuse(s.RepeatWithin < time.Minute || s.RepeatWithin > MaxRepeat, "repeat within %v: want 1 min to 7 days", s.RepeatWithin)
	refuse(s.SatisfiedTo < 1 || s.SatisfiedTo > 4, "satisfied to %d: want 1 to 4", s.SatisfiedTo)
	return errors.Join(faults...)
}
