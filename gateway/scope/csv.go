package scope

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

	"hotline/gateway/directory"
)

// columns of the CSV form, in order.
var columns = []string{"code", "title", "script", "channel"}

// MaxFile is how many bytes a file may have.
const MaxFile = 1 << 20

const byteOrderMark = "\uFEFF"

// ReadCSV reads a list in the form of WriteCSV; lines that begin with # are skipped. All faults are told at once, each
// with its row and column; the error then holds directory.Faults.
func ReadCSV(r io.Reader) ([]Item, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("scope: %w", err)
	}
	items, faults := readCSV(bytes.TrimPrefix(text, []byte(byteOrderMark)))
	if len(faults) > 0 {
		return nil, fmt.Errorf("scope: %w", faults)
	}
	return items, nil
}

func readCSV(text []byte) ([]Item, directory.Faults) {
	if len(text) > MaxFile {
		return nil, directory.Faults{{Code: directory.TooLong, Value: "the file"}}
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return nil, directory.Faults{{Row: i + 1, Code: directory.BadEncoding}}
		}
	}
	rows := csv.NewReader(bytes.NewReader(text))
	rows.Comment = '#'
	head, err := rows.Read()
	if err != nil || !slices.Equal(head, columns) {
		return nil, directory.Faults{{Row: 1, Code: directory.BadHeader, Value: strings.Join(head, ",")}}
	}
	return readRows(rows)
}

func readRows(rows *csv.Reader) (items []Item, faults directory.Faults) {
	seen := map[string]bool{}
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
		i := Item{strings.TrimSpace(row[0]), strings.TrimSpace(row[1]), strings.TrimSpace(row[2]), strings.TrimSpace(row[3])}
		wrong := i.Faults()
		if seen[i.Code] {
			wrong = append(wrong, directory.Fault{Field: "code", Code: directory.Twice, Value: i.Code})
		}
		for _, f := range wrong {
			f.Row = at
			faults = append(faults, f)
		}
		seen[i.Code] = true
		items = append(items, i)
	}
	if len(items) > MaxItems {
		faults = append(faults, directory.Fault{Code: directory.TooMany, Value: strconv.Itoa(MaxItems)})
	}
	return items, faults
}

func faultOf(broken *csv.ParseError, fields int) directory.Fault {
	if errors.Is(broken, csv.ErrFieldCount) {
		return directory.Fault{Row: broken.StartLine, Code: directory.WrongColumns, Value: strconv.Itoa(fields)}
	}
	return directory.Fault{
		Row: broken.StartLine, Field: fmt.Sprintf("character %d", broken.Column), Code: directory.BadCSV, Value: broken.Err.Error(),
	}
}

// WriteCSV writes items so that ReadCSV reads the same, with a byte order mark, by which spreadsheets know UTF-8.
func WriteCSV(w io.Writer, items []Item) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	_ = out.Write(columns) // Flush tells
	for _, i := range items {
		_ = out.Write([]string{i.Code, i.Title, i.Script, i.Channel})
	}
	out.Flush()
	return out.Error()
}
