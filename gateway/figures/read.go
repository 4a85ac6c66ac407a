package figures

import (
	"slices"
	"time"
)

// What a sum tells. A rate or a mean is ok only where there is something to divide by.

// Calls is how many calls ended, whatever became of them.
func (s Sum) Calls() int { return s.calls }

// Offered is 人工请求量: answered, abandoned in the queue, overflowed out, refused entry, and lost by us.
func (s Sum) Offered() int { return s.offered }

// Answered is 人工接通量.
func (s Sum) Answered() int { return s.answered }

// Within is how many were answered in time.
func (s Sum) Within() int { return s.within }

// Abandoned is how many hung up as they waited, short abandons included.
func (s Sum) Abandoned() int { return s.abandoned }

// ShortAbandons is how many of them did so almost at once.
func (s Sum) ShortAbandons() int { return s.Lost(ShortAbandon) }

// GreetingAbandons is how many hung up before they waited for a human.
func (s Sum) GreetingAbandons() int { return s.greeting }

// CallbacksKept is how many left the queue and kept their place for a call-back.
func (s Sum) CallbacksKept() int { return s.kept }

// Lost is how many were lost for one reason.
func (s Sum) Lost(r Reason) int {
	if i := slices.Index(Reasons, r); i >= 0 {
		return s.lost[i]
	}
	return 0
}

// AllLost is 呼损: offered and not answered.
func (s Sum) AllLost() int { return s.offered - s.answered }

// leftOut is how many, all of them short abandons, the rates leave out of both their sides.
func (s Sum) leftOut() int { return s.offered - s.inRate }

// AnswerRate is 接通率.
func (s Sum) AnswerRate() (float64, bool) { return ratio(s.answered, s.inRate) }

// WithinRate is the N-second rate.
func (s Sum) WithinRate() (float64, bool) { return ratio(s.within, s.inRate) }

// AbandonRate is 放弃率.
func (s Sum) AbandonRate() (float64, bool) { return ratio(s.abandoned-s.leftOut(), s.inRate) }

// LossRate is 呼损率.
func (s Sum) LossRate() (float64, bool) { return ratio(s.AllLost()-s.leftOut(), s.inRate) }

// ASA is the mean wait of those who were answered.
func (s Sum) ASA() (time.Duration, bool) { return mean(s.waitAnswered, s.answered) }

// LongestWait is the longest wait of anybody, answered or not.
func (s Sum) LongestWait() time.Duration { return s.waitLongest }

// AHT is the mean of conversation, hold included, and wrap-up.
func (s Sum) AHT() (time.Duration, bool) { return mean(s.talk+s.wrap, s.answered) }

// Talk is the mean conversation, hold included.
func (s Sum) Talk() (time.Duration, bool) { return mean(s.talk, s.answered) }

// Hold is the mean time on hold.
func (s Sum) Hold() (time.Duration, bool) { return mean(s.hold, s.answered) }

// Wrap is the mean wrap-up.
func (s Sum) Wrap() (time.Duration, bool) { return mean(s.wrap, s.answered) }

// Occupancy is the share of agents' time at work that callers took.
func (s Sum) Occupancy() (float64, bool) { return ratio(s.busy, s.busy+s.ready) }

// RepeatRate is the share of callers with a number who had called before.
func (s Sum) RepeatRate() (float64, bool) { return ratio(s.repeats, s.numbered) }

// DirectAnswerRate is the share of requests that agents answered themselves, of those of which that is recorded.
func (s Sum) DirectAnswerRate() (float64, bool) { return ratio(s.direct, s.direct+s.handedOn) }

// Rated is how many callers rated the service.
func (s Sum) Rated() int {
	n := 0
	for _, r := range s.ratings {
		n += r
	}
	return n
}

// Satisfied is the share of them who were satisfied.
func (s Sum) Satisfied() (float64, bool) {
	n := 0
	for i := 1; i <= s.set.SatisfiedTo && i < len(s.ratings); i++ {
		n += s.ratings[i]
	}
	return ratio(n, s.Rated())
}

// Rating is the mean rating, 1 the best.
func (s Sum) Rating() (float64, bool) {
	n := 0
	for i, r := range s.ratings {
		n += i * r
	}
	return ratio(n, s.Rated())
}

func ratio[N int | time.Duration](part, whole N) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

func mean(all time.Duration, n int) (time.Duration, bool) {
	if n == 0 {
		return 0, false
	}
	return all / time.Duration(n), true
}
