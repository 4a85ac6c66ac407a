package prompts

// Chime is two falling notes, heard in the place of a prompt that nothing could speak.
func Chime() Sound {
	const rate = wide
	mix := make([]float64, rate*3/2)
	note{semitone: 3, length: 0.6, loud: 0.5, rise: 0.02}.addTo(mix, rate)
	note{semitone: -1, at: 0.5, length: 0.8, loud: 0.5, rise: 0.02}.addTo(mix, rate)
	s := Sound{rate, make([]int16, len(mix))}
	for i, v := range mix {
		s.Samples[i] = clip(v * 8000)
	}
	return s.Level(speechLevel)
}
