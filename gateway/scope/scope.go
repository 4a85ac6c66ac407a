// Package scope is the list of what a hotline does not accept: matters of the courts, of arbitration, of petitions
// already under way. Each city imports its own. For each kind the agent has the words and the legal channel to tell.
package scope

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"hotline/gateway/directory"
)

// Limits of a list and of its texts, in characters.
const (
	MaxItems = 500
	maxTitle = 64
	maxText  = 500
)

// Item is one kind of matter that is not accepted.
type Item struct {
	Code    string `json:"code"`    // key, the city's own: "01", "LAW-2"
	Title   string `json:"title"`   // "诉讼"
	Script  string `json:"script"`  // what the agent says
	Channel string `json:"channel"` // whom the law has for it: "人民法院，12368"
}

var code = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,31}$`)

// Faults are what is wrong with an item by itself.
func (i Item) Faults() (faults directory.Faults) {
	bad := func(field string, code directory.Code, value string) {
		faults = append(faults, directory.Fault{Field: field, Code: code, Value: value})
	}
	switch {
	case i.Code == "":
		bad("code", directory.Missing, "")
	case !code.MatchString(i.Code):
		bad("code", directory.NotName, i.Code)
	}
	for _, text := range []struct {
		field, value string
		most         int
	}{{"title", i.Title, maxTitle}, {"script", i.Script, maxText}, {"channel", i.Channel, maxText}} {
		switch {
		case strings.TrimSpace(text.value) == "":
			bad(text.field, directory.Missing, "")
		case utf8.RuneCountInString(text.value) > text.most:
			bad(text.field, directory.TooLong, string([]rune(text.value)[:20])+"…")
		case strings.ContainsFunc(text.value, unsayable) || strings.ContainsAny(text.value[:1], "=+-@"):
			bad(text.field, directory.BadText, text.value)
		}
	}
	return faults
}

func unsayable(r rune) bool { return unicode.IsControl(r) && r != '\n' }
