package main

import (
	"math/rand/v2"

	"hotline/knowledgebase/search"
)

// An engine finds articles.
type engine interface {
	find(q query) ([]string, error)
}

type query = search.Query

// ours is the index of the project.
type ours struct{ *search.Snapshot }

func (o ours) find(q query) ([]string, error) {
	hits := o.Search(q)
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	return ids, nil
}

func index(articles []article) *search.Index {
	x := search.New(search.DefaultSynonyms())
	x.Apply(changes(articles)...)
	return x
}

func changes(articles []article) []search.Change {
	all := make([]search.Change, len(articles))
	for i, a := range articles {
		all[i].Put = &search.Document{ID: a.ID, Title: a.Title, Text: a.Text, Similar: a.similar}
	}
	return all
}

// quality is how well an engine answers.
type quality struct{ mrr10, hit5, r10, r100 float64 }

// measure asks all questions, each as ask makes a query of it.
func measure(e engine, questions []question, ask func(question) query) (quality, error) {
	var sum quality
	for _, q := range questions {
		query := ask(q)
		query.Limit = 100
		ids, err := e.find(query)
		if err != nil {
			return sum, err
		}
		first, in10, in100 := 0, 0, 0
		for i, id := range ids {
			if !q.answers[id] {
				continue
			}
			if first == 0 {
				first = i + 1
			}
			if i < 10 {
				in10++
			}
			in100++
		}
		n := float64(len(q.answers))
		sum.r10 += float64(in10) / n
		sum.r100 += float64(in100) / n
		if first > 0 && first <= 10 {
			sum.mrr10 += 1 / float64(first)
		}
		if first > 0 && first <= 5 {
			sum.hit5++
		}
	}
	n := float64(len(questions))
	return quality{sum.mrr10 / n, sum.hit5 / n, sum.r10 / n, sum.r100 / n}, nil
}

func typed(q question) query  { return query{Text: q.Text} }
func spoken(q question) query { return query{Text: q.Text, Spoken: true} }

// half is a question that is half typed.
func half(q question) query {
	r := []rune(q.Text)
	return query{Text: string(r[:(len(r)+1)/2]), Typing: true}
}

const folds = 5

// attach gives four fifths of the questions to their articles as callers' own wordings, and returns the fifth that
// is asked. There are five folds.
func attach(articles []article, questions []question, fold int) ([]article, []question) {
	order := rand.New(rand.NewPCG(12345, 2)).Perm(len(questions))
	wordings := map[string][]string{}
	var asked []question
	for i, at := range order {
		if i%folds == fold {
			asked = append(asked, questions[at])
			continue
		}
		for id := range questions[at].answers {
			wordings[id] = append(wordings[id], questions[at].Text)
		}
	}
	all := make([]article, len(articles))
	for i, a := range articles {
		a.similar = wordings[a.ID]
		all[i] = a
	}
	return all, asked
}
