package search

import (
	"cmp"
	"math"
	"slices"
)

// A Query is what somebody asks.
type Query struct {
	Text   string
	Spoken bool // it was heard, not typed: sounds count fully, single characters hardly
	Typing bool // the last word may be half written
	Limit  int  // at most MostHits; 0: ten
	Filter Filter
}

// The bounds of one query.
const (
	MostHits  = 100
	usualHits = 10
	maxQuery  = 512 // characters that count
	maxTerms  = 96  // the rarest terms that count
)

// shares say how much each kind of term counts. They were measured: single characters help what is typed and hurt
// what is heard, sounds the other way round.
type shares map[term]float64

var (
	typedShares  = shares{char: 1, pair: 1, sound: 0.1, word: 1, prefix: 0.7, number: 2}
	spokenShares = shares{char: 0.4, pair: 1, sound: 1, word: 1, prefix: 0.7, number: 2}
)

// synonymShare is what a word that means the same counts, beside the one that was said.
const synonymShare = 0.5

// A wanted term is one of a query, with what it is worth: idf and share, times 256.
type wanted struct {
	term  term
	share float64
	idf   uint32
}

// terms returns the terms of a query, each once: a term that is said twice has twice its share.
func (q *Query) terms(s *Synonyms) []wanted {
	of := typedShares
	if q.Spoken {
		of = spokenShares
	}
	var all []wanted
	at := map[term]int{}
	want := func(t term, share float64) {
		if i, known := at[t]; known {
			all[i].share += share
		} else if share > 0 {
			at[t] = len(all)
			all = append(all, wanted{term: t, share: share})
		}
	}
	toks := tokens(nil, q.Text, maxQuery)
	each(toks, false, func(t term) { want(t, of[t.kind()]) })
	for i := range toks {
		if t := &toks[i]; t.han == 0 && !t.number() {
			read := spelled(t.word)
			for j := 1; j < len(read); j++ {
				want(soundTerm(read[j-1], read[j]), 1)
			}
		}
	}
	if n := len(toks); q.Typing && n > 0 && toks[n-1].han == 0 && len(toks[n-1].word) >= shortestPrefix {
		w := toks[n-1].word
		want(wordTerm(prefix, w[:min(len(w), longestPrefix)]), of[prefix])
	}
	for _, other := range s.others(q.Text) {
		each(tokens(nil, other, maxQuery), false, func(t term) {
			if _, said := at[t]; !said && (t.kind() == pair || t.kind() == word) {
				want(t, synonymShare)
			}
		})
	}
	return all
}

// weigh gives each term what it is worth among these articles and leaves the least out of a long query.
func (s *Snapshot) weigh(all []wanted) []wanted {
	known := all[:0]
	for _, w := range all {
		n := -s.dead.of(w.term)
		for i := range s.segments {
			n += s.segments[i].count(w.term)
		}
		if n > 0 {
			w.idf = uint32(math.Round(256 * w.share * math.Log(1+(float64(s.articles-n)+0.5)/(float64(n)+0.5))))
			known = append(known, w)
		}
	}
	if len(known) > maxTerms {
		slices.SortFunc(known, func(a, b wanted) int {
			return cmp.Or(cmp.Compare(b.idf, a.idf), cmp.Compare(a.term, b.term))
		})
		known = known[:maxTerms]
	}
	return known
}
