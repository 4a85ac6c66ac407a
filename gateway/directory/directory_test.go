package directory

import (
	"slices"
	"strings"
	"testing"
)

const head = "dnis,name,queue,greeting,record\n"

func TestLinesAreFoundByNumber(t *testing.T) {
	t.Parallel()
	d, err := ReadCSV(strings.NewReader(head + "# comment\n12345,热线,general,greeting_12345 more,yes\n+8612333,人社,social,,no\n"))
	if err != nil {
		t.Fatal(err)
	}
	line, known := d.Lookup("+8612333")
	if !known || line.Queue != "social" || line.Record || len(line.Prompts()) != 0 {
		t.Errorf("12333: %+v, %v", line, known)
	}
	for _, dnis := range []string{"99999", "", "+"} {
		if line, known = d.Lookup(dnis); known || line.DNIS != "12345" {
			t.Errorf("%q: %+v, %v; want the first line", dnis, line, known)
		}
	}
	if got := line.Prompts(); !slices.Equal(got, []string{"greeting_12345", "more", RecordingNotice}) {
		t.Errorf("prompts: %v", got)
	}
	if len(line.Greeting) != 2 {
		t.Error("asking for the prompts changed the greeting")
	}
	if got := d.Queues(); !slices.Equal(got, []string{"general", "social"}) {
		t.Errorf("queues: %v", got)
	}
	if got := d.PromptNames(); !slices.Equal(got, []string{"greeting_12345", "more", RecordingNotice}) {
		t.Errorf("all prompts: %v", got)
	}
}

func TestErrorsNameTheRow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":              "header",
		"number,name\n": `header: record on line 1: wrong number of fields`,
		"a,b,c,d,e\n":   `header is "a,b,c,d,e", want "dnis,name,queue,greeting,record"`,
		head:            "no line is listed: callers could not be served",
		head + "12345,a,general,x,yes\nabc,b,general,,no\n": `row 3: dnis "abc" is not a telephone number`,
		head + "# one\n\n12345,,general,x,yes\n":            "row 4: name is empty",
		head + "12345,a,,x,yes\n":                           "row 2: queue is empty",
		head + "12345,a,general,x,maybe\n":                  `row 2: record is "maybe", want yes or no`,
		head + "12345,a,general,,yes\n":                     "row 2: record is yes without a greeting",
		head + "12345,a,general,,no\n12345,b,general,,no\n": "row 3: dnis 12345 is listed twice",
		head + "12345,a,general\n":                          "record on line 2: wrong number of fields",
		head + "12345,\"a,general,,no\n":                    "line",
		head + strings.Repeat("1", 21) + ",a,general,,no\n": "is not a telephone number",
		head + ",a,general,,no\n":                           `dnis "" is not a telephone number`,
		head + "12345 ,a,general,,no\n":                     "is not a telephone number",
		head + "'; DROP TABLE call; --,a,general,,no\n":     "is not a telephone number",
		head + "１２３４５,a,general,,no\n":                      "is not a telephone number",
	} {
		if _, err := ReadCSV(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestTheShippedListIsGood(t *testing.T) {
	t.Parallel()
	d := Default()
	for _, dnis := range []string{"12345", "12333"} {
		line, known := d.Lookup(dnis)
		if !known || !line.Record || len(line.Greeting) == 0 {
			t.Errorf("%s: %+v", dnis, line)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add(shipped)
	f.Add(head + "12345,a,general,,no\n")
	f.Add(head + "\"12\n345\",a,general,x  y,yes\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "lines: ") {
				t.Errorf("%v does not say what was read", err)
			}
			return
		}
		for dnis, l := range d.lines {
			if dnis != l.DNIS || len(dnis) > 20 || strings.Trim(dnis, "+0123456789") != "" || l.Name == "" || l.Queue == "" {
				t.Errorf("took %+v", l)
			}
			if l.Record && !slices.Contains(l.Prompts(), RecordingNotice) {
				t.Errorf("callers of %s are recorded without being told", dnis)
			}
		}
		if _, known := d.Lookup(d.first.DNIS); !known {
			t.Error("the default line is not listed")
		}
	})
}
