package ivr

import (
	"maps"
	"time"
)

// Session is one caller's walk through a flow. Start makes one. It is not safe for concurrent use.
type Session struct {
	flow  *Flow
	facts Facts

	at     string // name of the step
	step   Step
	visits int
	tries  int    // of the step
	round  int    // of Silent: which prompt
	keyed  string // of Digits
	values map[string]string

	player   player
	music    bool
	waitBy   time.Time // for keys, an answer or a voice
	lookUps  int       // asked so far
	pending  bool      // the last look-up is not answered
	arrived  *Event    // an answer that waits for the prompt to end
	answer   []string  // what the last answer says
	served   bool
	began    bool
	over     bool
	out      []Action
	endedHow Action
}

// Start makes a session; it does nothing before its Begin event.
func Start(flow *Flow, facts Facts) *Session {
	return &Session{flow: flow, facts: facts, values: map[string]string{}}
}

// Step takes what happened at now and returns what is to be done, in this order.
func (s *Session) Step(now time.Time, e Event) []Action {
	s.out = nil
	switch {
	case s.over:
	case e.Kind == Begin:
		if !s.began {
			s.began = true
			s.enter(now, s.flow.First)
		}
	case !s.began:
	default:
		s.happen(now, e)
	}
	return s.out
}

func (s *Session) happen(now time.Time, e Event) {
	switch e.Kind {
	case PromptEnded:
		if s.player.is(e.N) {
			s.promptEnded(now)
		}
	case PlayFailed:
		if s.player.is(e.N) {
			s.playFailed(now)
		}
	case Key:
		s.key(now, e.Key)
	case Speech:
		if s.step.Kind == Silent {
			s.leave(now, s.step.Heard)
		}
	case Answer:
		s.answered(now, e)
	case Timeout:
		s.timeout(now)
	}
}

// timeout looks which of the two that Wake may have meant has come.
func (s *Session) timeout(now time.Time) {
	if s.player.overdue(now) { // its end was lost
		s.promptEnded(now)
		return
	}
	if !s.waitBy.IsZero() && !now.Before(s.waitBy) {
		s.waitBy = time.Time{}
		s.waited(now)
	}
}

// Wake is when the session wants a Timeout event; zero when it is over or has not begun.
func (s *Session) Wake() time.Time {
	prompt, wait := s.player.by, s.waitBy
	if prompt.IsZero() || !wait.IsZero() && wait.Before(prompt) {
		return wait
	}
	return prompt
}

// Over tells whether the session ended: its last action was DoQueue or DoEnd.
func (s *Session) Over() bool { return s.over }

// Outcome is the action a session ended with.
func (s *Session) Outcome() Action { return s.endedHow }

// Served tells whether the caller was told what he asked for. If he hangs up now, his call is SelfServed.
func (s *Session) Served() bool { return s.served }

// At names the step the caller is in, for the screen and the log.
func (s *Session) At() string { return s.at }

// Values are what was set and keyed so far, by name.
func (s *Session) Values() map[string]string { return maps.Clone(s.values) }

// Hears is what the caller hears: "prompt", "music", "quiet" in the waits of the silent-call routine, "" when the
// session is over or has not begun. "silence" is a fault that tests look for.
func (s *Session) Hears() string {
	switch {
	case !s.began || s.over:
		return ""
	case s.player.n != 0 && !s.player.by.IsZero():
		return "prompt"
	case s.music:
		return "music"
	case s.step.Kind == Silent && !s.waitBy.IsZero():
		return "quiet"
	}
	return "silence"
}

func (s *Session) do(a Action) { s.out = append(s.out, a) }

func (s *Session) finish(a Action) {
	s.quiet()
	s.over, s.endedHow, s.waitBy = true, a, time.Time{}
	s.do(a)
}

// fill gives a caller who waits something to hear.
func (s *Session) fill() {
	if !s.music {
		s.music = true
		s.do(Action{Verb: DoMusic})
	}
}
