package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// decode reads one frame of a console. An error says in words for a close frame how the protocol was broken.
func decode(data []byte) (ClientFrame, error) {
	var f ClientFrame
	if !utf8.Valid(data) {
		return f, errors.New("frame is not UTF-8")
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, errors.New("frame is not JSON of the protocol")
	}
	switch f.T {
	case "ping":
		return f, nil
	case "start":
		return f, checkID("page", f.Page)
	case "resume":
		return f, errors.Join(checkID("page", f.Page), checkID("sid", f.SID), checkID("epoch", f.Epoch))
	case "cmd":
		return f, errors.Join(checkID("id", f.ID), checkID("name", f.Name))
	}
	return f, errors.New("unknown t")
}

// checkID wants 1 to 64 printable ASCII characters.
func checkID(field, s string) error {
	if s == "" || len(s) > maxID {
		return fmt.Errorf("%s must have 1 to %d characters", field, maxID)
	}
	for _, r := range s {
		if r > unicode.MaxASCII || !unicode.IsGraphic(r) {
			return fmt.Errorf("%s has an illegal character", field)
		}
	}
	return nil
}

// checkCommand says what is wrong with a command that can be answered.
func checkCommand(f *ClientFrame) string {
	switch {
	case len(f.Args) > maxArgs:
		return "args are larger than 16 KiB"
	case len(f.Args) > 0 && f.Args[0] != '{' && !bytes.Equal(f.Args, []byte("null")):
		return "args must be an object"
	case len(f.Call) > 128:
		return "call is longer than 128 characters"
	case f.Ver < 0:
		return "ver must not be negative"
	}
	return ""
}
