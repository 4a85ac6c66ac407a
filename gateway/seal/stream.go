package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A sealed stream is a header and chunks. Each stream has a key of its own, which the header holds sealed with the
// ring: many streams never share a nonce, and another key of the ring means another header and no more. Chunks are
// counted, and the last one is marked, so that none can be changed, moved, left out or cut off unseen.
const (
	chunkSize  = 64 << 10
	sealedSize = 1 + 12 + KeySize + 16 // what Seal makes of a stream's key
	tagSize    = 16

	// HeaderSize is the length of a sealed stream's header.
	HeaderSize = 4 + sealedSize
)

var magic = []byte("HLS1")

// SealStream writes src, sealed for a purpose such as "recording c1", to dst, and returns how many bytes src had.
func (r *KeyRing) SealStream(dst io.Writer, src io.Reader, purpose string) (size int64, err error) {
	var secret [KeySize]byte
	_, _ = rand.Read(secret[:]) // never fails
	c, err := newAES(secret)
	if err != nil {
		return 0, err
	}
	if _, err := dst.Write(append(bytes.Clone(magic), r.Seal(purpose, string(secret[:]))...)); err != nil {
		return 0, err
	}
	plain, next, out := make([]byte, chunkSize), make([]byte, chunkSize), make([]byte, 0, chunkSize+tagSize)
	n, err := readChunk(src, plain)
	for at := uint64(0); err == nil; at++ {
		var more int
		if n == chunkSize {
			if more, err = readChunk(src, next); err != nil {
				break
			}
		}
		last := more == 0
		size += int64(n)
		if _, err = dst.Write(c.Seal(out, nonce(at, last), plain[:n], nil)); err != nil || last {
			break
		}
		plain, next, n = next, plain, more
	}
	return size, err
}

// readChunk fills buf; fewer bytes are the end.
func readChunk(src io.Reader, buf []byte) (int, error) {
	n, err := io.ReadFull(src, buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

func nonce(at uint64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[4:], at)
	if last {
		n[0] = 1
	}
	return n
}

// Stream reads a sealed stream, from any place on.
type Stream struct {
	src    io.ReaderAt
	cipher cipher.AEAD
	size   int64 // of the text
	chunks int64
	pos    int64
	at     int64 // number of the chunk in text, -1: none
	text   []byte
	raw    []byte
}

// OpenStream opens a sealed stream of so many bytes.
func (r *KeyRing) OpenStream(src io.ReaderAt, size int64, purpose string) (*Stream, error) {
	secret, err := r.streamKey(src, purpose)
	if err != nil {
		return nil, err
	}
	c, err := newAES(secret)
	if err != nil {
		return nil, err
	}
	body := size - HeaderSize
	chunks := (body + chunkSize + tagSize - 1) / (chunkSize + tagSize)
	if body < tagSize || body-(chunks-1)*(chunkSize+tagSize) < tagSize {
		return nil, ErrBroken
	}
	return &Stream{
		src: src, cipher: c, size: body - chunks*tagSize, chunks: chunks, at: -1, raw: make([]byte, chunkSize+tagSize),
	}, nil
}

func (r *KeyRing) streamKey(src io.ReaderAt, purpose string) (secret [KeySize]byte, err error) {
	header := make([]byte, HeaderSize)
	if _, err := src.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		return secret, err
	}
	if !bytes.HasPrefix(header, magic) {
		return secret, fmt.Errorf("it is no sealed stream: %w", ErrBroken)
	}
	text, err := r.Open(purpose, header[len(magic):])
	if err != nil {
		return secret, err
	}
	copy(secret[:], text)
	return secret, nil
}

// Reheader returns the header that the ring's first key makes in place of the one of a stream; nil when that key made it.
func (r *KeyRing) Reheader(src io.ReaderAt, purpose string) ([]byte, error) {
	secret, err := r.streamKey(src, purpose)
	if err != nil {
		return nil, err
	}
	var id [1]byte
	if _, err := src.ReadAt(id[:], int64(len(magic))); err != nil || id[0] == r.first {
		return nil, err
	}
	return append(bytes.Clone(magic), r.Seal(purpose, string(secret[:]))...), nil
}

// Size is the length of the text in bytes.
func (s *Stream) Size() int64 { return s.size }

// Seek implements io.Seeker.
func (s *Stream) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.pos
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a sealed stream")
	}
	s.pos = offset
	return offset, nil
}

// Read implements io.Reader.
func (s *Stream) Read(p []byte) (int, error) {
	if s.pos >= s.size {
		return 0, io.EOF
	}
	if at := s.pos / chunkSize; at != s.at {
		if err := s.load(at); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.text[s.pos%chunkSize:])
	s.pos += int64(n)
	return n, nil
}

// load opens a chunk.
func (s *Stream) load(at int64) error {
	s.at = -1
	n, err := s.src.ReadAt(s.raw, HeaderSize+at*(chunkSize+tagSize))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if s.text, err = s.cipher.Open(s.text[:0], nonce(uint64(at), at == s.chunks-1), s.raw[:n], nil); err != nil {
		return ErrBroken
	}
	s.at = at
	return nil
}
