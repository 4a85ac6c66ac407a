// Package calldata is what travels with a call from one hotline or service to another (随路数据), so that nobody has to
// tell his matter twice. It goes in three SIP headers, and any of them may be missing: a foreign exchange knows at
// most one. What arrives was written by a stranger: Parse bounds all of it.
package calldata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Data is what is known of a call when it is handed over. Every field may be empty.
type Data struct {
	CallID   string   `json:"id,omitempty"`       // of the system that hands over
	From     string   `json:"from,omitempty"`     // who hands over: "12345 常州", "110"
	Number   string   `json:"number,omitempty"`   // the citizen's, digits and a leading plus
	Name     string   `json:"name,omitempty"`     // the citizen's
	Line     string   `json:"line,omitempty"`     // the number that the citizen dialled
	LineName string   `json:"lineName,omitempty"` // and its name
	Kind     string   `json:"kind,omitempty"`     // the disposition so far: enquiry, help, …
	Note     string   `json:"note,omitempty"`     // the agent's
	Agent    string   `json:"agent,omitempty"`    // who hands over
	Secret   bool     `json:"secret,omitempty"`   // the citizen asked for secrecy
	Reason   string   `json:"reason,omitempty"`   // why it is handed over
	Tags     []string `json:"tags,omitempty"`
}

// The bounds of what is kept and sent.
const (
	MaxID     = 128 // characters of an id
	MaxNumber = 32
	MaxText   = 300 // characters of any text
	MaxTags   = 10
	MaxTag    = 40 // characters of one
)

// bounded is the same with every field within its bounds.
func (d Data) bounded() Data {
	d.CallID, d.Number = id(d.CallID), number(d.Number)
	for _, field := range d.texts() {
		*field = text(*field, MaxText)
	}
	var tags []string
	for _, tag := range d.Tags {
		if tag = text(tag, MaxTag); tag != "" && len(tags) < MaxTags {
			tags = append(tags, tag)
		}
	}
	d.Tags = tags
	return d
}

// texts are the fields of free text, the one that can best be spared first.
func (d *Data) texts() []*string {
	return []*string{&d.Note, &d.Reason, &d.Kind, &d.LineName, &d.Name, &d.Agent, &d.Line, &d.From}
}

// id keeps the characters that an id may have.
func id(s string) string {
	return keep(s, MaxID, func(c byte) bool {
		return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte(".+_-", c) >= 0
	})
}

func number(s string) string {
	n := keep(s, MaxNumber, func(c byte) bool { return c >= '0' && c <= '9' || c == '+' })
	plus := strings.HasPrefix(n, "+")
	if n = strings.ReplaceAll(n, "+", ""); plus && n != "" {
		return "+" + n
	}
	return n
}

func keep(s string, most int, ok func(byte) bool) string {
	var kept []byte
	for i := 0; i < len(s) && len(kept) < most; i++ {
		if ok(s[i]) {
			kept = append(kept, s[i])
		}
	}
	return string(kept)
}

// text keeps what can be shown in one line: no control characters, none that turn the direction of writing.
func text(s string, most int) string {
	var kept strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case n == most:
			return strings.TrimSpace(kept.String())
		case r == '\n', r == '\t', r == '\u2028', r == '\u2029':
			r = ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			continue
		}
		if r == ' ' && n == 0 {
			continue
		}
		kept.WriteRune(r)
		n++
	}
	return strings.TrimSpace(kept.String())
}
