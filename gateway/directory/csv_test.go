package directory

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/queue"
)

var full = strings.Join(columns, ",") + "\n"

func TestErrorsNameRowAndColumn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                 "row 1: the column names are",
		"number,name\n":                    `row 1: the column names are "number,name"`,
		"a,b,c,d,e\n":                      `the column names are "a,b,c,d,e"`,
		head:                               "no line is listed: callers could not be served",
		head + "# one\n\n12345,,g,x,no":    "row 4, name: is empty",
		head + "12345,a,,x,yes\n":          "row 2, queue: is empty",
		head + "12345,a,b c,x,yes\n":       `row 2, queue: "b c" is not the name of a queue`,
		head + "12345,a,general,x,maybe\n": `row 2, record: is "maybe", want yes or no`,
		head + "12345,a,general,,yes\n":    "row 2, record: is yes without a greeting",
		head + "12345,a,general,,no\n12345,b,general,,no\n":                  `row 3, dnis: "12345" is listed twice`,
		head + "12345,a,general\n":                                           "row 2: has 3 columns",
		head + "12345,\"a,general,,no\n":                                     "row 2, character 22: cannot be read as CSV",
		head + strings.Repeat("1", 21) + ",a,general,,no\n":                  "is not a telephone number",
		head + ",a,general,,no\n":                                            `dnis: "" is not a telephone number`,
		head + "12345 ,a,general,,no\n":                                      "is not a telephone number",
		head + "'; DROP TABLE call; --,a,general,,no\n":                      "is not a telephone number",
		head + "１２３４５,a,general,,no\n":                                       "is not a telephone number",
		head + "12345,\"a\nb\",general,,no\n":                                "name: \"a\\nb\" holds a line end",
		head + "12345,=HYPERLINK(1),general,,no\n":                           "begins like a formula",
		head + "12345," + strings.Repeat("热", 65) + ",general,,no\n":         "is too long",
		full + "12345,a,blue,,general,,,no,,,,,,\n":                          `row 2, mode: "blue" is none of`,
		full + "12345,a,main,,general,,,no,,first,,,,\n":                     `row 2, priority: "first" is none of`,
		full + "12345,a,main,,general,,,no,,,moved,2026-02-30,,\n":           `row 2, transition_from: "2026-02-30" is not a date`,
		full + "12345,a,main,,general,,,no,,,moved,2026-02-03,2026-02-02,\n": `row 2, transition_until: "2026-02-02" is before the first day`,
		full + "12345,a,main,,general,,,no,,,,2026-02-03,,\n":                `row 2, transition: is empty`,
		full + "12345,a,main,,general,,,no,,,,,,110\n":                       `row 2, routes: "110" is not a route such as trunk/110`,
		full + "12345,\xc8\xc8\xcf\xdf,main,,general,,,no,,,,,,\n":           "row 2: is not UTF-8 text (GBK?)",
		"\xff\xfe1\x002\x00":                                                 "row 1: is not UTF-8 text",
		head + "12345,a\x00b,":                                               "row 2: is not UTF-8 text",
	} {
		if _, err := ReadCSV(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := ReadCSV(strings.NewReader(head + strings.Repeat(" ", MaxFile))); err == nil {
		t.Error("a file without end was read")
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := ReadCSV(strings.NewReader(head + "abc,,general,,no\n12345,\"a\"b,general,,no\n12345,a\n12345,a,general,,perhaps\n"))
	var got Faults
	if !errors.As(err, &got) {
		t.Fatal(err)
	}
	want := Faults{
		{Row: 2, Field: "dnis", Code: NotNumber, Value: "abc"}, {Row: 2, Field: "name", Code: Missing},
		{Row: 3, Field: "character 9", Code: BadCSV, Value: `extraneous or missing " in quoted-field`},
		{Row: 4, Code: WrongColumns, Value: "2"}, {Row: 5, Field: "record", Code: NotYesNo, Value: "perhaps"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := ReadCSV(strings.NewReader(head + strings.Repeat("x,y,z,,no\n", 500))); !strings.Contains(err.Error(), "and 899 more") {
		t.Errorf("%.200v", err)
	}
}

func TestAFileComesBackAsItWas(t *testing.T) {
	t.Parallel()
	lines := []Line{
		{DNIS: "12345", Name: `热线, "总机"`, Mode: Main, Queue: "all-of-it", Greeting: []string{}, Routes: []string{}},
		{DNIS: "+8612358", Name: "价格", Mode: Merged, Unit: "市场监管局", Queue: "general", ExpertQueue: "expert", Record: true,
			Greeting: []string{"hello", "again"}, Flow: "short", Priority: queue.Elderly, Transition: Transition{"moved", "2026-01-01", "2026-12-31"},
			Routes: []string{"trunk/110", "other.trunk/+8610*#"}},
	}
	d, err := New(lines)
	if err != nil {
		t.Fatal(err)
	}
	text := write(t, d)
	back, err := ReadCSV(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines, back.Lines()); diff != "" {
		t.Error(diff)
	}
	if again := write(t, back); again != text {
		t.Errorf("%q\n%q", text, again)
	}
	spreadsheet := strings.NewReplacer("2026-01-01", "2026/1/1", "\n", "\r\n").Replace(text)
	if back, err = ReadCSV(strings.NewReader(spreadsheet)); err != nil || write(t, back) != text {
		t.Errorf("as a spreadsheet saves it: %v", err)
	}
}

func write(t *testing.T, d *Directory) string {
	t.Helper()
	var out bytes.Buffer
	if err := d.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func FuzzReadCSV(f *testing.F) {
	f.Add(shipped)
	f.Add(head + "12345,a,general,,no\n")
	f.Add(head + "\"12\n345\",a,general,x  y,yes\n")
	f.Add(full + "12345,\"a\r\nb\",main,,general,,,no,,,,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "lines: ") {
				t.Errorf("%v does not say what was read", err)
			}
			return
		}
		for _, l := range d.Lines() {
			if len(l.DNIS) > 20 || strings.Trim(l.DNIS, "+0123456789") != "" || l.Name == "" || l.Queue == "" {
				t.Errorf("took %+v", l)
			}
			if l.Record && !slices.Contains(l.Prompts(), RecordingNotice) {
				t.Errorf("callers of %s are recorded without being told", l.DNIS)
			}
		}
		if _, known := d.Lookup(d.Lines()[0].DNIS); !known {
			t.Error("the default line is not listed")
		}
		back, err := ReadCSV(strings.NewReader(write(t, d)))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(d.Lines(), back.Lines()); diff != "" {
			t.Error(diff)
		}
	})
}
