package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// hearing says for each party of a test whom he hears: the parties named and none of the others of it. What he hears
// besides their tones, such as music, does not matter.
type hearing map[*party][]*party

const settled = 5 // windows on end that make a hearing true

// now waits until it is true of the last half second for everybody at once, and returns how long that took since its
// call. Fails, with what each heard, when it takes longer than within.
func (h hearing) now(t *testing.T, within time.Duration) time.Duration {
	t.Helper()
	began := time.Now()
	return until(t, "hearing", within+settled*windowLength, func() bool {
		to := time.Now().Add(-windowLength)
		from := to.Add(-settled * windowLength)
		return from.After(began) && h.true(from, to)
	}, func() string { return h.report(began, time.Now()) })
}

// always fails when it was not true of everybody, without a break of more than a quarter of a second, between two times.
func (h hearing) always(t *testing.T, from, to time.Time) {
	t.Helper()
	wrong := 0
	for at := from; !at.Add(windowLength).After(to); at = at.Add(windowLength) {
		if wrong++; h.true(at, at.Add(windowLength)) {
			wrong = 0
		}
		if wrong == 3 {
			t.Errorf("not all along, amiss at %v: %s", at.Sub(from), h.report(from, to))
			return
		}
	}
}

// true tells whether it is so in every window between two times.
func (h hearing) true(from, to time.Time) bool {
	for p, whom := range h {
		for _, w := range p.heard(from, to) {
			for other := range h {
				if other != p && w.has(other.tone) != slices.Contains(whom, other) {
					return false
				}
			}
		}
	}
	return true
}

func (h hearing) report(from, to time.Time) string {
	var lines []string
	for _, p := range slices.SortedFunc(maps.Keys(h), func(a, b *party) int { return int(a.tone - b.tone) }) {
		var whom []byte
		for _, other := range h[p] {
			whom = append(whom, tones[other.tone])
		}
		lines = append(lines, fmt.Sprintf("%c should hear %q, heard %s: %s", tones[p.tone], whom, p.summary(from, to), p.share(h, from, to)))
	}
	return "\n  " + strings.Join(lines, "\n  ")
}

// share tells in how many windows a party heard each of the others, such as "A 12 S 0 of 45".
func (p *party) share(others hearing, from, to time.Time) string {
	windows := p.heard(from, to)
	text := ""
	for _, other := range slices.SortedFunc(maps.Keys(others), func(a, b *party) int { return int(a.tone - b.tone) }) {
		n := 0
		for _, w := range windows {
			if w.has(other.tone) {
				n++
			}
		}
		text += fmt.Sprintf("%c %d ", tones[other.tone], n)
	}
	return fmt.Sprintf("%sof %d", text, len(windows))
}

// hears tells whether a party heard a tone, alone or among others, all the time from since to until.
func hears(p *party, f tone, since, until time.Time) bool {
	heard := p.heard(since, until)
	return len(heard) > 0 && !slices.ContainsFunc(heard, func(w window) bool { return !w.has(f) })
}
