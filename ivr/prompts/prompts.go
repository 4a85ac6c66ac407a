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

// Build makes every prompt of the table and the music, twice each: NAME.wav at
// 8 kHz and NAME.wav16 at 16 kHz.
func Build(ctx context.Context, opts Options) error {
	all, err := All()
	if err != nil {
		return err
	}
	for _, p := range all {
		sound, err := one(ctx, opts, p)
		if err != nil {
			return fmt.Errorf("make prompt %s: %w", p.Name, err)
		}
		if err := writeBoth(filepath.Join(opts.Sounds, p.Name), sound); err != nil {
			return err
		}
	}
	if opts.Music == "" {
		return nil
	}
	return writeBoth(filepath.Join(opts.Music, "music"), Music())
}

func one(ctx context.Context, opts Options, p Prompt) (Sound, error) {
	if opts.Recorded != "" {
		sound, err := ReadWAV(filepath.Join(opts.Recorded, p.Name+".wav"))
		if err == nil || !os.IsNotExist(err) {
			return sound, err
		}
	}
	return Speak(ctx, opts.Cache, Hostess, p.Text, opts.Progress)
}

func writeBoth(path string, s Sound) error {
	for suffix, rate := range map[string]int{".wav": narrow, ".wav16": wide} {
		if err := s.Resample(rate).WriteWAV(path + suffix); err != nil {
			return err
		}
	}
	return nil
}
