// Package caller is who calls: his number and what can be read from it.
package caller

import (
	"log/slog"
	"strings"
)

// Number is a caller's telephone number as normalised by Parse, empty when withheld. Printed or logged it is
// masked; Full is the number itself.
type Number string

// Kind is what sort of number it is.
type Kind string

// The kinds of number.
const (
	Mobile   Kind = "mobile"   // 1[3-9] and nine digits
	Landline Kind = "landline" // with area code
	Short    Kind = "short"    // 110, 12333
	Foreign  Kind = "foreign"  // +, country code other than 86
	Withheld Kind = "withheld"
	Unknown  Kind = "unknown" // digits that fit nothing else
)

// maxDigits is the longest number kept; E.164 allows 15.
const maxDigits = 20

// Parse reads what came in the SIP From header. Anything that is not a number, "anonymous" or a text of a
// person's making, is withheld: it is shown and searched by nobody.
func Parse(raw string) Number {
	plus := strings.HasPrefix(raw, "+")
	if len(raw) > 2*maxDigits {
		return ""
	}
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune(" -().+", r):
			return -1
		}
		return 'x'
	}, raw)
	if digits == "" || len(digits) > maxDigits || strings.Contains(digits, "x") {
		return ""
	}
	switch {
	case plus && strings.HasPrefix(digits, "86"), strings.HasPrefix(digits, "0086"):
		return national(strings.TrimPrefix(strings.TrimPrefix(digits, "00"), "86"))
	case strings.HasPrefix(digits, "86") && len(digits) == 13 && digits[2] == '1':
		return Number(digits[2:])
	case plus:
		return Number("+" + digits)
	case strings.HasPrefix(digits, "00") && len(digits) > 8:
		return Number("+" + digits[2:])
	}
	return national(digits)
}

// national brings a Chinese number to the form it is dialled in: mobiles without 0, landlines with it.
func national(digits string) Number {
	if strings.HasPrefix(digits, "01") && len(digits) == 12 {
		return Number(digits[1:])
	}
	if len(digits) == 10 && (digits[:3] == "400" || digits[:3] == "800") {
		return Number(digits) // a company's number, which has no area
	}
	if len(digits) >= 10 && len(digits) <= 11 && digits[0] >= '2' {
		return Number("0" + digits)
	}
	return Number(digits)
}

// Kind tells what sort of number it is.
func (n Number) Kind() Kind {
	s := string(n)
	switch {
	case s == "":
		return Withheld
	case s[0] == '+':
		return Foreign
	case len(s) == 11 && s[0] == '1' && s[1] >= '3':
		return Mobile
	case len(s) >= 10 && len(s) <= 12 && s[0] == '0':
		return Landline
	case len(s) <= 6:
		return Short
	}
	return Unknown
}

// Full is the number itself, for those who may see it.
func (n Number) Full() string { return string(n) }

// String is the masked number: 138****1234.
func (n Number) String() string {
	s := string(n)
	switch {
	case s == "":
		return "withheld"
	case len(s) <= 6:
		return s
	}
	return s[:3] + "****" + s[len(s)-4:]
}

// LogValue keeps full numbers out of logs.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }

// Hidden is shown in place of the number, and of the name, of who asked for secrecy.
const Hidden = "***"
