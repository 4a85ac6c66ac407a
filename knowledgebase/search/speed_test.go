package search_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"hotline/knowledgebase/search"
)

// BenchmarkSearch asks an index of 100,000 articles of made-up words, one asker.
func BenchmarkSearch(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	text := func(n int) string {
		r := make([]rune, n)
		for i := range r {
			r[i] = rune(0x4E00 + int(rng.ExpFloat64()*200)%3000)
		}
		return string(r)
	}
	x := search.New(search.DefaultSynonyms())
	all := make([]search.Change, 100_000)
	for i := range all {
		all[i].Put = &search.Document{ID: fmt.Sprint(i), Title: text(12), Text: text(50)}
	}
	x.Apply(all...)
	questions := make([]string, 500)
	for i := range questions {
		questions[i] = text(18)
	}
	s := x.Snapshot()
	for i := 0; b.Loop(); i++ {
		s.Search(search.Query{Text: questions[i%len(questions)]})
	}
}
