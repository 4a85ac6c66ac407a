package caller

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw  string
		want Number
		kind Kind
	}{
		{"13800001234", "13800001234", Mobile},
		{"+8613800001234", "13800001234", Mobile},
		{"008613800001234", "13800001234", Mobile},
		{"8613800001234", "13800001234", Mobile},
		{"013800001234", "13800001234", Mobile}, // as some exchanges send it to another city
		{"+86 138-0000-1234", "13800001234", Mobile},
		{"051981234567", "051981234567", Landline},
		{"51981234567", "051981234567", Landline},
		{"+8651981234567", "051981234567", Landline},
		{"01012345678", "01012345678", Landline},
		{"(0519) 8123.4567", "051981234567", Landline},
		{"110", "110", Short},
		{"12345", "12345", Short},
		{"+8612345", "12345", Short},
		{"+8612333", "12333", Short},
		{"+12025550143", "+12025550143", Foreign},
		{"0012025550143", "+12025550143", Foreign},
		{"+85221234567", "+85221234567", Foreign},
		{"4008001234", "4008001234", Unknown}, // a company's, without an area
		{"81234567", "81234567", Unknown},
		{"", "", Withheld},
		{"+", "", Withheld},
		{"+86", "", Withheld},
		{"0086", "", Withheld},
		{"anonymous", "", Withheld},
		{"Restricted", "", Withheld},
		{"'; DROP TABLE call; --", "", Withheld},
		{"1380000123a", "", Withheld},
		{"１３８００００１２３４", "", Withheld}, // full-width digits
		{"十二三四五", "", Withheld},
		{"138\x000000", "", Withheld},
		{"sip:110@x", "", Withheld},
		{strings.Repeat("1", 20), Number(strings.Repeat("1", 20)), Unknown},
		{strings.Repeat("1", 21), "", Withheld},
		{strings.Repeat("9", 300), "", Withheld},
		{strings.Repeat(" ", 300) + "110", "", Withheld},
	} {
		got := Parse(c.raw)
		if got != c.want || got.Kind() != c.kind {
			t.Errorf("%q is %q (%s), want %q (%s)", c.raw, got.Full(), got.Kind(), c.want.Full(), c.kind)
		}
	}
}

func TestNumbersAreMaskedWhereverTheyAreShown(t *testing.T) {
	t.Parallel()
	for n, want := range map[Number]string{
		"13800001234": "138****1234", "": "withheld", "110": "110", "12345": "12345", "+12025550143": "+12****0143",
	} {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("call", "caller", n)
		if n.String() != want || fmt.Sprintf("%v %s", n, n) != want+" "+want || !strings.Contains(log.String(), "caller="+want) {
			t.Errorf("%q is shown as %q, logged as %s", n.Full(), n, &log)
		}
	}
}

// FuzzParse asserts of any text: it becomes nothing or a number, and is never shown whole.
func FuzzParse(f *testing.F) {
	for _, raw := range []string{"13800001234", "+8613800001234", "00862580000000", "+1 (202) 555-0143", "0086", "8601", "+0086010", "anonymous"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		n := Parse(raw)
		full := n.Full()
		digits := strings.TrimPrefix(full, "+")
		if strings.Trim(digits, "0123456789") != "" || len(digits) > maxDigits || (full != "" && digits == "") {
			t.Fatalf("%q became %q", raw, full)
		}
		if (full == "") != (n.Kind() == Withheld) {
			t.Errorf("%q is %s", full, n.Kind())
		}
		if full != "" {
			shown := len(strings.ReplaceAll(strings.TrimPrefix(n.String(), "+"), "*", ""))
			if shown > 7 || (len(digits) > 7 && strings.Contains(n.String(), digits)) {
				t.Errorf("%q shows %d digits: %s", full, shown, n)
			}
		}
	})
}
