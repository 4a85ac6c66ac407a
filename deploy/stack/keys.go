package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hotline/gateway/seal"
)

func (s *Stack) keysFile() string { return filepath.Join(s.dir, "gateway", "keys") }

// makeKeys draws the gateway's keys once for each folder, whose data can be read with them alone.
func (s *Stack) makeKeys(context.Context) error {
	path := s.keysFile()
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.WriteFile(path+".new", []byte(seal.NewKeys()), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("put %s in place: %w", path, err)
	}
	return nil
}

// Keys is the ring that the gateway uses.
func (s *Stack) Keys() (*seal.KeyRing, error) {
	text, err := os.ReadFile(s.keysFile())
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	return seal.Parse(string(text))
}
