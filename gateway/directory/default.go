package directory

import (
	_ "embed"
	"strings"
)

//go:embed lines.csv
var shipped string

// Default is the list of lines that is shipped.
func Default() *Directory {
	d, err := ReadCSV(strings.NewReader(shipped))
	if err != nil {
		panic(err) // the shipped list is part of the program and tested
	}
	return d
}
