package search

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

//go:embed synonyms.txt
var shippedSynonyms string

// Synonyms are groups of words that mean the same.
type Synonyms struct {
	groups  map[string][]string // the others of a word's groups, all folded
	longest int                 // word, in characters
}

// The bounds of one word, and of what one question is widened by.
const (
	longestSynonym = 16
	mostSynonyms   = 12
)

// ParseSynonyms reads groups, one a line, words divided by spaces; a line with # in front is a remark.
func ParseSynonyms(text string) *Synonyms {
	s := &Synonyms{groups: map[string][]string{}}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var group []string
		for w := range strings.FieldsSeq(line) {
			if w = plain(w); w != "" && utf8.RuneCountInString(w) <= longestSynonym {
				group = append(group, w)
			}
		}
		for i, w := range group {
			s.groups[w] = append(append(s.groups[w], group[:i]...), group[i+1:]...)
			s.longest = max(s.longest, utf8.RuneCountInString(w))
		}
	}
	return s
}

// DefaultSynonyms are those that are shipped.
func DefaultSynonyms() *Synonyms { return ParseSynonyms(shippedSynonyms) }

// plain is a text's tokens without what lies between.
func plain(text string) string {
	var b strings.Builder
	for _, t := range tokens(nil, text, maxQuery) {
		b.WriteString(t.word)
		if t.han != 0 {
			b.WriteRune(t.han)
		}
	}
	return b.String()
}

// others returns the words that mean the same as parts of a question; the longest word at each place counts.
func (s *Synonyms) others(question string) []string {
	if s == nil || len(s.groups) == 0 {
		return nil
	}
	var found []string
	r := []rune(plain(question))
	for from := 0; from < len(r) && len(found) < mostSynonyms; from++ {
		for to := min(len(r), from+s.longest); to > from; to-- {
			if group, ok := s.groups[string(r[from:to])]; ok {
				found = append(found, group...)
				break
			}
		}
	}
	return found[:min(len(found), mostSynonyms)]
}
