package caller

import "strings"

// Private says whether it may be a person's telephone: long enough to be more than a service's number.
func (n Number) Private() bool { return len(n) > 6 }

// Scrub masks the telephone numbers in a text: mobiles, landlines with area code and foreign numbers, where they stand
// by themselves. Digits within an id or a longer run, and numbers that could be anything, such as seven digits, stay.
func Scrub(text string) string {
	var out strings.Builder
	kept := 0 // text before it is in out
	for i := 0; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		begin, end := i, i
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		i = end
		if begin > 0 && text[begin-1] == '+' {
			begin--
		}
		if begin > 0 && inWord(text[begin-1]) || end < len(text) && inWord(text[end]) {
			continue
		}
		n := Parse(text[begin:end])
		if k := n.Kind(); k != Mobile && k != Landline && k != Foreign {
			continue
		}
		out.WriteString(text[kept:begin])
		out.WriteString(n.String())
		kept = end
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// inWord says whether a character beside digits makes them part of something longer, such as an id.
func inWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
