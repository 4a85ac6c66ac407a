package prompts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ReadWAV reads a file of 16-bit PCM; several channels are mixed into one. The
// error of a file that is not there satisfies os.IsNotExist.
func ReadWAV(path string) (Sound, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Sound{}, err
	}
	s, err := ParseWAV(data)
	if err != nil {
		return Sound{}, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// ParseWAV reads 16-bit PCM in a RIFF container, also one whose length was not
// known when its head was written.
func ParseWAV(data []byte) (Sound, error) {
	s, _, err := parseWAV(data)
	return s, err
}

func parseWAV(data []byte) (s Sound, channels int, err error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return Sound{}, 0, errors.New("it is not a WAV file")
	}
	for rest := data[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		body := rest[8:]
		if size > len(body) {
			size = len(body)
		}
		switch {
		case id == "fmt " && size >= 16:
			format, bits := binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[14:])
			if format != 1 || bits != 16 {
				return Sound{}, 0, fmt.Errorf("it is not 16-bit PCM (format %d, %d bits); convert it", format, bits)
			}
			channels = int(binary.LittleEndian.Uint16(body[2:]))
			s.Rate = int(binary.LittleEndian.Uint32(body[4:]))
		case id == "data":
			if channels == 0 || s.Rate == 0 {
				return Sound{}, 0, errors.New("it has no description of its format")
			}
			s.Samples = mix(body[:size], channels)
			return s, channels, nil
		}
		rest = body[min(len(body), size+size%2):]
	}
	return Sound{}, 0, errors.New("it has no samples")
}

func mix(data []byte, channels int) []int16 {
	out := make([]int16, len(data)/2/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(data[2*(i*channels+c):])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}

// WriteWAV writes the sound as 16-bit PCM, whole or not at all, so that nobody
// plays half a file.
func (s Sound) WriteWAV(path string) error {
	size := 2 * len(s.Samples)
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, field := range []any{
		uint32(36 + size), [8]byte([]byte("WAVEfmt ")), uint32(16), uint16(1), uint16(1),
		uint32(s.Rate), uint32(2 * s.Rate), uint16(2), uint16(16),
		[4]byte([]byte("data")), uint32(size), s.Samples,
	} {
		if err := binary.Write(&b, binary.LittleEndian, field); err != nil {
			return fmt.Errorf("encode sound: %w", err)
		}
	}
	return writeWhole(path, b.Bytes())
}

// writeWhole writes under a name of its own and renames, also where several
// processes write the same file.
func writeWhole(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write sound: %w", err), os.Remove(f.Name()))
	}
	return nil
}
