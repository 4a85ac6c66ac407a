package figures

import (
	"time"

	"hotline/agent"
	"hotline/gateway/call"
)

// Sum adds up calls and agents' time. It is made by NewSum. Sums of the same settings can be merged, in any order and
// grouping, with the same end; they are compared with ==.
type Sum struct {
	set Settings

	calls, offered, inRate, answered, within int
	abandoned, kept, greeting                int
	lost                                     [7]int // by place in Reasons
	waitAnswered, waitLongest                time.Duration
	talk, hold, wrap                         time.Duration
	repeats, numbered                        int
	direct, handedOn                         int
	ratings                                  [6]int
	busy, ready                              time.Duration
}

// NewSum is an empty sum.
func NewSum(set Settings) Sum { return Sum{set: set} }

// Add counts one call that has ended. One that has not is left out.
func (s *Sum) Add(c Call) {
	c = c.normal()
	if c.Result != "" {
		s.add(&c, s.set.judge(&c))
	}
}

func (s *Sum) add(c *Call, v Verdict) {
	s.calls++
	s.kept += one(c.Result == call.CallbackKept)
	s.greeting += one(c.Result == call.AbandonedGreeting)
	if !v.Offered {
		return
	}
	s.offered++
	s.inRate += one(v.InRate)
	s.waitLongest = max(s.waitLongest, v.Wait)
	s.numbered += one(c.Number != "")
	s.repeats += one(v.Repeat)
	if v.Answered {
		s.addAnswered(c, v)
		return
	}
	s.abandoned += one(v.Abandoned)
	for i, r := range Reasons {
		s.lost[i] += one(r == v.Lost)
	}
}

func (s *Sum) addAnswered(c *Call, v Verdict) {
	s.answered++
	s.within += one(v.Within)
	s.waitAnswered += v.Wait
	s.talk += v.Talk
	s.hold += c.Hold
	s.wrap += c.Wrap
	s.direct += one(c.Request == Direct)
	s.handedOn += one(c.Request == HandedOn)
	if c.Rating >= 1 && c.Rating <= 5 {
		s.ratings[c.Rating]++
	}
}

// AddTime counts how long an agent was in a state. Offered, in conversation, holding and wrapping up he is busy; ready
// he is not; not ready, resting or signed out he does not count.
func (s *Sum) AddTime(state agent.State, d time.Duration) {
	switch state {
	case agent.Reserved, agent.Talking, agent.Held, agent.WrapUp:
		s.busy += d
	case agent.Ready:
		s.ready += d
	}
}

// Merge adds what another sum of the same settings has.
func (s *Sum) Merge(o Sum) {
	s.calls += o.calls
	s.offered += o.offered
	s.inRate += o.inRate
	s.answered += o.answered
	s.within += o.within
	s.abandoned += o.abandoned
	s.kept += o.kept
	s.greeting += o.greeting
	for i, n := range o.lost {
		s.lost[i] += n
	}
	s.waitAnswered += o.waitAnswered
	s.waitLongest = max(s.waitLongest, o.waitLongest)
	s.talk += o.talk
	s.hold += o.hold
	s.wrap += o.wrap
	s.repeats += o.repeats
	s.numbered += o.numbered
	s.direct += o.direct
	s.handedOn += o.handedOn
	for i, n := range o.ratings {
		s.ratings[i] += n
	}
	s.busy += o.busy
	s.ready += o.ready
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
