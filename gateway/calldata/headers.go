package calldata

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"
)

// The headers. The second is known to many exchanges (RFC 7433) and crosses into ISDN; the others are ours.
const (
	CallIDHeader  = "X-Hotline-Call-Id"
	UUIHeader     = "User-to-User"
	ContextHeader = "X-Hotline-Context"
)

const (
	maxUUI     = 128  // octets; what ISDN carries
	maxContext = 1500 // bytes of the whole header
	maxJSON    = (maxContext - len(ContextHeader) - len(": \r\n")) / 4 * 3

	// ia5 is Q.931's protocol discriminator before text.
	ia5 = 0x04
	// isdn says what the content is and how an ISDN gateway is to take it (RFC 7434).
	isdn = ";encoding=hex;purpose=isdn-uui;content=isdn-uui"
)

// Header is one SIP header.
type Header struct{ Name, Value string }

// Headers are those that the INVITE carries, fewer when little is known. Their values are of printable ASCII.
func (d Data) Headers() []Header {
	d = d.bounded()
	var headers []Header
	if d.CallID != "" {
		headers = append(headers, Header{CallIDHeader, d.CallID})
	}
	if content := d.uui(); content != "" {
		headers = append(headers, Header{UUIHeader, hex.EncodeToString(append([]byte{ia5}, content...)) + isdn})
	}
	if context := d.context(); context != "{}" {
		headers = append(headers, Header{ContextHeader, base64.RawURLEncoding.EncodeToString([]byte(context))})
	}
	return headers
}

// uui is the least: "id=…;number=…". An id too long for it is left out, for half an id is another call's.
func (d Data) uui() string {
	number := ""
	if d.Number != "" {
		number = "number=" + d.Number
	}
	switch {
	case d.CallID == "":
		return number
	case 1+len("id=;")+len(d.CallID)+len(number) > maxUUI:
		return number
	case number == "":
		return "id=" + d.CallID
	}
	return "id=" + d.CallID + ";" + number
}

// context is everything as JSON; what is too long loses first of the note, then its tags, then of other texts.
func (d Data) context() string {
	for _, field := range d.texts() {
		excess := len(d.json()) - maxJSON
		if excess <= 0 {
			break
		}
		*field = shorten(*field, len(*field)-excess)
		if len(d.json()) > maxJSON {
			d.Tags = nil
		}
	}
	return d.json()
}

func (d Data) json() string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(d) != nil {
		return "{}"
	}
	return string(bytes.TrimSpace(out.Bytes()))
}

// shorten brings a text to so many bytes, the ellipsis that shows it among them.
func shorten(s string, most int) string {
	const ellipsis = "…"
	most -= len(ellipsis)
	if most <= 0 {
		return ""
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + ellipsis
}
