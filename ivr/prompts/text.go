package prompts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MostText is how many characters a text that a supervisor types may have: about two minutes.
const MostText = 500

// textPrefix begins the names of prompts made at run time.
const textPrefix = "bulletin_"

// Errors of a text that cannot be spoken.
var (
	ErrNoText      = errors.New("there is no text to speak")
	ErrTextTooLong = fmt.Errorf("the text has more than %d characters", MostText)
	ErrTextBroken  = errors.New("the text has characters that cannot be spoken")
)

// BuildText makes a prompt of a text, such as a bulletin's, in the folder of sounds and returns its name. The name
// follows from text and voice, so the same text is made once, and again where its files were lost. A recording under
// that name wins. It takes as long as the synthesiser does: not for the loop. Unlike Build it puts no chime in place:
// a bulletin that says nothing is an error.
func BuildText(ctx context.Context, opts Options, text string) (name string, err error) {
	text, err = speakable(text)
	if err != nil {
		return "", err
	}
	b := newBuilder(opts)
	name = b.textName(text)
	if done, err := b.fromRecording(name); done || err != nil {
		return name, err
	}
	if Usable(b.Sounds, name) == nil {
		return name, nil
	}
	if err := os.MkdirAll(filepath.Clean(b.Sounds), 0o755); err != nil {
		return "", fmt.Errorf("make the folder of sounds: %w", err)
	}
	if err := b.speak(ctx, Prompt{name, text}); err != nil {
		return "", fmt.Errorf("speak the text: %w", err)
	}
	return name, nil
}

// textName is short enough for any file system and tells nothing of the text.
func (b *builder) textName(text string) string {
	sum := sha256.Sum256([]byte(b.voices[0].Voice() + "\n" + text))
	return textPrefix + hex.EncodeToString(sum[:10])
}

// speakable tidies a text and refuses what nobody could speak.
func speakable(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", ErrTextBroken
	}
	text = strings.Join(strings.Fields(text), " ")
	heard := false
	for _, r := range text {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return "", ErrTextBroken
		}
		heard = heard || unicode.IsLetter(r) || unicode.IsNumber(r)
	}
	switch {
	case !heard:
		return "", ErrNoText
	case utf8.RuneCountInString(text) > MostText:
		return "", ErrTextTooLong
	}
	return text, nil
}
