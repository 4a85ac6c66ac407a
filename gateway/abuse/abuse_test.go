package abuse

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var talking = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func TestALoggedHangUpHasItsConditions(t *testing.T) {
	t.Parallel()
	allowed := Rule{HangUp: true, Warnings: 1, Least: 30 * time.Second}
	warned := []Entry{{Act: Marked, Kind: Abusive}, {Act: Played}}
	for name, c := range map[string]struct {
		rule Rule
		done []Entry
		kind Kind
		note string
		at   time.Duration
		want error
	}{
		"all there":             {allowed, warned, Abusive, "骂人", 30 * time.Second, nil},
		"said is warned too":    {allowed, []Entry{{Act: Said}}, Occupying, "占线", time.Minute, nil},
		"policy off":            {Rule{}, warned, Abusive, "骂人", time.Hour, ErrNotAllowed},
		"no reason":             {allowed, warned, "", "骂人", time.Hour, ErrKind},
		"a reason of his own":   {allowed, warned, "rude", "骂人", time.Hour, ErrKind},
		"no note":               {allowed, warned, Abusive, " \n", time.Hour, ErrNote},
		"too long a note":       {allowed, warned, Abusive, strings.Repeat("骂", MaxNote+1), time.Hour, ErrNote},
		"not warned":            {allowed, []Entry{{Act: Marked}}, Abusive, "骂人", time.Hour, ErrNotWarned},
		"warned once, want two": {Rule{HangUp: true, Warnings: 2}, warned, Abusive, "骂人", time.Hour, ErrNotWarned},
		"a warning is needed whatever the policy says": {Rule{HangUp: true}, nil, Abusive, "骂人", time.Hour, ErrNotWarned},
		"a second too soon":                            {allowed, warned, Abusive, "骂人", 29 * time.Second, ErrTooSoon},
	} {
		if got := c.rule.Check(talking.Add(c.at), talking, c.done, c.kind, c.note); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := allowed.Check(talking, time.Time{}, warned, Abusive, "骂人"); !errors.Is(got, ErrTooSoon) {
		t.Errorf("before the conversation: %v", got)
	}
}

func TestAMarkHasItsPlaceInTheRecording(t *testing.T) {
	t.Parallel()
	ended := talking.Add(time.Minute)
	for _, c := range []struct {
		at   time.Duration
		end  time.Time
		want time.Duration
		ok   bool
	}{
		{10 * time.Second, time.Time{}, 10 * time.Second, true},
		{10 * time.Second, ended, 10 * time.Second, true},
		{61 * time.Second, ended, 0, false}, // in wrap-up
		{-time.Second, time.Time{}, 0, false},
	} {
		if into, ok := InRecording(talking.Add(c.at), talking, c.end); into != c.want || ok != c.ok {
			t.Errorf("%s: %s %t", c.at, into, ok)
		}
	}
}
