package e2e

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hotline/ivr/prompts"
)

// words are something spoken, as a telephone carries it, without the parties' tones: found in what a party heard by its
// likeness, whatever tones were heard at the same time.
type words struct {
	what    string
	samples []float64
}

// alike is the likeness, 0 to 1, that makes it the same words: half, where a packet was lost in the middle. Others of the
// same voice have a quarter.
const alike = 0.4

// prompt is a prompt that Asterisk has.
func (h *house) prompt(t *testing.T, name string) words {
	t.Helper()
	s, err := prompts.ReadWAV(filepath.Join(h.Asterisk.SoundsDir(), name+".wav"))
	if err != nil {
		t.Fatal(err)
	}
	return wordsOf(name, s)
}

func wordsOf(what string, s prompts.Sound) words {
	return words{what, toneless(s.Trim().Resample(rate).Samples)}
}

// toneless takes the parties' tones out of sound.
func toneless(samples []int16) []float64 {
	out := make([]float64, len(samples))
	for i, x := range samples {
		out[i] = float64(x)
	}
	const width = 0.97 // radius of the notch's poles
	for f := range tones {
		turn := -2 * math.Cos(2*math.Pi*float64(f)/rate)
		var x1, x2, y1, y2 float64
		for i, x := range out {
			y := x + turn*x1 + x2 - width*turn*y1 - width*width*y2
			x2, x1, y2, y1 = x1, x, y1, y
			out[i] = y
		}
	}
	return out
}

// in is where sound has the words first, and how alike they are; where it has them nowhere, the nearest to it.
func (w words) in(sound []float64) (at int, likeness float64) {
	var own, beside float64
	for i, x := range w.samples {
		own += x * x
		if i < len(sound) {
			beside += sound[i] * sound[i]
		}
	}
	const silence = 20 * 20 // a sample's power
	for lag := 0; lag+len(w.samples) <= len(sound); lag++ {
		if beside > silence*float64(len(w.samples)) {
			dot := 0.0
			for i, x := range w.samples {
				dot += x * sound[lag+i]
			}
			if l := dot / math.Sqrt(own*beside); l > likeness {
				at, likeness = lag, l
			}
			if likeness > alike && lag > at+rate/100 {
				break // past the peak
			}
		}
		if end := lag + len(w.samples); end < len(sound) {
			beside += sound[end]*sound[end] - sound[lag]*sound[lag]
		}
	}
	return at, likeness
}

// sound is what a party heard between two times.
func (p *party) sound(from, to time.Time) (samples []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.frames {
		if !f.at.Before(from) && f.at.Before(to) {
			samples = append(samples, f.samples...)
		}
	}
	return samples
}

// hearsWords waits until a party has heard some words one after the other. They are looked for in samples as they came,
// whose times a busy machine shakes.
func (p *party) hearsWords(t *testing.T, since time.Time, within time.Duration, list ...words) {
	t.Helper()
	from, began := 0, time.Now()
	for i, w := range list {
		best := 0.0
		until(t, fmt.Sprintf("the %.0f Hz party hears %q", p.tone, w.what), within-time.Since(began), func() bool {
			time.Sleep(100 * time.Millisecond) // looking costs more than waiting
			sound := p.sound(since, time.Now())
			after := sound[min(from, len(sound)):]
			if i > 0 { // right after the one before
				after = after[:min(len(after), len(w.samples)+rate/2)]
			}
			at, likeness := w.in(toneless(after))
			if best = max(best, likeness); likeness > alike {
				from += at + len(w.samples) - rate/20
				return true
			}
			return false
		}, func() string { return fmt.Sprintf("likeness %.2f, it heard %s", best, p.summary(since, time.Now())) })
		t.Logf("the %.0f Hz party hears %q, likeness %.2f", p.tone, w.what, best)
	}
}

// ending is the last second of the words.
func (w words) ending() words {
	return words{w.what, w.samples[max(0, len(w.samples)-rate):]}
}

// hasNotHeard fails where a party heard some words between two times.
func (p *party) hasNotHeard(t *testing.T, from, to time.Time, w words) {
	t.Helper()
	if _, likeness := w.in(toneless(p.sound(from, to))); likeness > alike {
		t.Errorf("the %.0f Hz party heard %q, likeness %.2f", p.tone, w.what, likeness)
	}
}

func TestWordsAreFoundAmongTones(t *testing.T) {
	t.Parallel()
	speech := func(seed uint32) []int16 { // noise that rises and falls
		s := make([]int16, 2*rate)
		for i := range s {
			seed = seed*1664525 + 1013904223
			s[i] = int16(float64(int32(seed)) / (1 << 19) * math.Abs(math.Sin(float64(i)/900)))
		}
		return s
	}
	heard := slices.Concat(make([]int16, 3000), speech(1))
	for i := range heard {
		heard[i] = fromALaw(toALaw(heard[i]/2 + agentTone.at(i, rate)/2 + serviceTone.at(i, rate)/2))
	}
	at, likeness := words{"said", toneless(speech(1))}.in(toneless(heard))
	if likeness < alike || at != 3000 {
		t.Errorf("the words are at %d with a likeness of %.2f", at, likeness)
	}
	if _, likeness := (words{"not said", toneless(speech(7))}).in(toneless(heard)); likeness > alike/2 {
		t.Errorf("others have a likeness of %.2f", likeness)
	}
}
