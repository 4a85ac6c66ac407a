package prompts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Synthesizer makes speech of text.
type Synthesizer interface {
	// Speak returns the text spoken, at 8000 Hz or more. language is Mandarin or English.
	Speak(ctx context.Context, text, language string) (Sound, error)
	// Voice names who speaks: what one voice said is not taken from the cache for another.
	Voice() string
}

// Espeak is the built-in synthesiser.
type Espeak struct {
	Mandarin, English Voice
}

// BuiltIn speaks when nothing else does.
var BuiltIn = Espeak{Mandarin: Hostess, English: Voice{Name: "en-us+f2", Speed: 160, Pitch: 55}}

// longNumber is a number that nobody counts: a telephone's, an order's.
var longNumber = regexp.MustCompile(`[0-9]{5,}`)

var spelled = strings.NewReplacer("0", "零", "1", "幺", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九")

// Speak implements Synthesizer. In Mandarin, numbers of five digits and more are spelled.
func (e Espeak) Speak(ctx context.Context, text, language string) (Sound, error) {
	if language != English {
		text = longNumber.ReplaceAllStringFunc(text, spelled.Replace)
	}
	return synthesise(ctx, e.voice(language), text)
}

// Voice implements Synthesizer.
func (e Espeak) Voice() string { return fmt.Sprintf("espeak-ng %+v %s", e, e.Mandarin.espeak()) }

func (e Espeak) voice(language string) Voice {
	if language == English {
		return e.English
	}
	return e.Mandarin
}

// spokenKey names in the cache what is said, by whom, in what language and how loud.
func spokenKey(s Synthesizer, text, language string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s", s.Voice(), language, speechLevel, text))
	return hex.EncodeToString(sum[:12])
}
