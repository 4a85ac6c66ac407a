package flow

import (
	"maps"
	"slices"
	"testing"
	"time"

	"hotline/ivr"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// walkThrough plays a caller who keys the given keys, each when he is asked, and then nothing more; look-ups answer
// found. It returns all that was played and how it ended.
func walkThrough(t *testing.T, f *ivr.Flow, keys []string) (heard []string, end ivr.Action, set map[string]string) {
	t.Helper()
	s := ivr.Start(f, ivr.Facts{
		Greeting: []string{"greeting_12345"}, Recorded: true,
		Bulletins: func(queue string) []string { return []string{"bulletin_for_" + queue} },
	})
	now := epoch
	e := ivr.Event{Kind: ivr.Begin}
	for range 2000 {
		actions := s.Step(now, e)
		for _, a := range actions {
			heard = append(heard, a.Prompts...)
			switch a.Verb {
			case ivr.DoPlay:
				e = ivr.Event{Kind: ivr.PromptEnded, N: a.N}
			case ivr.DoMusic:
				e = ivr.Event{Kind: ivr.Timeout}
			}
		}
		if s.Over() {
			return heard, s.Outcome(), s.Values()
		}
		if s.Hears() == "silence" || s.Wake().IsZero() {
			t.Fatalf("step %s: caller hears %q, wakes at %v", s.At(), s.Hears(), s.Wake())
		}
		now, e = next(s, now, e, &keys)
	}
	t.Fatalf("the caller is still in step %s", s.At())
	return nil, ivr.Action{}, nil
}

// next is what happens next: what sounds ends, or the caller keys, or the wait is over.
func next(s *ivr.Session, now time.Time, e ivr.Event, keys *[]string) (time.Time, ivr.Event) {
	if s.Hears() == "prompt" && e.Kind == ivr.PromptEnded {
		return now.Add(time.Second), e
	}
	if len(*keys) > 0 && s.Hears() == "music" {
		key := (*keys)[0]
		*keys = (*keys)[1:]
		if key == "found" {
			return now, ivr.Event{Kind: ivr.Answer, N: 1, Result: ivr.Found, Say: []string{"progress_handling"}}
		}
		return now, ivr.Event{Kind: ivr.Key, Key: key}
	}
	return s.Wake(), ivr.Event{Kind: ivr.Timeout}
}

func TestShippedFlowsLeadWhereTheySay(t *testing.T) {
	t.Parallel()
	if got := slices.Sorted(maps.Keys(Shipped())); !slices.Equal(got, []string{Default, Enterprise, Language, Progress, Silent}) {
		t.Errorf("shipped: %v", got)
	}
	for _, c := range []struct {
		flow  string
		keys  []string
		heard []string
		end   string
	}{
		{Default, nil, []string{"greeting_12345", "recording_notice", "bulletin_for_"}, "queue"},
		{Language, nil, []string{"language_menu", "language_menu_en", "bulletin_for_"}, "queue"},
		{Language, []string{"2"}, []string{"language_menu"}, "queue language"},
		{Enterprise, []string{"1"}, []string{"enterprise_menu", "bulletin_for_enterprise"}, "queue enterprise"},
		{Enterprise, nil, []string{"enterprise_menu", "bulletin_for_"}, "queue"},
		{Progress, []string{"1", "1", "2", "3", "4", "#", "found"}, []string{"progress_ask_number", "progress_searching", "progress_result", "progress_handling", "closing_thanks"}, "end self_served"},
		{Progress, []string{"1", "1", "2", "3", "4", "#"}, []string{"progress_searching", "progress_unavailable"}, "queue"},
		{Progress, []string{"0"}, nil, "queue"},
		{Silent, nil, []string{"silent_1", "silent_2", "silent_closing"}, "end silent_call"},
	} {
		heard, end, _ := walkThrough(t, Shipped()[c.flow], c.keys)
		if end.String() != c.end {
			t.Errorf("%s after %v: %s, want %s", c.flow, c.keys, end, c.end)
		}
		at := 0
		for _, name := range c.heard {
			i := slices.Index(heard[at:], name)
			if i < 0 {
				t.Errorf("%s after %v: %s is not heard in its turn: %v", c.flow, c.keys, name, heard)
				break
			}
			at += i + 1
		}
	}
}

// The default has no menu: nothing that waits for a key.
func TestTheDefaultFlowAsksNothing(t *testing.T) {
	t.Parallel()
	for name, step := range Shipped()[Default].Steps {
		if step.Kind == ivr.Menu || step.Kind == ivr.Digits {
			t.Errorf("step %s asks for keys", name)
		}
	}
}
