package e2e

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

// tone is a frequency in Hz that one party sends. Those here are none of the music's notes and not near their
// harmonics.
type tone float64

const (
	callerTone     tone = 1250
	callerTone2    tone = 1450
	agentTone      tone = 1850
	agentTone2     tone = 2150
	serviceTone    tone = 2350
	serviceTone2   tone = 2750
	supervisorTone tone = 2950

	rate      = 8000 // samples a second of a telephone
	frameSize = 160  // samples of one packet, 20 ms
)

// tones are everybody's, each with the letter that stands for it in a summary.
var tones = map[tone]byte{
	callerTone: 'C', callerTone2: 'c', agentTone: 'A', agentTone2: 'a', serviceTone: 'S', serviceTone2: 's', supervisorTone: 'V',
}

// at is the tone's sample number n, at a third of full scale.
func (f tone) at(n int, rate float64) int16 {
	return int16(11000 * math.Sin(2*math.Pi*float64(f)*float64(n)/rate))
}

// share is how much of the samples' power the tone is, 0 to 1 (Goertzel).
func (f tone) share(samples []int16, rate float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	coeff := 2 * math.Cos(2*math.Pi*float64(f)/rate)
	var s1, s2, total float64
	for _, x := range samples {
		s1, s2 = float64(x)+coeff*s1-s2, s1
		total += float64(x) * float64(x)
	}
	if total == 0 {
		return 0
	}
	power := s1*s1 + s2*s2 - coeff*s1*s2
	return 2 * power / (float64(len(samples)) * total)
}

// loudness is the samples' level in dB below full scale.
func loudness(samples []int16) float64 {
	var total float64
	for _, x := range samples {
		total += float64(x) * float64(x)
	}
	return 10 * math.Log10(total/float64(max(1, len(samples)))/(32768*32768)+1e-12)
}

// A-law, G.711.

func fromALaw(a byte) int16 {
	a ^= 0x55
	segment, value := int(a>>4)&7, int(a&15)<<4+8
	if segment > 0 {
		value = (value + 0x100) << (segment - 1)
	}
	if a&0x80 == 0 {
		return int16(-value)
	}
	return int16(value)
}

func toALaw(x int16) byte {
	sign, value := byte(0x80), int(x)
	if value < 0 {
		sign, value = 0, -value-1
	}
	value = min(value, 32767)
	segment := 0
	for v := value >> 8; v > 0; v >>= 1 {
		segment++
	}
	shift := 4
	if segment > 1 {
		shift = segment + 3
	}
	return (sign | byte(segment)<<4 | byte(value>>shift)&15) ^ 0x55
}

// wav is seconds of the tone as a file, for Chromium's microphone, which plays it again and again. A whole number of
// seconds makes the seam inaudible.
func (f tone) wav(seconds int) []byte {
	const rate = 48000
	samples := make([]int16, seconds*rate)
	for i := range samples {
		samples[i] = f.at(i, rate)
	}
	var b bytes.Buffer
	for _, v := range []any{
		[]byte("RIFF"), uint32(36 + 2*len(samples)), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1),
		uint32(rate), uint32(2 * rate), uint16(2), uint16(16), []byte("data"), uint32(2 * len(samples)), samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, v) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}

// readWAV returns the samples of a 16-bit PCM file.
func readWAV(data []byte) (samples []int16, rate int, ok bool) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return nil, 0, false
	}
	for rest := data[12:]; len(rest) >= 8; {
		size := int(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:min(len(rest), 8+size)]
		switch string(rest[:4]) {
		case "fmt ":
			rate = int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			for i := 0; i+1 < len(body); i += 2 {
				samples = append(samples, int16(binary.LittleEndian.Uint16(body[i:])))
			}
			return samples, rate, rate > 0
		}
		rest = rest[8+len(body)+size%2*min(1, len(rest)-8-len(body)):]
	}
	return nil, 0, false
}

func TestToneIsToldFromOthersThroughALaw(t *testing.T) {
	t.Parallel()
	samples := make([]int16, 5*frameSize)
	for i := range samples {
		samples[i] = fromALaw(toALaw(callerTone.at(i, rate)))
	}
	if share := callerTone.share(samples, rate); share < 0.95 {
		t.Errorf("the tone is %.2f of itself", share)
	}
	if share := agentTone.share(samples, rate); share > 0.02 {
		t.Errorf("another tone is %.2f of it", share)
	}
	if db := loudness(samples); math.Abs(db+12.5) > 1 {
		t.Errorf("its level is %.1f dB", db)
	}
	for x := -32768; x < 32768; x += 7 {
		if got := int(fromALaw(toALaw(int16(x)))); math.Abs(float64(got-x)) > 8+math.Abs(float64(x))/30 {
			t.Fatalf("A-law makes %d of %d", got, x)
		}
	}
	if got, hz, ok := readWAV(agentTone.wav(1)); !ok || hz != 48000 || agentTone.share(got, float64(hz)) < 0.99 {
		t.Errorf("the microphone's file: %d samples at %d Hz", len(got), hz)
	}
}
