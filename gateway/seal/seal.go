// Package seal encrypts what names a person, such as a number, before it is
// kept, and gives a keyed hash by which it can be found again.
package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// KeySize is the length of a key in bytes: AES-256.
const KeySize = 32

// HashSize is the length of a hash in bytes.
const HashSize = 16

// Errors of Open.
var (
	ErrUnknownKey = errors.New("sealed with a key that is not on the key ring")
	ErrBroken     = errors.New("sealed text is broken or was sealed for another purpose")
)

// Key is one key of a ring. Its id is kept with everything it sealed, 1 to 255.
type Key struct {
	ID     byte
	Cipher string // one of Ciphers; empty is AES256
	Secret [KeySize]byte
}

// KeyRing seals with its first key and opens with any. The hash key never
// rotates: with another one nothing would be found again. Its methods may be
// called from any goroutine.
type KeyRing struct {
	first   byte
	ciphers map[byte]cipher.AEAD
	hash    [KeySize]byte
}

// NewKeyRing makes a ring of keys, the one to seal with first.
func NewKeyRing(hash [KeySize]byte, keys ...Key) (*KeyRing, error) {
	if len(keys) == 0 {
		return nil, errors.New("a key ring needs a key")
	}
	r := &KeyRing{first: keys[0].ID, ciphers: make(map[byte]cipher.AEAD, len(keys)), hash: hash}
	for _, k := range keys {
		if k.ID == 0 || r.ciphers[k.ID] != nil {
			return nil, fmt.Errorf("key %d: ids are 1 to 255, each once", k.ID)
		}
		c, err := newCipher(k)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", k.ID, err)
		}
		r.ciphers[k.ID] = c
	}
	return r, nil
}

// Seal encrypts text for a purpose, such as "number". Empty text stays empty,
// so that "withheld" needs no key. The result is key id, nonce, ciphertext.
func (r *KeyRing) Seal(purpose, text string) []byte {
	if text == "" {
		return nil
	}
	c := r.ciphers[r.first]
	out := make([]byte, 1+c.NonceSize(), 1+c.NonceSize()+len(text)+c.Overhead())
	out[0] = r.first
	_, _ = rand.Read(out[1:]) // never fails
	return c.Seal(out, out[1:], []byte(text), []byte(purpose))
}

// Open returns what was sealed for the same purpose.
func (r *KeyRing) Open(purpose string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	c := r.ciphers[sealed[0]]
	if c == nil {
		return "", fmt.Errorf("key %d: %w", sealed[0], ErrUnknownKey)
	}
	if len(sealed) < 1+c.NonceSize() {
		return "", ErrBroken
	}
	nonce, text := sealed[1:1+c.NonceSize()], sealed[1+c.NonceSize():]
	plain, err := c.Open(nil, nonce, text, []byte(purpose))
	if err != nil {
		return "", ErrBroken
	}
	return string(plain), nil
}

// Hash is the same for the same text and purpose, and tells nothing to who
// lacks the key. Empty text has none. It is HMAC-SHA256 of purpose, a zero byte
// and text, cut to HashSize; every call is looked up by one, so it is made
// without a hash.Hash.
func (r *KeyRing) Hash(purpose, text string) []byte {
	if text == "" {
		return nil
	}
	inner := make([]byte, sha256.BlockSize, 192)
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range inner {
		inner[i], outer[i] = 0x36, 0x5c
	}
	for i, k := range r.hash {
		inner[i] ^= k
		outer[i] ^= k
	}
	inner = append(append(append(inner, purpose...), 0), text...)
	sum := sha256.Sum256(inner)
	copy(outer[sha256.BlockSize:], sum[:])
	sum = sha256.Sum256(outer[:])
	return sum[:HashSize]
}
