package caller

import (
	"strings"
	"testing"
)

func TestScrub(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "",
		"110":                                 "110",
		"call 13800001234 again":              "call 138****1234 again",
		"13800001234":                         "138****1234",
		"回拨 13800001234，051988001234。":        "回拨 138****1234，051****1234。",
		"+8613800001234":                      "138****1234",
		"sip:13800001234@10.0.0.1:5060":       "sip:138****1234@10.0.0.1:5060",
		"PJSIP/13800001234@trunk":             "PJSIP/138****1234@trunk",
		"+12025550143!":                       "+12****0143!",
		"1764080000.123":                      "1764080000.123", // a channel
		"01JD3Q13800001234ZZ":                 "01JD3Q13800001234ZZ",
		"2026-11-25T23:00:00.138000012Z":      "2026-11-25T23:00:00.138000012Z",
		"137000000000000000000000000013":      "137000000000000000000000000013",
		"13800001234 13900001234 13800001234": "138****1234 139****1234 138****1234",
	} {
		if got := Scrub(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// FuzzScrub asserts: a mobile that stands alone is never left, and what was scrubbed stays as it is.
func FuzzScrub(f *testing.F) {
	f.Add("前 ", "，后")
	f.Add("tel:", "@x")
	f.Fuzz(func(t *testing.T, before, after string) {
		if before != "" && (inWord(before[len(before)-1]) || isDigit(before[len(before)-1]) || before[len(before)-1] == '+') {
			return
		}
		if after != "" && (inWord(after[0]) || isDigit(after[0])) {
			return
		}
		got := Scrub(before + "13800001234" + after)
		if strings.Contains(got, before+"13800001234"+after) {
			t.Errorf("%q", got)
		}
		if again := Scrub(got); again != got {
			t.Errorf("%q became %q", got, again)
		}
	})
}
