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
)

// MaxFile is how many bytes a table may have.
const MaxFile = 1 << 20

const byteOrderMark = "\uFEFF"

// ReadTable reads a CSV file that people edit, and passes each row to take with the head that it has, one of heads.
// Lines that begin with # are skipped, a byte order mark is too. All faults are returned at once, take's as well, each
// with its row.
func ReadTable(text []byte, heads [][]string, take func(head, row []string) Faults) Faults {
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if len(text) > MaxFile {
		return Faults{{Code: TooLong, Value: "the file"}}
	}
	if row := firstNotUTF8(text); row > 0 {
		return Faults{{Row: row, Code: BadEncoding}}
	}
	rows := csv.NewReader(bytes.NewReader(text))
	rows.Comment = '#'
	head, err := rows.Read()
	if err != nil || !slices.ContainsFunc(heads, func(h []string) bool { return slices.Equal(h, head) }) {
		return Faults{{Row: 1, Code: BadHeader, Value: strings.Join(head, ",")}}
	}
	var faults Faults
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return faults
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			faults = append(faults, faultOf(broken, len(row)))
			continue
		}
		at, _ := rows.FieldPos(0)
		for _, f := range take(head, row) {
			f.Row = at
			faults = append(faults, f)
		}
	}
}

func faultOf(broken *csv.ParseError, fields int) Fault {
	if errors.Is(broken, csv.ErrFieldCount) {
		return Fault{Row: broken.StartLine, Code: WrongColumns, Value: strconv.Itoa(fields)}
	}
	return Fault{Row: broken.StartLine, Field: fmt.Sprintf("character %d", broken.Column), Code: BadCSV, Value: broken.Err.Error()}
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

// WriteTable writes rows, the head first, so that ReadTable reads the same, with a byte order mark, by which
// spreadsheets know UTF-8.
func WriteTable(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(rows)
}
