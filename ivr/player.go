package ivr

import (
	"slices"
	"time"
)

// How long the end of a playback may take to be reported before it is taken for lost.
const (
	promptLimit   = 60 * time.Second
	bulletinLimit = 150 * time.Second // 500 characters slowly read
)

// player is the list of prompts that sounds now.
type player struct {
	n        int       // counts the playbacks; the last one sounds while by is set
	by       time.Time // its end is reported by then
	sounding []string
	rest     []string // follow one by one, after a list failed
	fellBack bool     // the fallback was heard, or tried, for this list
	limit    time.Duration
}

func (p *player) is(n int) bool { return n == p.n && !p.by.IsZero() }

func (p *player) overdue(now time.Time) bool { return !p.by.IsZero() && !now.Before(p.by) }

// say plays a list; an empty one is over at once.
func (s *Session) say(now time.Time, prompts []string, limit time.Duration) {
	prompts = s.resolve(prompts)
	s.player = player{n: s.player.n, limit: limit}
	if len(prompts) == 0 {
		s.spoken(now)
		return
	}
	s.sound(now, prompts)
}

func (s *Session) sound(now time.Time, prompts []string) {
	s.music = false
	s.player.n++
	s.player.by = now.Add(s.player.limit)
	s.player.sounding = prompts
	s.do(Action{Verb: DoPlay, N: s.player.n, Prompts: prompts})
}

func (s *Session) promptEnded(now time.Time) {
	s.player.by = time.Time{}
	s.playRest(now)
}

// playRest goes on with a list that is played one by one.
func (s *Session) playRest(now time.Time) {
	if len(s.player.rest) == 0 {
		s.spoken(now)
		return
	}
	next := s.player.rest[0]
	s.player.rest = s.player.rest[1:]
	s.sound(now, []string{next})
}

// playFailed cannot know which of a list failed: what was heard of it is heard once more.
func (s *Session) playFailed(now time.Time) {
	p := &s.player
	p.by = time.Time{}
	switch {
	case len(p.sounding) > 1:
		p.rest = p.sounding
		s.playRest(now)
	case !p.fellBack && s.flow.Fallback != "" && p.sounding[0] != s.flow.Fallback:
		p.fellBack = true
		s.sound(now, []string{s.flow.Fallback})
	default:
		s.playRest(now)
	}
}

// quiet stops the prompt, if one sounds.
func (s *Session) quiet() {
	if !s.player.by.IsZero() {
		s.player.by, s.player.rest = time.Time{}, nil
		s.do(Action{Verb: DoStop})
	}
}

// resolve puts prompts in the place of what stands for them.
func (s *Session) resolve(prompts []string) []string {
	var names []string
	for _, p := range prompts {
		switch p {
		case TheGreeting:
			names = append(names, s.facts.Greeting...)
		case TheTransition:
			names = append(names, s.facts.Transition)
		case TheNotice:
			if s.facts.Recorded {
				names = append(names, RecordingNotice)
			}
		case TheAnswer:
			names = append(names, s.answer...)
			s.served = s.served || len(s.answer) > 0
		default:
			names = append(names, p)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}
