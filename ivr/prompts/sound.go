package prompts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"
)

// Sound is one channel of 16-bit samples.
type Sound struct {
	Rate    int // samples a second
	Samples []int16
}

// Duration is how long the sound lasts.
func (s Sound) Duration() time.Duration {
	return time.Duration(len(s.Samples)) * time.Second / time.Duration(s.Rate)
}

// RMS is the loudness in dB below full scale; minus infinity for silence.
func (s Sound) RMS() float64 {
	sum := 0.0
	for _, v := range s.Samples {
		sum += float64(v) * float64(v)
	}
	return 10*math.Log10(sum/float64(max(1, len(s.Samples)))) - 20*math.Log10(math.MaxInt16)
}

// Level returns the sound at a loudness of db below full scale, or as near to
// it as its peaks allow without being cut.
func (s Sound) Level(db float64) Sound {
	peak := 1.0
	for _, v := range s.Samples {
		peak = max(peak, math.Abs(float64(v)))
	}
	gain := min(math.Pow(10, (db-s.RMS())/20), 0.9*math.MaxInt16/peak)
	out := make([]int16, len(s.Samples))
	for i, v := range s.Samples {
		out[i] = int16(math.Round(float64(v) * gain))
	}
	return Sound{s.Rate, out}
}

// Trim returns the sound without the silence at its ends, but for 50 ms.
func (s Sound) Trim() Sound {
	const threshold = 200
	first, last := len(s.Samples), -1
	for i, v := range s.Samples {
		if v > threshold || v < -threshold {
			first, last = min(first, i), i
		}
	}
	if last < 0 {
		return Sound{Rate: s.Rate}
	}
	margin := s.Rate / 20
	return Sound{s.Rate, s.Samples[max(0, first-margin):min(len(s.Samples), last+margin)]}
}

// Then returns s, a pause, and t, which has the same rate.
func (s Sound) Then(pause time.Duration, t Sound) Sound {
	out := append([]int16{}, s.Samples...)
	out = append(out, make([]int16, int(pause.Seconds()*float64(s.Rate)))...)
	return Sound{s.Rate, append(out, t.Samples...)}
}

// Resample returns the sound at another rate, through a windowed sinc filter
// that removes what the lower of the two rates cannot carry.
func (s Sound) Resample(rate int) Sound {
	if rate == s.Rate {
		return s
	}
	filters, reach := filterBank(s.Rate, rate)
	out := make([]int16, len(s.Samples)*rate/s.Rate)
	for i := range out {
		// Sample i lies at a whole number of old samples and a fraction, of
		// which there are only as many as there are filters.
		whole := i * s.Rate / rate
		filter := filters[i%len(filters)]
		sum := 0.0
		for j := max(0, whole-reach); j <= min(len(s.Samples)-1, whole+reach); j++ {
			sum += float64(s.Samples[j]) * filter[j-whole+reach]
		}
		out[i] = clip(sum)
	}
	return Sound{rate, out}
}

// filterBank returns the weights of the old samples around each new one, for
// every position that a new sample can have between two old ones.
func filterBank(from, to int) (filters [][]float64, reach int) {
	const lobes = 16
	cut := 0.95 * min(1, float64(to)/float64(from))
	reach = int(math.Ceil(lobes / cut))
	filters = make([][]float64, to/gcd(from, to))
	for i := range filters {
		filters[i] = make([]float64, 2*reach+1)
		fraction := float64(i*from%to) / float64(to)
		for j := range filters[i] {
			x := fraction - float64(j-reach)
			window := 0.5 + 0.5*math.Cos(math.Pi*x/float64(reach+1))
			filters[i][j] = cut * sinc(cut*x) * window
		}
	}
	return filters, reach
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func clip(v float64) int16 {
	return int16(math.Round(max(math.MinInt16, min(math.MaxInt16, v))))
}

// ALaw returns the samples in G.711 A-law, a byte each, as a telephone line
// carries them.
func (s Sound) ALaw() []byte {
	out := make([]byte, len(s.Samples))
	for i, v := range s.Samples {
		out[i] = alaw(v)
	}
	return out
}

// alaw encodes one sample as ITU-T G.711 has it.
func alaw(v int16) byte {
	mask := byte(0xD5)
	x := int(v) >> 3
	if x < 0 {
		mask, x = 0x55, -x-1
	}
	segment, top := 0, 0x1F
	for segment < 7 && x > top {
		segment, top = segment+1, top<<1|1
	}
	step := x >> 1
	if segment > 1 {
		step = x >> segment
	}
	return (byte(segment)<<4 | byte(step&0x0F)) ^ mask
}

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
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return Sound{}, errors.New("it is not a WAV file")
	}
	var s Sound
	channels := 0
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
				return Sound{}, fmt.Errorf("it is not 16-bit PCM (format %d, %d bits); convert it", format, bits)
			}
			channels = int(binary.LittleEndian.Uint16(body[2:]))
			s.Rate = int(binary.LittleEndian.Uint32(body[4:]))
		case id == "data":
			if channels == 0 || s.Rate == 0 {
				return Sound{}, errors.New("it has no description of its format")
			}
			s.Samples = mix(body[:size], channels)
			return s, nil
		}
		rest = body[min(len(body), size+size%2):]
	}
	return Sound{}, errors.New("it has no samples")
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
