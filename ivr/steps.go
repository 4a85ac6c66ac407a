package ivr

import (
	"strings"
	"time"
)

// enter begins a step. Flows are bounded here: who came through too many steps, by a loop or by keying without end,
// gets a human.
func (s *Session) enter(now time.Time, name string) {
	step, known := s.flow.Steps[name]
	s.visits++
	if !known || s.visits > max(1, s.flow.Visits) {
		s.finish(Action{Verb: DoQueue, Name: s.flow.Finally})
		return
	}
	s.at, s.step = name, step
	s.tries, s.round, s.keyed, s.waitBy = 0, 0, "", time.Time{}
	switch step.Kind {
	case Bulletin:
		var prompts []string
		if s.facts.Bulletins != nil {
			prompts = s.facts.Bulletins(step.Queue)
		}
		s.say(now, prompts, promptLimit+bulletinLimit*time.Duration(len(prompts)))
	case LookUp:
		s.lookUps++
		s.pending, s.arrived, s.answer = true, nil, nil
		s.waitBy = now.Add(step.Timeout)
		s.do(Action{Verb: DoLookUp, N: s.lookUps, Name: step.What, Value: s.values[step.Store]})
		s.say(now, step.Prompts, promptLimit)
	case Set:
		s.values[step.Store] = step.Value
		s.do(Action{Verb: DoSet, Name: step.Store, Value: step.Value})
		s.enter(now, step.Next)
	case ToQueue:
		s.finish(Action{Verb: DoQueue, Name: step.Queue})
	case Silent:
		s.do(Action{Verb: DoListen})
		s.sayRound(now)
	default:
		s.say(now, step.Prompts, promptLimit)
	}
}

// leave stops what sounds and goes on.
func (s *Session) leave(now time.Time, name string) {
	s.quiet()
	s.enter(now, name)
}

// spoken is what follows when all of a step's prompts were heard.
func (s *Session) spoken(now time.Time) {
	switch s.step.Kind {
	case Play, Bulletin:
		s.enter(now, s.step.Next)
	case Menu, Digits:
		s.await(now)
	case LookUp:
		if s.arrived != nil {
			s.useAnswer(now)
			return
		}
		s.fill()
	case End:
		s.finish(Action{Verb: DoEnd, Result: s.step.Result})
	case Silent:
		if s.round >= len(s.step.Prompts)-1 {
			s.finish(Action{Verb: DoEnd, Result: SilentCall})
			return
		}
		s.waitBy = now.Add(s.step.Timeout)
	}
}

// await waits for a key, with music.
func (s *Session) await(now time.Time) {
	s.fill()
	s.waitBy = now.Add(s.step.Timeout)
}

// waited is what follows when the wait is over and nothing came.
func (s *Session) waited(now time.Time) {
	switch s.step.Kind {
	case Menu:
		s.again(now, nil)
	case Digits:
		s.keysDone(now)
	case LookUp:
		s.pending = false
		s.leave(now, s.step.Otherwise)
	case Silent:
		s.round++
		s.sayRound(now)
	}
}

// again repeats a question, or gives up asking.
func (s *Session) again(now time.Time, first []string) {
	s.quiet()
	s.waitBy = time.Time{}
	s.keyed = ""
	s.tries++
	if s.tries >= s.step.Tries {
		s.enter(now, s.step.Otherwise)
		return
	}
	s.say(now, append(append([]string(nil), first...), s.step.Prompts...), promptLimit)
}

func (s *Session) sayRound(now time.Time) {
	if s.round < len(s.step.Prompts) {
		s.say(now, s.step.Prompts[s.round:s.round+1], promptLimit)
		return
	}
	s.finish(Action{Verb: DoEnd, Result: SilentCall})
}

// key takes a key; one that means nothing in the step is not an event at all.
func (s *Session) key(now time.Time, key string) {
	if len(key) != 1 || !strings.Contains("0123456789*#", key) {
		return
	}
	switch s.step.Kind {
	case Menu:
		if next, ok := s.step.Keys[key]; ok {
			s.leave(now, next)
			return
		}
		s.again(now, s.step.Invalid)
	case Digits:
		s.digit(now, key)
	case Silent:
		s.leave(now, s.step.Heard)
	}
}

func (s *Session) digit(now time.Time, key string) {
	switch key {
	case "#":
		s.keysDone(now)
		return
	case "*":
		s.again(now, nil)
		return
	}
	s.quiet()
	s.keyed += key
	if len(s.keyed) >= s.step.Max {
		s.keysDone(now)
		return
	}
	s.await(now)
}

// keysDone takes what was keyed when it is enough.
func (s *Session) keysDone(now time.Time) {
	switch {
	case len(s.keyed) >= s.step.Min:
		s.values[s.step.Store] = s.keyed
		s.leave(now, s.step.Next)
	case s.keyed == "":
		s.again(now, nil)
	default:
		s.again(now, s.step.Invalid)
	}
}

// answered takes a look-up's answer; a prompt that asks for patience is heard to its end first.
func (s *Session) answered(now time.Time, e Event) {
	if s.step.Kind != LookUp || !s.pending || e.N != s.lookUps {
		return
	}
	s.pending, s.arrived, s.waitBy = false, &e, time.Time{}
	if s.player.by.IsZero() {
		s.useAnswer(now)
	}
}

func (s *Session) useAnswer(now time.Time) {
	e := s.arrived
	s.arrived = nil
	next, ok := s.step.Answers[e.Result]
	if !ok {
		next = s.step.Otherwise
	}
	s.answer = e.Say
	s.enter(now, next)
}
