// Package prompts makes what a caller hears: Mandarin sentences, spoken by
// espeak-ng from a table of texts or recorded by a person, and music to wait
// by, in the files that Asterisk plays.
//
// A recording always wins: put NAME.wav into the folder of recordings and the
// synthetic voice of that name is heard no more. A recording that is broken or
// silent does not count; then the synthesiser that was configured speaks, then
// espeak-ng, and where nothing speaks a chime is heard: never silence.
package prompts

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

//go:embed prompts.csv
var table []byte

// Prompt is one sentence: played as sound:hotline/NAME.
type Prompt struct{ Name, Text string }

// Languages of prompts.
const (
	Mandarin = "zh"
	English  = "en"
)

// Language is what the prompt is spoken in: the names of English ones end in _en.
func (p Prompt) Language() string {
	if strings.HasSuffix(p.Name, "_en") {
		return English
	}
	return Mandarin
}

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
	// Speech speaks what is not recorded; nil leaves that to espeak-ng, which also steps in where Speech fails.
	Speech Synthesizer
	// Prompts are made by Build; nil means those of the table.
	Prompts []Prompt
	// Progress receives a line when something has to be spoken, and for each fault.
	Progress io.Writer
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
