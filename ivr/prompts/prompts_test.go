package prompts

import (
	"math"
	"testing"
	"time"
)

func tone(rate int, hz float64, length time.Duration) Sound {
	s := Sound{rate, make([]int16, int(length.Seconds()*float64(rate)))}
	for i := range s.Samples {
		s.Samples[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return s
}

func TestResampleKeepsWhatALineCarriesAndDropsTheRest(t *testing.T) {
	t.Parallel()
	for hz, kept := range map[float64]bool{300: true, 1000: true, 3400: true, 5000: false, 9000: false} {
		in := tone(22050, hz, time.Second)
		out := in.Resample(8000)
		loss := in.RMS() - out.RMS()
		if kept && loss > 1 || !kept && loss < 40 {
			t.Errorf("%v Hz lost %.1f dB", hz, loss)
		}
	}
}

func TestALawMatchesG711(t *testing.T) {
	t.Parallel()
	for in, want := range map[int16]byte{0: 0xD5, 8: 0xD5, -8: 0x55, 1000: 0xFA, -1000: 0x7A, 32767: 0xAA, -32768: 0x2A} {
		if got := (Sound{8000, []int16{in}}).ALaw()[0]; got != want {
			t.Errorf("%d: got %#x, want %#x", in, got, want)
		}
	}
}

func TestMusicLoopsWithoutAClick(t *testing.T) {
	t.Parallel()
	m := Music()
	if m.Duration() < 20*time.Second || m.RMS() > -20 || m.RMS() < -30 {
		t.Errorf("%v at %.1f dB", m.Duration(), m.RMS())
	}
	seam := math.Abs(float64(m.Samples[0]) - float64(m.Samples[len(m.Samples)-1]))
	most := 0.0
	for i := 1; i < len(m.Samples); i++ {
		most = max(most, math.Abs(float64(m.Samples[i])-float64(m.Samples[i-1])))
	}
	if seam > most {
		t.Errorf("the seam jumps by %v, the music itself by %v at most", seam, most)
	}
}

func TestBrokenFilesAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "RIFF", "RIFF\x00\x00\x00\x00WAVE", "RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00ab", "ID3 an mp3 file"} {
		if _, err := ParseWAV([]byte(data)); err == nil {
			t.Errorf("%q was taken for a sound", data)
		}
	}
}
