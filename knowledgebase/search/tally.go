package search

import "maps"

// A tally counts terms and can be read while a newer one is made of it: levels are never changed, each is more than
// twice the size of the next.
type tally []map[term]int

// of is how often a term was counted.
func (y tally) of(t term) int {
	n := 0
	for _, level := range y {
		n += level[t]
	}
	return n
}

// plus is the tally with more counted. It keeps more.
func (y tally) plus(more map[term]int) tally {
	if len(more) == 0 {
		return y
	}
	next := append(tally(nil), y...)
	for len(next) > 0 && len(next[len(next)-1]) <= 2*len(more) {
		last := maps.Clone(next[len(next)-1])
		for t, n := range more {
			if last[t] += n; last[t] == 0 {
				delete(last, t)
			}
		}
		next, more = next[:len(next)-1], last
	}
	if len(more) == 0 {
		return next
	}
	return append(next, more)
}
