package prompts

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
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

func TestBuildSpeaksEveryPromptOnceAndPrefersRecordings(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed")
	}
	opts := Options{Sounds: t.TempDir(), Music: t.TempDir(), Recorded: t.TempDir(), Cache: t.TempDir(), Progress: t.Output()}
	recorded := tone(44100, 440, time.Second)
	if err := recorded.WriteWAV(filepath.Join(opts.Recorded, "all_busy.wav")); err != nil {
		t.Fatal(err)
	}
	if err := Build(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	all, err := All()
	if err != nil || len(all) < 6 {
		t.Fatalf("table: %d prompts, %v", len(all), err)
	}
	for _, p := range all {
		for suffix, rate := range map[string]int{".wav": 8000, ".wav16": 16000} {
			s, err := ReadWAV(filepath.Join(opts.Sounds, p.Name+suffix))
			if err != nil {
				t.Fatal(err)
			}
			if s.Rate != rate || s.Duration() < time.Second-time.Millisecond || s.Duration() > 10*time.Second {
				t.Errorf("%s%s: %d Hz for %v", p.Name, suffix, s.Rate, s.Duration())
			}
			if level := s.RMS(); level < -26 || level > -12 {
				t.Errorf("%s%s: level %.1f dB", p.Name, suffix, level)
			}
		}
	}
	if s, _ := ReadWAV(filepath.Join(opts.Sounds, "all_busy.wav")); s.Duration().Round(10*time.Millisecond) != time.Second {
		t.Errorf("the recording of all_busy was not used: %v", s.Duration())
	}
	kept, _ := os.ReadDir(opts.Cache)
	if want := 2 * len(all); len(kept) != want { // one was recorded, and there is the music
		t.Errorf("%d sounds in the cache, want %d", len(kept), want)
	}
	t.Setenv("PATH", "")
	if err := Build(t.Context(), opts); err != nil {
		t.Errorf("a second build needed more than the cache: %v", err)
	}
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
