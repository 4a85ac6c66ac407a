package calldata

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRead is how much of a header is looked at.
const maxRead = 4096

// Parse reads the three headers' values, each of which may be empty, strange or hostile. Where they differ the
// more particular header wins: the call id's own, then the context, then User-to-User.
func Parse(callID, userToUser, context string) Data {
	d := parseContext(context)
	said := parseUUI(userToUser)
	d.CallID = cmp.Or(id(callID), d.CallID, said.CallID)
	d.Number = cmp.Or(d.Number, said.Number)
	d.Note = cmp.Or(d.Note, said.Note)
	return d.bounded()
}

// Empty says that nothing came with the call.
func (d Data) Empty() bool { return d.context() == "{}" }

// parseContext takes base64 of either alphabet. A field of a wrong type is left out, the others stay.
func parseContext(s string) Data {
	if len(s) > maxRead {
		return Data{}
	}
	s = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(strings.TrimSpace(s), "="))
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Data{}
	}
	var d Data
	_ = json.Unmarshal(raw, &d)
	return d.bounded()
}

// parseUUI reads the first value of the header: our own pairs, a foreign id, or some text for the agent to read.
func parseUUI(s string) Data {
	content := uuiContent(s[:min(len(s), maxRead)])
	if d := pairs(content); d.CallID != "" || d.Number != "" {
		return d
	}
	if one := id(content); one == content {
		return Data{CallID: one}
	}
	return Data{Note: text(content, MaxText)}
}

// uuiContent is the header's content as text. Content that is none, such as another maker's binary call id, stays
// hexadecimal, as that maker's own screens show it.
func uuiContent(s string) string {
	value, params := firstValue(s)
	digits := strings.ReplaceAll(strings.ToLower(params), " ", "")
	raw, err := hex.DecodeString(value)
	if err != nil || len(raw) == 0 || !(strings.Contains(digits, ";encoding=hex") || telling(raw)) {
		return value
	}
	if plain := raw[discriminator(raw):]; printable(plain) {
		return string(plain)
	}
	return value
}

// telling says that hexadecimal digits without a word about their encoding are surely text: they begin with ISDN's
// mark of it.
func telling(raw []byte) bool { return raw[0] == ia5 && printable(raw[1:]) }

// discriminator is how many octets ISDN has put before the content.
func discriminator(raw []byte) int {
	if len(raw) > 1 && raw[0] < ' ' {
		return 1
	}
	return 0
}

func printable(raw []byte) bool {
	if len(raw) == 0 || !utf8.Valid(raw) {
		return false
	}
	for _, r := range string(raw) {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// firstValue cuts a header of perhaps several values after the first and takes its parameters off. A plain text may
// hold our own pairs, which look like parameters: only those that the RFC names are taken for such.
func firstValue(s string) (value, params string) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, `"`) {
		if value, rest, ok := strings.Cut(s[1:], `"`); ok {
			params, _, _ = strings.Cut(rest, ",")
			return value, params
		}
	}
	s, _, _ = strings.Cut(s, ",")
	lower := strings.ToLower(s)
	end := len(s)
	for _, name := range []string{"encoding", "purpose", "content"} {
		if at := strings.Index(lower, ";"+name+"="); at >= 0 && len(lower) == len(s) {
			end = min(end, at)
		}
	}
	return strings.TrimSpace(s[:end]), s[end:]
}

// pairs reads "id=…;number=…" and what others call these.
func pairs(content string) (d Data) {
	for _, pair := range strings.FieldsFunc(content, func(r rune) bool { return r == ';' || r == '&' || r == '|' || r == ' ' }) {
		name, value, _ := strings.Cut(pair, "=")
		switch strings.ToLower(name) {
		case "id", "callid", "call_id", "call-id", "ucid":
			d.CallID = cmp.Or(d.CallID, id(value))
		case "number", "ani", "caller", "phone", "tel":
			d.Number = cmp.Or(d.Number, number(value))
		}
	}
	return d
}
