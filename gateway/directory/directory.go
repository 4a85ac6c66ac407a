// Package directory is the lines callers dial: number, name, queue, greeting. They are data, never constants.
package directory

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Line is one dialled number.
type Line struct {
	DNIS     string   // 接入码
	Name     string   // shown to the agent
	Queue    string   // 技能队列
	Greeting []string // prompts played before the queue; empty: straight to an agent, the caller hears ringing
	Record   bool     // conversations are recorded (the recording notice is played after the greeting)
}

// RecordingNotice is the prompt that tells callers that they are recorded.
const RecordingNotice = "recording_notice"

// Prompts are what a caller hears first.
func (l Line) Prompts() []string {
	if l.Record && len(l.Greeting) > 0 {
		return append(append([]string(nil), l.Greeting...), RecordingNotice)
	}
	return l.Greeting
}

// Directory finds lines by dialled number. It is not changed after it was made.
type Directory struct {
	lines map[string]Line
	first Line
}

// Lookup finds the line of a dialled number; known is false where the default line, the first of the list, serves it.
func (d *Directory) Lookup(dnis string) (line Line, known bool) {
	if l, ok := d.lines[dnis]; ok {
		return l, true
	}
	return d.first, false
}

// Queues are the names of the queues that lines lead to.
func (d *Directory) Queues() []string {
	seen := map[string]bool{}
	for _, l := range d.lines {
		seen[l.Queue] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// PromptNames are all prompts that lines play.
func (d *Directory) PromptNames() []string {
	seen := map[string]bool{}
	for _, l := range d.lines {
		for _, name := range l.Prompts() {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// columns of the CSV form, in order.
var columns = []string{"dnis", "name", "queue", "greeting", "record"}

// ReadCSV reads lines from CSV with the columns dnis, name, queue, greeting, record (yes or no). The greeting is a
// list of prompt names separated by spaces. The first line is the default one. Errors name the row.
func ReadCSV(r io.Reader) (*Directory, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = len(columns)
	rows.Comment = '#'
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("lines: header: %w", err)
	}
	if got := strings.Join(head, ","); got != strings.Join(columns, ",") {
		return nil, fmt.Errorf("lines: header is %q, want %q", got, strings.Join(columns, ","))
	}
	d := &Directory{lines: make(map[string]Line)}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("lines: %w", err)
		}
		if err := d.add(row); err != nil {
			at, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("lines: row %d: %w", at, err)
		}
	}
	if len(d.lines) == 0 {
		return nil, errors.New("lines: no line is listed: callers could not be served")
	}
	return d, nil
}

func (d *Directory) add(row []string) error {
	l := Line{DNIS: row[0], Name: row[1], Queue: row[2], Greeting: strings.Fields(row[3])}
	switch {
	case l.DNIS == "" || len(l.DNIS) > 20 || strings.Trim(l.DNIS, "+0123456789") != "":
		return fmt.Errorf("dnis %q is not a telephone number", l.DNIS)
	case l.Name == "":
		return errors.New("name is empty")
	case l.Queue == "":
		return errors.New("queue is empty")
	}
	switch row[4] {
	case "yes":
		if len(l.Greeting) == 0 {
			return errors.New("record is yes without a greeting: callers must be told that they are recorded")
		}
		l.Record = true
	case "no":
	default:
		return fmt.Errorf("record is %q, want yes or no", row[4])
	}
	if _, twice := d.lines[l.DNIS]; twice {
		return fmt.Errorf("dnis %s is listed twice", l.DNIS)
	}
	if len(d.lines) == 0 {
		d.first = l
	}
	d.lines[l.DNIS] = l
	return nil
}
