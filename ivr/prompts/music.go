package prompts

import "math"

// Music is half a minute of quiet chords to wait by, made here from sines so
// that it belongs to nobody. Its end flows into its beginning.
func Music() Sound {
	const (
		rate  = wide
		beat  = 0.5 // seconds
		beats = 8   // of one chord
	)
	// F, D minor, B flat, C, each as its notes' semitones from A4, twice.
	chords := [][]int{{-28, -16, -12, -9}, {-31, -19, -16, -12}, {-35, -23, -19, -16}, {-33, -21, -17, -14}}
	chords = append(chords, chords...)
	// The order in which a chord's notes are plucked; -1 is a rest.
	pattern := [beats]int{1, 2, 3, 2, 1, 3, 2, -1}

	mix := make([]float64, int(rate*beat*beats)*len(chords))
	for c, chord := range chords {
		start := float64(c) * beat * beats
		for _, semitone := range chord {
			note{semitone, start, beat * beats, 0.16, 0.8}.addTo(mix, rate)
		}
		for b, which := range pattern {
			if which >= 0 {
				note{chord[which] + 12, start + float64(b)*beat, 1.5, 0.22, 0.01}.addTo(mix, rate)
			}
		}
	}
	s := Sound{rate, make([]int16, len(mix))}
	for i, v := range mix {
		s.Samples[i] = clip(v * 4000)
	}
	return s.Level(-24)
}

// note is a soft tone: seconds from the start of the piece, for how long it
// fades out, and how long it takes to swell.
type note struct {
	semitone               int
	at, length, loud, rise float64
}

// addTo mixes the note in; what reaches beyond the end goes on at the start.
func (n note) addTo(mix []float64, rate int) {
	pitch := 440 * math.Pow(2, float64(n.semitone)/12)
	first := int(n.at * float64(rate))
	for i := range int((n.length + n.rise) * float64(rate)) {
		t := float64(i) / float64(rate)
		swell := 0.5 - 0.5*math.Cos(math.Pi*min(1, t/n.rise))
		fade := 0.5 + 0.5*math.Cos(math.Pi*min(1, t/(n.length+n.rise)))
		w := 2 * math.Pi * pitch * t
		tone := math.Sin(w) + 0.3*math.Sin(2*w) + 0.1*math.Sin(3*w)
		mix[(first+i)%len(mix)] += n.loud * swell * fade * tone
	}
}
