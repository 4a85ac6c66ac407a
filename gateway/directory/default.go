package directory

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

//go:embed lines.csv
var shipped string

//go:embed prompts.csv
var prompts string

// Default is the list of lines that is shipped.
func Default() *Directory {
	d, err := ReadCSV(strings.NewReader(shipped))
	if err != nil {
		panic(err) // the shipped list is part of the program and tested
	}
	return d
}

// Prompt is a sentence that a line plays.
type Prompt struct{ Name, Text string }

// Prompts are the sentences of the shipped lines, in their order. Numbers are written as they are spoken.
func Prompts() []Prompt {
	rows, err := csv.NewReader(strings.NewReader(prompts)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("the shipped prompts cannot be read") // they are part of the program and tested
	}
	all := make([]Prompt, 0, len(rows)-1)
	for _, row := range rows[1:] {
		all = append(all, Prompt{row[0], row[1]})
	}
	return all
}

// PromptsCSV is the table that Prompts reads: the columns name and text.
func PromptsCSV() []byte { return []byte(prompts) }
