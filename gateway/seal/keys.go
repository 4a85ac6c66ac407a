package seal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxKeysText bounds a key file: 255 keys and their comments fit.
const maxKeysText = 64 << 10

// Parse reads a key ring from text. Each line is "hash SECRET" (once), "key ID SECRET" or "key ID CIPHER SECRET",
// empty, or a comment that begins with #; secrets are 64 hexadecimal digits. The topmost key seals, all of them open.
func Parse(text string) (*KeyRing, error) {
	if len(text) > maxKeysText {
		return nil, fmt.Errorf("more than %d bytes: this is no list of keys", maxKeysText)
	}
	var hash *[KeySize]byte
	var keys []Key
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		key, err := parseLine(words)
		switch {
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		case key.ID != 0:
			keys = append(keys, key)
		case hash != nil:
			return nil, fmt.Errorf("line %d: there is one hash key and no other", i+1)
		default:
			hash = &key.Secret
		}
	}
	if hash == nil {
		return nil, errors.New("the line \"hash SECRET\" is missing")
	}
	return NewKeyRing(*hash, keys...)
}

// parseLine reads one line; the hash key has id 0.
func parseLine(words []string) (k Key, err error) {
	switch {
	case words[0] == "hash" && len(words) == 2:
	case words[0] == "key" && (len(words) == 3 || len(words) == 4):
		n, err := strconv.ParseUint(words[1], 10, 8)
		if err != nil || n == 0 {
			return k, errors.New("the id of a key is 1 to 255")
		}
		k.ID = byte(n)
		if len(words) == 4 {
			k.Cipher = words[2]
		}
	default:
		return k, errors.New("it is neither \"hash SECRET\" nor \"key ID SECRET\" nor \"key ID CIPHER SECRET\"")
	}
	raw, err := hex.DecodeString(words[len(words)-1])
	if err != nil || len(raw) != KeySize { // the secret itself is never said
		return k, fmt.Errorf("the secret is not %d hexadecimal digits", 2*KeySize)
	}
	copy(k.Secret[:], raw)
	return k, nil
}

// NewSecret draws a secret as Parse reads it.
func NewSecret() string {
	var secret [KeySize]byte
	_, _ = rand.Read(secret[:]) // never fails
	return hex.EncodeToString(secret[:])
}

// NewKeys is the text of a fresh ring.
func NewKeys() string {
	return "# Keys of a hotline. Without them nothing that was sealed can be read again: keep a copy in a safe place.\n" +
		"# The topmost key seals, all of them open. \"hotline keys rotate\" puts a new one on top.\n" +
		"hash " + NewSecret() + "\nkey 1 " + NewSecret() + "\n"
}

// AddKey is the text of a ring with a new key on top, and its id.
func AddKey(text string) (added string, id byte, err error) {
	ring, err := Parse(text)
	if err != nil {
		return "", 0, err
	}
	id = ring.first
	for n := 0; ; n++ { // ids go round: the ones no longer used were taken off the ring
		if n == 255 {
			return "", 0, errors.New("all 255 ids are in use: take keys off the ring that seal nothing any more")
		}
		if id++; id != 0 && ring.ciphers[id] == nil {
			break
		}
	}
	lines := strings.SplitAfter(text, "\n")
	at := len(lines)
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "key ") {
			at = i
			break
		}
	}
	line := fmt.Sprintf("key %d %s\n", id, NewSecret())
	return strings.Join(lines[:at], "") + line + strings.Join(lines[at:], ""), id, nil
}
