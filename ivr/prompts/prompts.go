// Package prompts makes what a caller hears: Mandarin sentences, spoken by
// espeak-ng from a table of texts or recorded by a person, and music to wait
// by, in the files that Asterisk plays.
//
// A recording always wins: put NAME.wav into the folder of recordings and the
// synthetic voice of that name is heard no more.
package prompts

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

//go:embed prompts.csv
var table []byte

// Prompt is one sentence: played as sound:hotline/NAME.
type Prompt struct{ Name, Text string }

// All returns the prompts of the table, in its order.
func All() ([]Prompt, error) { return ReadTable(bytes.NewReader(table)) }

// ReadTable reads a table of prompts: CSV with the columns name and text.
func ReadTable(r io.Reader) ([]Prompt, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = 2
	records, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of prompts: %w", err)
	}
	var all []Prompt
	for i, row := range records {
		if i == 0 {
			continue // the column names
		}
		all = append(all, Prompt{Name: row[0], Text: row[1]})
	}
	return all, nil
}

// Options says where Build reads and writes.
type Options struct {
	// Sounds is the folder of the finished prompts.
	Sounds string
	// Music is the folder of the music on hold; empty makes none.
	Music string
	// Recorded holds NAME.wav files that replace synthetic ones: 16-bit PCM of
	// any rate. Empty, or a folder that does not exist, means there are none.
	Recorded string
	// Cache keeps synthetic speech between runs, by voice and text.
	Cache string
	// Progress receives a line for each prompt that had to be synthesised.
	Progress io.Writer
}

// Rates in Hz: .wav for telephone lines, .wav16 for browsers, whose codec has
// the wider band. Asterisk takes whichever suits the listener.
const (
	narrow = 8000
	wide   = 16000
)

var rates = map[string]int{".wav": narrow, ".wav16": wide}

// Build makes every prompt of the table and the music, twice each: NAME.wav at
// 8 kHz and NAME.wav16 at 16 kHz. A second build from the same cache takes
// milliseconds.
func Build(ctx context.Context, opts Options) error {
	all, err := All()
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := one(ctx, opts, p); err != nil {
			return fmt.Errorf("make prompt %s: %w", p.Name, err)
		}
	}
	if opts.Music == "" {
		return nil
	}
	err = finish(opts.Cache, "music-1", filepath.Join(opts.Music, "music"), func() (Sound, error) { return Music(), nil })
	if err != nil {
		return fmt.Errorf("make the music: %w", err)
	}
	return nil
}

func one(ctx context.Context, opts Options, p Prompt) error {
	to := filepath.Join(opts.Sounds, p.Name)
	if opts.Recorded != "" {
		sound, err := ReadWAV(filepath.Join(opts.Recorded, p.Name+".wav"))
		if err == nil {
			return finish("", "", to, func() (Sound, error) { return sound, nil })
		}
		if !os.IsNotExist(err) {
			return err
		}
	}
	return finish(opts.Cache, key(Hostess, p.Text), to, func() (Sound, error) {
		return Speak(ctx, "", Hostess, p.Text, opts.Progress)
	})
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

// Names are the names of the prompts of the table, in its order.
func Names() ([]string, error) {
	all, err := All()
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	return names, err
}
