package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"hotline/gateway/seal"
)

// KeysConfig says where the keys are with which numbers, names and recordings are encrypted.
type KeysConfig struct {
	KeysFile string `env:"HOTLINE_KEYS_FILE" type:"path" help:"File with the keys that numbers, names and recordings are encrypted with; hotline keys new makes one. Needed, or HOTLINE_KEYS."`
	Keys     string `env:"HOTLINE_KEYS" help:"The same text in place of a file, with commas for line ends."`
}

// tooOpen are the rights that a file of keys must not give: anything to others, writing to its group.
const tooOpen fs.FileMode = 0o037

// ring reads the keys and says of each fault what to do.
func (c *KeysConfig) ring() (*seal.KeyRing, error) {
	if c.KeysFile == "" && c.Keys == "" {
		return nil, errors.New("the keys are missing: make a file with `hotline keys new FILE` and set HOTLINE_KEYS_FILE")
	}
	if c.KeysFile == "" {
		ring, err := seal.Parse(strings.ReplaceAll(c.Keys, ",", "\n"))
		if err != nil {
			return nil, fmt.Errorf("HOTLINE_KEYS: %w", err)
		}
		return ring, nil
	}
	text, err := readKeys(c.KeysFile)
	if err != nil {
		return nil, err
	}
	ring, err := seal.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("HOTLINE_KEYS_FILE: %s: %w", c.KeysFile, err)
	}
	return ring, nil
}

// readKeys reads a file of keys that nobody else may read.
func readKeys(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("HOTLINE_KEYS_FILE: %w", err)
	}
	if info.Mode().Perm()&tooOpen != 0 {
		return "", fmt.Errorf("HOTLINE_KEYS_FILE: %s may be used by others (%v): chmod 600 it", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("HOTLINE_KEYS_FILE: %w", err)
	}
	return string(text), nil
}

// KeysCommand is `hotline keys`.
type KeysCommand struct {
	New NewKeys `cmd:"" help:"Make a file of keys, which must not be there yet."`
}

// NewKeys is `hotline keys new`.
type NewKeys struct {
	File string `arg:"" type:"path" help:"Path of the new file."`
}

// Run makes the file, for its owner alone.
func (c *NewKeys) Run() error {
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make the file of keys: %w", err)
	}
	_, err = f.WriteString(seal.NewKeys())
	return errors.Join(err, f.Sync(), f.Close())
}
