// Package directory is the lines callers dial: number, name, queue, greeting. They are data, never constants.
package directory

import (
	"maps"
	"slices"
)

// MaxLines is how many lines there may be.
const MaxLines = 2000

// Directory finds lines by dialled number. It is not changed after it was made.
type Directory struct {
	lines []Line
	index map[string]int
}

// New makes a directory of lines, the first of which is the default one. The error is Faults; the directory is there
// all the same, for further checks.
func New(lines []Line) (*Directory, error) {
	d := &Directory{index: make(map[string]int, len(lines))}
	var faults Faults
	for _, l := range lines {
		for _, f := range d.add(l) {
			f.Item = "line " + l.DNIS
			faults = append(faults, f)
		}
	}
	return d, append(faults, d.checkSize()...).Err()
}

// add takes a line and says what is wrong with it.
func (d *Directory) add(l Line) Faults {
	faults := l.Check()
	if _, twice := d.index[l.DNIS]; twice {
		return append(faults, Fault{Field: "dnis", Code: Twice, Value: l.DNIS})
	}
	d.index[l.DNIS] = len(d.lines)
	d.lines = append(d.lines, l)
	return faults
}

func (d *Directory) checkSize() Faults {
	switch {
	case len(d.lines) == 0:
		return Faults{{Code: NoLines}}
	case len(d.lines) > MaxLines:
		return Faults{{Code: TooMany, Value: "2000"}}
	}
	return nil
}

// Lookup finds the line of a dialled number; known is false where the default line, the first of the list, serves it.
func (d *Directory) Lookup(dnis string) (line Line, known bool) {
	i, known := d.index[dnis]
	if !known && len(d.lines) == 0 {
		return Line{}, false
	}
	return d.lines[i], known
}

// Lines are all lines in their order. The caller may keep the slice, and changes nothing in its lines' lists.
func (d *Directory) Lines() []Line { return slices.Clone(d.lines) }

// Queues are the names of the queues that lines lead to.
func (d *Directory) Queues() []string {
	seen := map[string]bool{}
	for _, l := range d.lines {
		seen[l.Queue] = true
		seen[l.WaitsIn()] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// PromptNames are all prompts that lines play, on whatever day.
func (d *Directory) PromptNames() []string {
	seen := map[string]bool{}
	for _, l := range d.lines {
		for _, name := range l.Prompts() {
			seen[name] = true
		}
		if l.Transition.Prompt != "" {
			seen[l.Transition.Prompt] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
