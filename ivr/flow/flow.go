// Package flow reads what callers hear (ivr.Flow) from YAML and checks it: a flow that is read has no dead end, no
// step that nobody reaches, no loop that turns by itself, and no prompt that does not exist. All faults are told at
// once, each with file and line. flows/ holds those that are shipped, which show the form.
//
// A file has name, title, first (step), finally (queue for who went round too often; the line's own when left out),
// visits (20), fallback (prompt) and steps. A step has kind and the fields that ivr.Kind names, in small letters.
package flow

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"hotline/ivr"
	"hotline/ivr/prompts"
)

// Known is what a flow may name.
type Known struct {
	Prompts []string
	Queues  []string // nil: not checked
}

// ReadAll reads the flows of a folder (*.yaml), by name. On faults, which are of type Faults, it returns the flows
// that have none all the same.
func ReadAll(folder fs.FS, known Known) (map[string]*ivr.Flow, error) {
	files, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list flows: %w", err)
	}
	flows, from := map[string]*ivr.Flow{}, map[string]string{}
	var faults Faults
	for _, file := range files {
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, fmt.Errorf("read flow: %w", err)
		}
		f, err := Read(path.Base(file), data, known)
		var found Faults
		switch {
		case errors.As(err, &found):
			faults = append(faults, found...)
		case err != nil:
			return nil, err
		case flows[f.Name] != nil:
			faults = append(faults, Fault{file, 1, fmt.Sprintf("the flow %q is in %s already", f.Name, from[f.Name])})
		default:
			flows[f.Name], from[f.Name] = f, file
		}
	}
	return flows, faults.sorted()
}

// The names of the shipped flows.
const (
	Default    = "default"
	Language   = "language"
	Enterprise = "enterprise"
	Progress   = "progress"
	Silent     = "silent"
)

//go:embed flows/*.yaml
var files embed.FS

// Shipped returns the flows that are part of the program, by name. The map is shared: do not change it.
var Shipped = sync.OnceValue(func() map[string]*ivr.Flow {
	names, err := prompts.Names()
	if err != nil {
		panic(err) // the table is part of the program and tested
	}
	folder, err := fs.Sub(files, "flows")
	if err != nil {
		panic(err)
	}
	flows, err := ReadAll(folder, Known{Prompts: names})
	if err != nil {
		panic(err)
	}
	return flows
})
