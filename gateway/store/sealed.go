package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"hotline/gateway/seal"
)

// What is sealed for which purpose. Text that was sealed for one cannot pass for another.
const (
	purposeNumber   = "number"   // a citizen's telephone number
	purposeOrigin   = "origin"   // what another hotline said of a call
	purposeNote     = "note"     // an agent's words about a citizen
	purposeTransfer = "transfer" // an outside number, and why the caller is handed to it
	purposeSpool    = "spool"    // a line of the journal on disk
)

// seal encrypts text for a column; empty text is NULL.
func (s *Store) seal(purpose, text string) []byte { return s.keys.Seal(purpose, text) }

// numberHash is what a number is found by; NULL when withheld.
func (s *Store) numberHash(number string) []byte { return s.keys.Hash(purposeNumber, key(number)) }

// NumberHash is what a number is found by in text, such as the audit's: hexadecimal, empty when withheld.
func (s *Store) NumberHash(number string) string { return hex.EncodeToString(s.numberHash(number)) }

// opened is where a sealed column is read to.
type opened struct {
	keys    *seal.KeyRing
	purpose string
	to      *string
}

func (s *Store) opened(purpose string, to *string) *opened { return &opened{s.keys, purpose, to} }

// ScanBytes opens what a column holds; NULL is empty.
func (o *opened) ScanBytes(sealed []byte) (err error) {
	if *o.to, err = o.keys.Open(o.purpose, sealed); err != nil {
		return fmt.Errorf("open a sealed %s: %w", o.purpose, err)
	}
	return nil
}

// openedJSON is where a sealed document is read to; NULL leaves it nil.
type openedJSON[T any] struct {
	opened
	into **T
}

func documentIn[T any](s *Store, purpose string, into **T) *openedJSON[T] {
	d := &openedJSON[T]{into: into}
	d.opened = opened{s.keys, purpose, new(string)}
	return d
}

// ScanBytes opens and reads the document.
func (d *openedJSON[T]) ScanBytes(sealed []byte) error {
	if err := d.opened.ScanBytes(sealed); err != nil || *d.to == "" {
		return err
	}
	*d.into = new(T)
	return json.Unmarshal([]byte(*d.to), *d.into)
}
