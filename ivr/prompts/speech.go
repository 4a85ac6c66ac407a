package prompts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Voice is how espeak-ng speaks.
type Voice struct {
	// Name is espeak-ng's voice with its variant, such as "cmn+f3".
	Name string
	// Speed is in words a minute, Pitch from 0 to 99.
	Speed, Pitch int
}

// Hostess speaks the prompts: about four and a half syllables a second, as an
// announcer does.
var Hostess = Voice{Name: "cmn+f2", Speed: 200, Pitch: 55}

// speechLevel is the loudness of speech in dB below full scale, about what a
// person on a telephone line has.
const speechLevel = -20

// espeak is the voice as espeak-ng must be told. Its Mandarin "cmn" of version 1.51 takes the pinyin, into which it
// turns the characters itself, for English ("nin two, hao three"); the one that reads pinyin speaks Mandarin.
func (v Voice) espeak() string {
	if variant, ok := strings.CutPrefix(v.Name, "cmn+"); ok {
		return "cmn-latn-pinyin+" + variant
	}
	return v.Name
}

// Speak returns text spoken by voice, without silence at its ends, at one
// level of loudness. It is kept in the folder cache, if that is not empty, and
// taken from there next time. progress may be nil.
func Speak(ctx context.Context, cache string, voice Voice, text string, progress io.Writer) (Sound, error) {
	path := filepath.Join(cache, key(voice, text)+".full.wav")
	if cache != "" {
		if s, err := ReadWAV(path); err == nil {
			return s, nil
		}
	}
	if progress != nil {
		fmt.Fprintln(progress, "prompts: speaking", text)
	}
	s, err := synthesise(ctx, voice, text)
	if err != nil || cache == "" {
		return s, err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return Sound{}, fmt.Errorf("make the cache of prompts: %w", err)
	}
	return s, s.WriteWAV(path)
}

// key names what is said, by whom and how loud, in the cache.
func key(voice Voice, text string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %+v\n%d\n%s", voice.espeak(), voice, speechLevel, text))
	return hex.EncodeToString(sum[:12])
}

func synthesise(ctx context.Context, voice Voice, text string) (Sound, error) {
	cmd := exec.CommandContext(ctx, "espeak-ng", "-v", voice.espeak(), "-s", strconv.Itoa(voice.Speed),
		"-p", strconv.Itoa(voice.Pitch), "--stdin", "--stdout")
	cmd.Stdin = strings.NewReader(text)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return Sound{}, fmt.Errorf("espeak-ng, which speaks the prompts, is not installed; run `make setup`, or install the package espeak-ng: %w", err)
	}
	if err != nil {
		return Sound{}, fmt.Errorf("run espeak-ng: %w: %s", err, complaint.String())
	}
	s, err := ParseWAV(out)
	if err != nil {
		return Sound{}, fmt.Errorf("read espeak-ng's speech: %w", err)
	}
	s = s.Trim()
	if len(s.Samples) == 0 {
		return Sound{}, fmt.Errorf("espeak-ng said nothing for %q", text)
	}
	return s.Level(speechLevel), nil
}
