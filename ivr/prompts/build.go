package prompts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Rates in Hz: .wav for telephone lines, .wav16 for browsers, whose codec has
// the wider band. Asterisk takes whichever suits the listener.
const (
	narrow = 8000
	wide   = 16000
)

var rates = map[string]int{".wav": narrow, ".wav16": wide}

// Build makes every prompt and the music, twice each: NAME.wav at 8 kHz and
// NAME.wav16 at 16 kHz. A second build from the same cache takes milliseconds,
// and mends files that were lost or broken meanwhile. The error names each
// prompt for which only the chime could be put in place.
func Build(ctx context.Context, opts Options) error {
	if opts.Prompts == nil {
		all, err := All()
		if err != nil {
			return err
		}
		opts.Prompts = all
	}
	b := newBuilder(opts)
	failed := make([]error, len(opts.Prompts)+1)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range opts.Prompts {
		group.Go(func() error {
			if err := b.make(ctx, p); err != nil {
				failed[i] = fmt.Errorf("make prompt %s: %w", p.Name, err)
			}
			return nil
		})
	}
	_ = group.Wait() // faults are gathered above: one does not stop the others
	if opts.Music != "" {
		err := finish(opts.Cache, "music-1", filepath.Join(opts.Music, "music"), func() (Sound, error) { return Music(), nil })
		if err != nil {
			failed[len(opts.Prompts)] = fmt.Errorf("make the music: %w", err)
		}
	}
	return errors.Join(failed...)
}

// builder makes prompts, several at a time.
type builder struct {
	Options
	voices   []Synthesizer
	mu       sync.Mutex // guards Progress
	speaking sync.Once
}

func newBuilder(opts Options) *builder {
	b := &builder{Options: opts, voices: []Synthesizer{BuiltIn}}
	if opts.Speech != nil {
		b.voices = []Synthesizer{opts.Speech, BuiltIn}
	}
	return b
}

// make puts a prompt in place: its recording, else spoken, else what is there already, else the chime. The last two
// are errors.
func (b *builder) make(ctx context.Context, p Prompt) error {
	done, err := b.fromRecording(p.Name)
	if done || err != nil {
		return err
	}
	err = b.speak(ctx, p)
	if err == nil || Usable(b.Sounds, p.Name) == nil {
		return err
	}
	return errors.Join(err, finish("", "", b.path(p.Name), func() (Sound, error) { return Chime(), nil }))
}

// fromRecording uses a recording, if there is one that can be heard.
func (b *builder) fromRecording(name string) (done bool, err error) {
	if b.Recorded == "" {
		return false, nil
	}
	sound, err := ReadPrompt(filepath.Join(b.Recorded, name+".wav"))
	if err != nil {
		if !os.IsNotExist(err) {
			b.say("prompts: the recording of %s is of no use: %v", name, err)
		}
		return false, nil
	}
	return true, finish("", "", b.path(name), func() (Sound, error) { return sound, nil })
}

// speak has the first of the voices that can speak the prompt.
func (b *builder) speak(ctx context.Context, p Prompt) error {
	var failed []error
	for _, voice := range b.voices {
		err := finish(b.Cache, spokenKey(voice, p.Text, p.Language()), b.path(p.Name), func() (Sound, error) {
			b.speaking.Do(func() { b.say("prompts: speaking what is not in the cache yet") })
			sound, err := voice.Speak(ctx, p.Text, p.Language())
			if err != nil {
				b.say("prompts: %s: %v", p.Name, err)
			}
			return sound, err
		})
		if err == nil {
			return nil
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (b *builder) path(name string) string { return filepath.Join(b.Sounds, name) }

func (b *builder) say(format string, args ...any) {
	if b.Progress != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		fmt.Fprintf(b.Progress, format+"\n", args...)
	}
}

// finish writes a sound at both rates. With a cache it is made only if it is
// not there yet under key.
func finish(cache, key, to string, make func() (Sound, error)) error {
	if cache != "" && fromCache(cache, key, to) {
		return nil
	}
	sound, err := make()
	if err != nil {
		return err
	}
	for suffix, rate := range rates {
		if err := sound.Resample(rate).WriteWAV(to + suffix); err != nil {
			return err
		}
		if cache == "" {
			continue
		}
		if err := os.MkdirAll(cache, 0o755); err != nil {
			return fmt.Errorf("make the cache of prompts: %w", err)
		}
		if err := copyFile(to+suffix, filepath.Join(cache, key+suffix)); err != nil {
			return err
		}
	}
	return nil
}

// fromCache takes a finished sound from the cache, all or nothing.
func fromCache(cache, key, to string) bool {
	if Usable(cache, key) != nil {
		return false
	}
	for suffix := range rates {
		if copyFile(filepath.Join(cache, key+suffix), to+suffix) != nil {
			return false
		}
	}
	return true
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy sound: %w", err)
	}
	return writeWhole(to, data)
}
