package store

import (
	"encoding/base64"
	"fmt"
)

// sealLine makes a line of the spool of its text: sealed, in letters that hold no line's end.
func (s *Store) sealLine(text []byte) []byte {
	sealed := s.seal(purposeSpool, string(text))
	line := make([]byte, base64.RawStdEncoding.EncodedLen(len(sealed)))
	base64.RawStdEncoding.Encode(line, sealed)
	return line
}

// openLine is the text of a line. One that begins with a brace was written before lines were sealed.
func (s *Store) openLine(line []byte) ([]byte, error) {
	if len(line) > 0 && line[0] == '{' {
		return line, nil
	}
	sealed, err := base64.RawStdEncoding.DecodeString(string(line))
	if err != nil {
		return nil, fmt.Errorf("it is not sealed: %w", err)
	}
	text, err := s.keys.Open(purposeSpool, sealed)
	return []byte(text), err
}
