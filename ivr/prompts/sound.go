package prompts

import (
	"math"
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
