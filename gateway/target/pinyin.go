package target

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// sound is how one character may be read, without tones: 行 is xing and hang. The usual reading is the first.
type sound []string

// readings has every reading of a character; ü is written v, as it is typed.
var readings = pinyin.Args{Style: pinyin.Normal, Heteronym: true}

// soundsOf are the sounds of a text's Chinese characters.
func soundsOf(text string) (sounds []sound) {
	for _, r := range text {
		if read := pinyin.SinglePinyin(r, readings); len(read) > 0 {
			slices.Sort(read[1:])
			sounds = append(sounds, slices.Compact(read))
		}
	}
	return sounds
}

func initials(sounds []sound) string {
	var b strings.Builder
	for _, s := range sounds {
		b.WriteByte(s[0][0])
	}
	return b.String()
}

// spells says whether letters are the sounds from some character on, each written in full or by its first letter,
// the last as far as it was typed; first says that they begin with the first character.
func spells(sounds []sound, letters string) (first, somewhere bool) {
	for from := range sounds {
		if begins(sounds[from:], letters) {
			return from == 0, true
		}
	}
	return false, false
}

// begins follows all ways through the letters at once: at are the places that the sounds so far may have come to.
func begins(sounds []sound, letters string) bool {
	at := []int{0}
	for _, s := range sounds {
		var next []int
		for _, place := range at {
			rest := letters[place:]
			for _, read := range s {
				if strings.HasPrefix(read, rest) {
					return true
				}
				for _, step := range []int{1, len(read)} {
					if strings.HasPrefix(rest, read[:step]) && !slices.Contains(next, place+step) {
						next = append(next, place+step)
					}
				}
			}
		}
		at = next
	}
	return slices.Contains(at, len(letters))
}
