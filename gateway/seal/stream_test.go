package seal

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

func ring(t testing.TB, ids ...byte) *KeyRing {
	t.Helper()
	var keys []Key
	for _, id := range ids {
		keys = append(keys, Key{ID: id, Secret: [KeySize]byte{id}})
	}
	r, err := NewKeyRing([KeySize]byte{99}, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func noise(n int) []byte {
	text := make([]byte, n)
	source := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = source.Read(text)
	return text
}

func sealedStream(t testing.TB, r *KeyRing, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if n, err := r.SealStream(&out, bytes.NewReader(text), "recording c1"); err != nil || n != int64(len(text)) {
		t.Fatal(n, err)
	}
	return out.Bytes()
}

func TestAStreamIsReadFromAnyPlace(t *testing.T) {
	t.Parallel()
	r := ring(t, 1)
	for _, size := range []int{0, 1, 44, chunkSize - 1, chunkSize, chunkSize + 1, 3 * chunkSize, 3*chunkSize + 17} {
		text := noise(size)
		raw := sealedStream(t, r, text)
		s, err := r.OpenStream(bytes.NewReader(raw), int64(len(raw)), "recording c1")
		if err != nil || s.Size() != int64(size) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%d bytes came out as %d: %v", size, len(got), err)
		}
		for _, at := range []int{0, size / 3, size / 2, size - 1} {
			if at < 0 {
				continue
			}
			_, _ = s.Seek(int64(at), io.SeekStart)
			if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, text[at:]) {
				t.Errorf("%d bytes from %d: %v", size, at, err)
			}
		}
	}
}

func TestAStreamThatWasTouchedIsBroken(t *testing.T) {
	t.Parallel()
	r := ring(t, 1)
	text := noise(2*chunkSize + 100)
	raw := sealedStream(t, r, text)
	const chunk = chunkSize + tagSize
	swapped := bytes.Clone(raw)
	copy(swapped[HeaderSize:], raw[HeaderSize+chunk:HeaderSize+2*chunk])
	copy(swapped[HeaderSize+chunk:], raw[HeaderSize:HeaderSize+chunk])
	flipped := bytes.Clone(raw)
	flipped[HeaderSize+chunk+7] ^= 1
	for what, raw := range map[string][]byte{
		"swapped": swapped, "flipped": flipped, "cut at a chunk": raw[:HeaderSize+2*chunk], "cut": raw[:len(raw)-1],
		"longer": append(bytes.Clone(raw), 0), "only a header": raw[:HeaderSize], "nothing": nil, "text": text,
	} {
		s, err := r.OpenStream(bytes.NewReader(raw), int64(len(raw)), "recording c1")
		if err == nil {
			_, err = io.ReadAll(s)
		}
		if !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := r.OpenStream(bytes.NewReader(raw), int64(len(raw)), "recording c2"); !errors.Is(err, ErrBroken) {
		t.Errorf("another call's name: %v", err)
	}
	if _, err := ring(t, 2).OpenStream(bytes.NewReader(raw), int64(len(raw)), "recording c1"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("another ring: %v", err)
	}
}

func TestANewKeyNeedsANewHeaderOnly(t *testing.T) {
	t.Parallel()
	text := noise(chunkSize + 5)
	raw := sealedStream(t, ring(t, 1), text)
	both := ring(t, 2, 1)
	header, err := both.Reheader(bytes.NewReader(raw), "recording c1")
	if err != nil || len(header) != HeaderSize {
		t.Fatal(len(header), err)
	}
	copy(raw, header)
	if again, err := both.Reheader(bytes.NewReader(raw), "recording c1"); again != nil || err != nil {
		t.Error("made anew twice", err)
	}
	s, err := ring(t, 2).OpenStream(bytes.NewReader(raw), int64(len(raw)), "recording c1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, text) {
		t.Error(err)
	}
}

// BenchmarkStream is what it costs to seal a minute of a conversation, 8 kHz and 16 bits.
func BenchmarkStream(b *testing.B) {
	r := ring(b, 1)
	text := noise(60 * 16000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := r.SealStream(io.Discard, bytes.NewReader(text), "recording c1"); err != nil {
			b.Fatal(err)
		}
	}
}
