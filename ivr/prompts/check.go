package prompts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"
)

// What a usable sound is.
const (
	leastRate   = narrow
	mostRate    = 96000
	mostLasting = 4 * time.Minute
	leastLoud   = -60 // dB; less is silence to a caller
)

// audible tells why a sound is of no use to a caller.
func (s Sound) audible() error {
	switch {
	case s.Rate < leastRate || s.Rate > mostRate:
		return fmt.Errorf("it has %d samples a second, want %d to %d", s.Rate, leastRate, mostRate)
	case len(s.Samples) == 0:
		return errors.New("it is empty")
	case s.Duration() > mostLasting:
		return fmt.Errorf("it lasts %v, longer than %v", s.Duration().Round(time.Second), mostLasting)
	case math.IsInf(s.RMS(), -1) || s.RMS() < leastLoud:
		return errors.New("it is silent")
	}
	return nil
}

// ReadPrompt reads a file that callers are to hear. It refuses what is broken, cut off, silent or too long, with the
// reason. The error of a file that is not there satisfies os.IsNotExist.
func ReadPrompt(path string) (Sound, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Sound{}, err
	}
	s, err := ParseWAV(data)
	if err == nil {
		err = s.audible()
	}
	if size := int64(len(data)); err == nil && size < 8+int64(binary.LittleEndian.Uint32(data[4:])) {
		err = errors.New("it is cut off")
	}
	if err != nil {
		return Sound{}, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// Usable tells whether both files of a finished prompt can be played.
func Usable(sounds, name string) error {
	for suffix, rate := range rates {
		s, err := ReadPrompt(filepath.Join(sounds, name+suffix))
		if err != nil {
			return err
		}
		if s.Rate != rate {
			return fmt.Errorf("%s%s has %d samples a second, want %d", name, suffix, s.Rate, rate)
		}
	}
	return nil
}
