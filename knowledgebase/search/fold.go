package search

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed simplified.txt
var simplifiedPairs string

// simplified is the simplified character of a traditional one.
var simplified = func() map[rune]rune {
	pairs := map[rune]rune{}
	for line := range strings.Lines(simplifiedPairs) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for pair := range strings.FieldsSeq(line) {
			from, n := utf8.DecodeRuneInString(pair)
			pairs[from], _ = utf8.DecodeRuneInString(pair[n:])
		}
	}
	return pairs
}()

// isHan tells a Chinese character, also beyond the basic plane.
func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r == '〇' || r >= 0x20000 && r <= 0x323AF
}

// fold appends what r is for search: half width, lower case, simplified, and nothing for a sign. Signs and emoji
// come out as a space, which separates.
func fold(into []rune, r rune) []rune {
	switch {
	case r < utf8.RuneSelf:
		return append(into, foldASCII(r))
	case isHan(r):
		return append(into, simplify(r))
	}
	for _, c := range norm.NFKC.String(string(r)) {
		switch {
		case c < utf8.RuneSelf:
			into = append(into, foldASCII(c))
		case isHan(c):
			into = append(into, simplify(c))
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			into = append(into, unicode.ToLower(c))
		case unicode.In(c, unicode.Mn, unicode.Cf, unicode.Variation_Selector):
			// An accent, a joiner, the chosen form of a character: nothing.
		default:
			into = append(into, ' ')
		}
	}
	return into
}

func simplify(r rune) rune {
	if s, ok := simplified[r]; ok {
		return s
	}
	return r
}

func foldASCII(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		return r
	}
	return ' '
}

// A token is one Han character, or one word of other letters and figures.
type token struct {
	han        rune   // 0: a word
	word       string // folded
	start, end int32  // bytes of the text as it was written
	joined     bool   // follows the one before without anything between
	gap        int32  // else how many signs lie between
}

// number tells a word of figures only.
func (t *token) number() bool {
	return t.han == 0 && t.word[0] >= '0' && t.word[0] <= '9' && digits(t.word)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// tokens appends the tokens of the first most runes of a text.
func tokens(into []token, text string, most int) []token {
	var (
		folded  [16]rune
		word    []rune
		begin   int
		gap     int32
		touches bool // the last token ends here
	)
	flush := func(end int) {
		if len(word) > 0 {
			into = append(into, token{word: string(word), start: int32(begin), end: int32(end), joined: touches, gap: gap})
			word, touches, gap = word[:0], true, 0
		}
	}
	for at, r := range text {
		if most--; most < 0 {
			flush(at)
			return into
		}
		for _, c := range fold(folded[:0], r) {
			switch {
			case c == ' ':
				flush(at)
				touches, gap = false, gap+1
			case isHan(c):
				flush(at)
				into = append(into, token{han: c, start: int32(at), end: int32(at + utf8.RuneLen(r)), joined: touches, gap: gap})
				touches, gap = true, 0
			default:
				if len(word) == 0 {
					begin = at
				}
				if len(word) < maxWord {
					word = append(word, c)
				}
			}
		}
	}
	flush(len(text))
	return into
}

// maxWord is the length of a word that is told apart from a longer one.
const maxWord = 40
