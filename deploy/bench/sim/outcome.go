package sim

import "time"

// Outcome is how a day went.
type Outcome struct {
	Answered, Within15 int
	Busy, Staffed      time.Duration
	Calls              int
	Forecasts          int
	Off, OffLES        time.Duration // sums of absolute errors of the forecasts
	Longest            time.Duration // that anybody waited who was answered
	Queues             map[string]*Share
	Faults             int // events that no agent could have: the simulation is wrong when there are any
}

// Share is how the callers of one queue fared.
type Share struct{ Calls, Answered int }

// WorstQueue is the answer rate of the queue that fared worst.
func (o Outcome) WorstQueue() float64 {
	worst := 1.0
	for _, s := range o.Queues {
		worst = min(worst, float64(s.Answered)/float64(max(1, s.Calls)))
	}
	return worst
}

// AnswerRate is the share of callers who were answered.
func (o Outcome) AnswerRate() float64 { return float64(o.Answered) / float64(o.Calls) }

// NSecondRate is the share of callers who were answered within 15 s, their ringing included.
func (o Outcome) NSecondRate() float64 { return float64(o.Within15) / float64(o.Calls) }

// Occupancy is the share of their time in which agents were called, talked or wrapped up.
func (o Outcome) Occupancy() float64 { return o.Busy.Seconds() / o.Staffed.Seconds() }
