package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"hotline/gateway/seal"
	"hotline/gateway/vault"
)

// KeysConfig says where the keys are with which numbers, names and recordings are encrypted, and who owns the tables.
type KeysConfig struct {
	KeysFile string `env:"HOTLINE_KEYS_FILE" type:"path" help:"File with the keys that numbers, names and recordings are encrypted with; hotline keys new makes one. Needed, or HOTLINE_KEYS."`
	Keys     string `env:"HOTLINE_KEYS" help:"The same text in place of a file, with commas for line ends."`
	OwnerURL string `env:"HOTLINE_OWNER_URL" help:"The same database as the role that owns the tables and changes them at an upgrade. The role of HOTLINE_DATABASE_URL can then not change the audit; when empty, that one owns them."`
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
	New    NewKeys    `cmd:"" help:"Make a file of keys, which must not be there yet."`
	Rotate RotateKeys `cmd:"" help:"Put a new key on top of the file; the others go on opening what they sealed."`
	Reseal ResealKeys `cmd:"" help:"Seal with the topmost key whatever another one sealed, tables and recordings. The gateway may serve meanwhile."`
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

// RotateKeys is `hotline keys rotate`.
type RotateKeys struct {
	KeysFile string `env:"HOTLINE_KEYS_FILE" type:"path" required:"" help:"File with the keys."`
}

// Run writes the file anew, whole or not at all.
func (c *RotateKeys) Run() error {
	text, err := readKeys(c.KeysFile)
	if err != nil {
		return err
	}
	added, id, err := seal.AddKey(text)
	if err != nil {
		return fmt.Errorf("HOTLINE_KEYS_FILE: %s: %w", c.KeysFile, err)
	}
	if err := os.WriteFile(c.KeysFile+".new", []byte(added), 0o600); err != nil {
		return fmt.Errorf("write the file of keys: %w", err)
	}
	if err := os.Rename(c.KeysFile+".new", c.KeysFile); err != nil {
		return fmt.Errorf("put the file of keys in place: %w", err)
	}
	fmt.Printf("key %d is on top. Keep a copy of %s, restart every gateway, then run `hotline keys reseal`.\n", id, c.KeysFile)
	return nil
}

// ResealKeys is `hotline keys reseal`.
type ResealKeys struct {
	KeysConfig
	DatabaseURL string `env:"HOTLINE_DATABASE_URL" required:"" help:"PostgreSQL, postgres://user:password@host/database."`
	Folders
}

// Run seals anew and says which keys may go.
func (c *ResealKeys) Run(ctx context.Context) error {
	keys, err := c.ring()
	if err != nil {
		return err
	}
	sealed, err := vault.New(vault.Options{Dir: c.recordingsDir(), Keys: keys, Log: quiet()})
	if err != nil {
		return err
	}
	n, err := sealed.Reseal(ctx)
	fmt.Printf("%d recordings\n", n)
	if err != nil {
		return err
	}
	db, err := c.open(ctx, c.DatabaseURL, quiet())
	if err != nil {
		return err
	}
	defer db.Close()
	did, err := db.Reseal(ctx)
	for _, name := range slices.Sorted(maps.Keys(did.Rows)) {
		fmt.Printf("%d rows of %s\n", did.Rows[name], name)
	}
	if err != nil {
		return err
	}
	fmt.Printf("everything is sealed with key %d.", did.Key)
	if len(did.Free) > 0 {
		fmt.Printf(" Key %v may be taken off the ring when no journal waits in the spool, and is needed for backups of before.", did.Free)
	}
	fmt.Println()
	return nil
}
