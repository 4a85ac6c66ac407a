package scope

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"hotline/gateway/directory"
)

// columns of the CSV form, in order.
var columns = []string{"code", "title", "script", "channel"}

// ReadCSV reads a list in the form of WriteCSV; lines that begin with # are skipped. All faults are told at once, each
// with its row and column; the error then holds directory.Faults.
func ReadCSV(r io.Reader) ([]Item, error) {
	text, err := io.ReadAll(io.LimitReader(r, directory.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("scope: %w", err)
	}
	items, faults := readCSV(text)
	if len(faults) > 0 {
		return nil, fmt.Errorf("scope: %w", faults)
	}
	return items, nil
}

func readCSV(text []byte) (items []Item, faults directory.Faults) {
	seen := map[string]bool{}
	faults = directory.ReadTable(text, [][]string{columns}, func(_, row []string) directory.Faults {
		i := Item{strings.TrimSpace(row[0]), strings.TrimSpace(row[1]), strings.TrimSpace(row[2]), strings.TrimSpace(row[3])}
		wrong := i.Faults()
		if seen[i.Code] {
			wrong = append(wrong, directory.Fault{Field: "code", Code: directory.Twice, Value: i.Code})
		}
		seen[i.Code] = true
		items = append(items, i)
		return wrong
	})
	if len(items) > MaxItems {
		faults = append(faults, directory.Fault{Code: directory.TooMany, Value: strconv.Itoa(MaxItems)})
	}
	return items, faults
}

// WriteCSV writes items so that ReadCSV reads the same, with a byte order mark, by which spreadsheets know UTF-8.
func WriteCSV(w io.Writer, items []Item) error {
	rows := [][]string{columns}
	for _, i := range items {
		rows = append(rows, []string{i.Code, i.Title, i.Script, i.Channel})
	}
	return directory.WriteTable(w, rows)
}
