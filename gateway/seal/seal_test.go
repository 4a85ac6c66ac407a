package seal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestWhatIsSealedIsOpenedByEveryRingWithItsKey(t *testing.T) {
	t.Parallel()
	old, both := ring(t, 1), ring(t, 2, 1)
	was := old.Seal("number", "13800001234")
	if got, err := both.Open("number", was); err != nil || got != "13800001234" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ring(t, 2).Open("number", was); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("without its key: %v", err)
	}
	if _, err := both.Open("note", was); !errors.Is(err, ErrBroken) {
		t.Errorf("for another purpose: %v", err)
	}
	if now := both.Seal("number", "13800001234"); now[0] != 2 || bytes.Equal(now, both.Seal("number", "13800001234")) {
		t.Error("sealed with an old key, or twice the same")
	}
	if both.Seal("number", "") != nil || both.Hash("number", "") != nil {
		t.Error("nothing was sealed")
	}
	if !bytes.Equal(old.Hash("number", "13800001234"), both.Hash("number", "13800001234")) {
		t.Error("another key changes the hash")
	}
}

func TestKeysAreReadFromText(t *testing.T) {
	t.Parallel()
	text := NewKeys()
	first, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	sealed := first.Seal("number", "110")
	for range 3 {
		var id byte
		if text, id, err = AddKey(text); err != nil {
			t.Fatal(err)
		}
		ring, err := Parse(text)
		if err != nil || ring.first != id {
			t.Fatalf("%v: the new key %d is not on top", err, id)
		}
		if got, err := ring.Open("number", sealed); err != nil || got != "110" {
			t.Errorf("%q, %v", got, err)
		}
	}
	secret := NewSecret()
	for bad, why := range map[string]string{
		"":                                     "hash",
		"hash " + secret:                       "needs a key",
		"hash " + secret + "\nkey 0 " + secret: "1 to 255",
		"hash " + secret + "\nkey 1 " + secret[2:]:                   "64 hexadecimal",
		"hash " + secret + "\nkey 1 " + secret + "\nkey 1 " + secret: "each once",
		"hash " + secret + "\nhash " + secret:                        "one hash key",
		"hash " + secret + "\nkey 1 rot13 " + secret:                 "not known",
		"password: " + secret:                                        "neither",
		strings.Repeat("#", maxKeysText+1):                           "no list of keys",
	} {
		_, err := Parse(bad)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), secret[2:20]) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(NewKeys())
	f.Add("hash 00\nkey 1 aes-256-gcm 00")
	f.Fuzz(func(t *testing.T, text string) {
		ring, err := Parse(text)
		if err != nil {
			return
		}
		if got, err := ring.Open("p", ring.Seal("p", "text")); err != nil || got != "text" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// FuzzOpen asserts of whatever lies in the tables: it is opened to what was sealed, or an error, never a panic.
func FuzzOpen(f *testing.F) {
	r := ring(f, 1)
	f.Add(r.Seal("number", "13800001234"))
	f.Add([]byte{1})
	f.Add([]byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if text, err := r.Open("number", sealed); err == nil && text != "" && text != "13800001234" {
			t.Errorf("%x was opened to %q", sealed, text)
		}
		s, err := r.OpenStream(bytes.NewReader(sealed), int64(len(sealed)), "recording c1")
		if err == nil {
			t.Errorf("%x was opened as a stream of %d", sealed, s.Size())
		}
	})
}
