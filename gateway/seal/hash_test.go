package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"testing"
)

func TestHashIsHMAC(t *testing.T) {
	t.Parallel()
	var key [KeySize]byte
	_, _ = rand.Read(key[:])
	ring, err := NewKeyRing(key, Key{ID: 1, Secret: key})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"1", "13800001234", strings.Repeat("9", 300)} {
		m := hmac.New(sha256.New, key[:])
		m.Write([]byte("number\x00" + text))
		if want := m.Sum(nil)[:HashSize]; !bytes.Equal(ring.Hash("number", text), want) {
			t.Errorf("the hash of %d characters is no HMAC", len(text))
		}
	}
	if ring.Hash("number", "") != nil {
		t.Error("nothing has a hash")
	}
}

func BenchmarkHash(b *testing.B) {
	ring, err := NewKeyRing([KeySize]byte{1}, Key{ID: 1})
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		ring.Hash("number", "13800001234")
	}
}
