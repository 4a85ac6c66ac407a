package search

import (
	"strings"
	"unicode/utf8"
)

// A Span is a piece of an article's text as it was written. Nothing in it is markup.
type Span struct {
	Text string
	Hit  bool // the question has it
}

// Highlight cuts from a text the most characters that have most of what the query asks, with what was asked marked:
// pairs of characters and words, also those that mean the same or, where it was heard, sound alike. An article that
// matches by single characters only has nothing marked, unless the question is one character.
func (s *Snapshot) Highlight(q Query, text string, most int) []Span {
	toks := tokens(nil, text, maxRunes)
	marked := q.marks(s.synonyms, toks)
	from, to := window(text, toks, marked, most)
	return spans(text, toks, marked, from, to)
}

// marks tells of each token whether the query has it.
func (q *Query) marks(s *Synonyms, toks []token) []bool {
	asked, alone := map[term]bool{}, true
	for _, w := range q.terms(s) {
		asked[w.term] = w.term.kind() != sound || q.Spoken || w.share >= 1
		alone = alone && w.term.kind() != pair
	}
	marked := make([]bool, len(toks))
	for i := range toks {
		t := &toks[i]
		if t.han == 0 {
			marked[i] = asked[wordTerm(word, t.word)]
			prefixes(t.word, func(p term) { marked[i] = marked[i] || asked[p] })
			continue
		}
		if alone && asked[charTerm(t.han)] {
			marked[i] = true
		}
		if i > 0 && t.joined && toks[i-1].han != 0 &&
			(asked[pairTerm(toks[i-1].han, t.han)] || asked[soundTerm(reading(toks[i-1].han), reading(t.han))]) {
			marked[i-1], marked[i] = true, true
		}
	}
	return marked
}

// window returns the bytes of a text of at most most characters that hold the most marks. It begins with the text or
// a little before the first mark.
func window(text string, toks []token, marked []bool, most int) (from, to int) {
	if utf8.RuneCountInString(text) <= most {
		return 0, len(text)
	}
	place := characters(text, toks)
	best, count, first, begin := -1, 0, 0, 0
	for i := range toks {
		if !marked[i] {
			continue
		}
		count++
		for place[i]-place[first] > most*3/4 {
			if marked[first] {
				count--
			}
			first++
		}
		for !marked[first] {
			first++
		}
		if count > best {
			best, begin = count, int(toks[first].start)
		}
	}
	for back := most / 8; back > 0 && begin > 0; back-- { // what stands before explains
		_, n := utf8.DecodeLastRuneInString(text[:begin])
		begin -= n
	}
	end := begin
	for n := 0; n < most && end < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return begin, end
}

// characters counts for each token the characters before it.
func characters(text string, toks []token) []int {
	place := make([]int, len(toks))
	n, at := 0, 0
	for i := range toks {
		n += utf8.RuneCountInString(text[at:toks[i].start])
		at, place[i] = int(toks[i].start), n
	}
	return place
}

// spans cuts text[from:to] at the edges of what is marked.
func spans(text string, toks []token, marked []bool, from, to int) (all []Span) {
	add := func(piece string, hit bool) {
		if piece = strings.ToValidUTF8(piece, "�"); piece == "" {
			return
		}
		if n := len(all); n > 0 && all[n-1].Hit == hit {
			all[n-1].Text += piece
			return
		}
		all = append(all, Span{piece, hit})
	}
	at := from
	for i := range toks {
		start, end := int(toks[i].start), int(toks[i].end)
		if !marked[i] || start < at || end > to {
			continue
		}
		add(text[at:start], false)
		add(text[start:end], true)
		at = end
	}
	add(text[at:to], false)
	return all
}
