package search

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// syllables number the syllables without tones, from 1.
var syllables = map[string]uint16{}

// readings are the syllables of the characters of the basic plane, rare those of the others; 0: none is known. The
// commoner reading stands for a character that has several, in articles and questions alike.
var readings, rareReadings = func() ([]uint16, map[rune]uint16) {
	common, rare := make([]uint16, 0x10000), map[rune]uint16{}
	for r, read := range pinyin.PinyinDict {
		first, _, _ := strings.Cut(read, ",")
		s := syllable(first)
		if r < len(common) {
			common[r] = s
		} else {
			rare[rune(r)] = s
		}
	}
	return common, rare
}()

// reading is the number of r's syllable.
func reading(r rune) uint16 {
	if int(r) < len(readings) {
		return readings[r]
	}
	return rareReadings[r]
}

// syllable numbers a syllable that is written with its tone.
func syllable(toned string) uint16 {
	var plain [8]byte
	n := 0
	for _, r := range toned {
		if c := toneless(r); c != 0 && n < len(plain) {
			plain[n] = c
			n++
		}
	}
	s, ok := syllables[string(plain[:n])]
	if !ok {
		s = uint16(len(syllables) + 1)
		syllables[string(plain[:n])] = s
	}
	return s
}

// toneless is the letter below the tone; 0 for a tone that stands by itself.
func toneless(r rune) byte {
	switch {
	case r >= 'a' && r <= 'z':
		return byte(r)
	case strings.ContainsRune("āáǎà", r):
		return 'a'
	case strings.ContainsRune("ēéěèê", r):
		return 'e'
	case strings.ContainsRune("īíǐì", r):
		return 'i'
	case strings.ContainsRune("ōóǒò", r):
		return 'o'
	case strings.ContainsRune("ūúǔù", r):
		return 'u'
	case strings.ContainsRune("üǖǘǚǜ", r):
		return 'v'
	case strings.ContainsRune("ńňǹ", r):
		return 'n'
	case r == 'ḿ':
		return 'm'
	}
	return 0
}

// spelled reads a word of Latin letters as pinyin, "shebaoka"; nil where it is none. The last syllable may be
// half typed: it is left out then.
func spelled(word string) []uint16 {
	const longest = 6
	if len(word) > maxWord {
		return nil
	}
	// best[i] is the last syllable of the reading of word[:i] with the fewest syllables.
	type step struct{ from, count int }
	best := make([]step, len(word)+1)
	reached := 0
	for i := 1; i <= len(word); i++ {
		best[i].count = -1
		for from := max(0, i-longest); from < i; from++ {
			if _, ok := syllables[word[from:i]]; ok && best[from].count >= 0 && (best[i].count < 0 || best[from].count+1 < best[i].count) {
				best[i], reached = step{from, best[from].count + 1}, i
			}
		}
	}
	if best[reached].count < 2 || len(word)-reached >= longest {
		return nil
	}
	read := make([]uint16, best[reached].count)
	for i, n := reached, best[reached].count-1; n >= 0; n-- {
		read[n] = syllables[word[best[i].from:i]]
		i = best[i].from
	}
	return read
}
