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
	"time"
	"unicode"
	"unicode/utf8"
)

// MostText is how many characters a text that a supervisor types may have: about two minutes.
const MostText = 500

// What the names of prompts made at run time begin with.
const (
	textPrefix   = "bulletin_"
	answerPrefix = "answer_"
)

// answerLasts is how long an answer to one caller stays: it is heard at once, and is nobody else's business.
const answerLasts = 10 * time.Minute

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
	return buildText(ctx, opts, textPrefix, text)
}

// BuildAnswer makes a prompt of a text for one caller, as BuildText does. It is kept in no cache, and its files are
// removed when a later answer is made.
func BuildAnswer(ctx context.Context, opts Options, text string) (name string, err error) {
	opts.Cache, opts.Recorded = "", ""
	now := time.Now()
	removeAnswers(opts.Sounds, now.Add(-answerLasts))
	if name, err = buildText(ctx, opts, answerPrefix, text); err != nil {
		return "", err
	}
	for suffix := range rates { // it may have been there before
		if err := os.Chtimes(filepath.Join(opts.Sounds, name+suffix), now, now); err != nil {
			return "", fmt.Errorf("keep an answer: %w", err)
		}
	}
	return name, nil
}

func removeAnswers(folder string, before time.Time) {
	files, _ := filepath.Glob(filepath.Join(folder, answerPrefix+"*")) // the pattern is good
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(file) // another answer may be doing it
		}
	}
}

func buildText(ctx context.Context, opts Options, prefix, text string) (name string, err error) {
	text, err = speakable(text)
	if err != nil {
		return "", err
	}
	b := newBuilder(opts)
	name = b.textName(prefix, text)
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
func (b *builder) textName(prefix, text string) string {
	sum := sha256.Sum256([]byte(b.voices[0].Voice() + "\n" + text))
	return prefix + hex.EncodeToString(sum[:10])
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
