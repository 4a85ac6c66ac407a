package search

// A term is what articles and questions are compared by.
type term uint64

// The kinds of terms, in the upper four bits.
const (
	char     term = iota << 60 // one Han character
	pair                       // two that stand together
	sound                      // their syllables, without tones
	word                       // letters and figures
	prefix                     // how a word begins
	number                     // figures with signs between: telephone numbers, documents' numbers
	kindBits = 15 << 60
)

func (t term) kind() term { return t & kindBits }

func charTerm(a rune) term    { return char | term(a) }
func pairTerm(a, b rune) term { return pair | term(a)<<21 | term(b) }

// soundTerm is 0 where a reading is not known.
func soundTerm(a, b uint16) term {
	if a == 0 || b == 0 {
		return 0
	}
	return sound | term(a)<<16 | term(b)
}

// wordTerm tells words apart by their hash: two of 2^60 are the same, for practical purposes, only if they are equal.
func wordTerm(kind term, s string) term {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return kind | term(h)&^kindBits
}

const (
	shortestPrefix = 2
	longestPrefix  = 8
	maxGroups      = 4 // of figures in one number
)

// each visits the terms of a text's tokens. Articles have beginnings of words too.
func each(toks []token, article bool, visit func(term)) {
	for i := range toks {
		t := &toks[i]
		if t.han == 0 {
			visit(wordTerm(word, t.word))
			if article {
				prefixes(t.word, visit)
			}
			if t.number() {
				numbers(toks[:i+1], visit)
			}
			continue
		}
		visit(charTerm(t.han))
		if i > 0 && t.joined && toks[i-1].han != 0 {
			visit(pairTerm(toks[i-1].han, t.han))
			if s := soundTerm(reading(toks[i-1].han), reading(t.han)); s != 0 {
				visit(s)
			}
		}
	}
}

func prefixes(w string, visit func(term)) {
	for n := shortestPrefix; n <= min(longestPrefix, len(w)-1); n++ {
		visit(wordTerm(prefix, w[:n]))
	}
}

// numbers visits what the last token is together with the figures before it: 0519-8588 8123 is found as 85888123
// and as 051985888123, 〔2023〕45号 as 202345.
func numbers(toks []token, visit func(term)) {
	last := len(toks) - 1
	whole := toks[last].word
	for n := 1; n < maxGroups && last-n >= 0; n++ {
		if gap := toks[last-n+1].gap; !toks[last-n].number() || gap < 1 || gap > 2 {
			return
		}
		if whole = toks[last-n].word + whole; len(whole) > maxWord {
			return
		}
		visit(wordTerm(number, whole))
	}
}
