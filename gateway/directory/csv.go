package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hotline/gateway/queue"
)

// columns of the CSV form, in order. They only ever grow at the end.
var columns = []string{"dnis", "name", "mode", "unit", "queue", "expert_queue", "greeting", "record", "flow", "priority",
	"transition", "transition_from", "transition_until", "routes"}

// oldColumns are those of an earlier form, still read: every line of it is of mode main.
var oldColumns = []string{"dnis", "name", "queue", "greeting", "record"}

// MaxFile is how many bytes a file may have.
const MaxFile = 1 << 20

const byteOrderMark = "\uFEFF"

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
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if len(text) > MaxFile {
		return nil, Faults{{Code: TooLong, Value: "the file"}}
	}
	if row := firstNotUTF8(text); row > 0 {
		return nil, Faults{{Row: row, Code: BadEncoding}}
	}
	rows := csv.NewReader(bytes.NewReader(text))
	rows.Comment = '#'
	head, err := rows.Read()
	if err != nil || !slices.Equal(head, columns) && !slices.Equal(head, oldColumns) {
		return nil, Faults{{Row: 1, Code: BadHeader, Value: strings.Join(head, ",")}}
	}
	return readRows(rows, head)
}

func readRows(rows *csv.Reader, head []string) (*Directory, Faults) {
	d := &Directory{index: make(map[string]int)}
	var faults Faults
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			faults = append(faults, faultOf(broken, len(row)))
			continue
		}
		at, _ := rows.FieldPos(0)
		l, found := lineOf(row, head)
		for _, f := range append(found, d.add(l)...) {
			f.Row = at
			faults = append(faults, f)
		}
	}
	if len(faults) == 0 {
		faults = d.checkSize()
	}
	return d, faults
}

func faultOf(broken *csv.ParseError, fields int) Fault {
	if errors.Is(broken, csv.ErrFieldCount) {
		return Fault{Row: broken.StartLine, Code: WrongColumns, Value: strconv.Itoa(fields)}
	}
	return Fault{Row: broken.StartLine, Field: fmt.Sprintf("character %d", broken.Column), Code: BadCSV, Value: broken.Err.Error()}
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

// firstNotUTF8 is the first row that is not, 0 when all are.
func firstNotUTF8(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return i + 1
		}
	}
	return 0
}

// WriteCSV writes the lines so that ReadCSV reads the same, with a byte order mark, by which spreadsheets know UTF-8.
func (d *Directory) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	_ = out.Write(columns) // Flush tells
	for _, l := range d.lines {
		record := "no"
		if l.Record {
			record = "yes"
		}
		_ = out.Write([]string{l.DNIS, l.Name, string(l.Mode), l.Unit, l.Queue, l.ExpertQueue, strings.Join(l.Greeting, " "),
			record, l.Flow, string(l.Priority), l.Transition.Prompt, string(l.Transition.From), string(l.Transition.Until),
			strings.Join(l.Routes, " ")})
	}
	out.Flush()
	return out.Error()
}
