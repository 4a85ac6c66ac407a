package directory

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hotline/gateway/queue"
)

// columns of the CSV form, in order. They only ever grow at the end.
var columns = []string{"dnis", "name", "mode", "unit", "queue", "expert_queue", "greeting", "record", "flow", "priority",
	"transition", "transition_from", "transition_until", "routes"}

// oldColumns are those of an earlier form, still read: every line of it is of mode main.
var oldColumns = []string{"dnis", "name", "queue", "greeting", "record"}

// ReadCSV reads lines from CSV with the columns of WriteCSV or the five of its earlier form. Lists are separated by
// spaces, lines that begin with # are skipped, a byte order mark is too. The first line is the default one. All
// faults are reported at once, each with its row and column; the error then holds Faults.
func ReadCSV(r io.Reader) (*Directory, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("lines: %w", err)
	}
	d, faults := readCSV(text)
	if len(faults) > 0 {
		return nil, fmt.Errorf("lines: %w", faults)
	}
	return d, nil
}

func readCSV(text []byte) (*Directory, Faults) {
	d := &Directory{index: make(map[string]int)}
	faults := ReadTable(text, [][]string{columns, oldColumns}, func(head, row []string) Faults {
		l, found := lineOf(row, head)
		return append(found, d.add(l)...)
	})
	if len(faults) == 0 {
		faults = d.checkSize()
	}
	return d, faults
}

// lineOf reads one row. Only record can be unreadable; the rest is checked with the line.
func lineOf(row, head []string) (l Line, faults Faults) {
	at := func(column string) string {
		if i := slices.Index(head, column); i >= 0 {
			return row[i]
		}
		return ""
	}
	l = Line{
		DNIS: at("dnis"), Name: at("name"), Mode: Mode(at("mode")), Unit: at("unit"), Queue: at("queue"),
		ExpertQueue: at("expert_queue"), Greeting: strings.Fields(at("greeting")), Flow: at("flow"),
		Priority: queue.Priority(at("priority")), Routes: strings.Fields(at("routes")),
		Transition: Transition{at("transition"), parseDate(at("transition_from")), parseDate(at("transition_until"))},
	}
	if len(head) == len(oldColumns) {
		l.Mode = Main
	}
	l.Record = at("record") == "yes"
	if !l.Record && at("record") != "no" {
		faults = append(faults, Fault{Field: "record", Code: NotYesNo, Value: at("record")})
	}
	return l, faults
}

// WriteCSV writes the lines so that ReadCSV reads the same, with a byte order mark, by which spreadsheets know UTF-8.
func (d *Directory) WriteCSV(w io.Writer) error {
	rows := [][]string{columns}
	for _, l := range d.lines {
		record := "no"
		if l.Record {
			record = "yes"
		}
		rows = append(rows, []string{l.DNIS, l.Name, string(l.Mode), l.Unit, l.Queue, l.ExpertQueue, strings.Join(l.Greeting, " "),
			record, l.Flow, string(l.Priority), l.Transition.Prompt, string(l.Transition.From), string(l.Transition.Until),
			strings.Join(l.Routes, " ")})
	}
	return WriteTable(w, rows)
}
