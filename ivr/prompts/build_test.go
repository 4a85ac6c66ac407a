package prompts

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// voice is a synthesiser that says a second of tone, or fails.
type voice struct {
	name  string
	err   error
	mu    sync.Mutex
	asked []string
}

func (v *voice) Voice() string { return v.name }

func (v *voice) Speak(_ context.Context, text, language string) (Sound, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, language+":"+text)
	if v.err != nil {
		return Sound{}, v.err
	}
	return tone(8000, 440, time.Second), nil
}

func needEspeak(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed")
	}
}

// expectSounds checks both files of each prompt as a caller would hear them.
func expectSounds(t *testing.T, folder string, all []Prompt) {
	t.Helper()
	for _, p := range all {
		if err := Usable(folder, p.Name); err != nil {
			t.Error(err)
			continue
		}
		s, err := ReadWAV(filepath.Join(folder, p.Name+".wav"))
		if err != nil {
			t.Fatal(err)
		}
		least := 80 * time.Millisecond * time.Duration(len([]rune(strings.TrimRight(p.Text, "，。"))))
		if p.Language() == English {
			least = 45 * time.Millisecond * time.Duration(len(p.Text))
		}
		if s.Duration() < least || s.Duration() > 15*time.Second {
			t.Errorf("%s lasts %v", p.Name, s.Duration())
		}
		if level := s.RMS(); level < -27 || level > -12 {
			t.Errorf("%s: level %.1f dB", p.Name, level)
		}
	}
}

// The whole table, all the way through espeak-ng, but for most of the numbers, which are alike.
func TestEveryPromptOfTheTableIsSpoken(t *testing.T) {
	needEspeak(t)
	if testing.Short() {
		t.Skip("speaks for many seconds")
	}
	t.Parallel()
	all, err := All()
	if err != nil || len(all) < 6 {
		t.Fatalf("table: %d prompts, %v", len(all), err)
	}
	all = slices.DeleteFunc(all, func(p Prompt) bool {
		return strings.HasPrefix(p.Name, "n_") && !strings.HasSuffix(p.Name, "2")
	})
	opts := Options{Sounds: t.TempDir(), Prompts: all, Progress: t.Output()}
	if err := Build(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	expectSounds(t, opts.Sounds, all)
}

var some = []Prompt{{"all_busy", "坐席正忙，请稍候。"}, {"n_12", "十二"}, {"menu_en", "For English press two."}}

func TestASecondBuildNeedsNothingButTheCacheAndMendsFiles(t *testing.T) {
	needEspeak(t)
	opts := Options{Sounds: t.TempDir(), Music: t.TempDir(), Cache: t.TempDir(), Prompts: some, Progress: t.Output()}
	if err := Build(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	expectSounds(t, opts.Sounds, some)
	kept, _ := os.ReadDir(opts.Cache)
	if want := 2 * (len(some) + 1); len(kept) != want { // and there is the music
		t.Errorf("%d sounds in the cache, want %d", len(kept), want)
	}
	broken := filepath.Join(opts.Sounds, "n_12.wav")
	if err := os.Truncate(broken, 100); err != nil {
		t.Fatal(err)
	}
	if Usable(opts.Sounds, "n_12") == nil {
		t.Error("a file that is cut off passes")
	}
	t.Setenv("PATH", "")
	if err := Build(t.Context(), opts); err != nil {
		t.Errorf("a second build needed more than the cache: %v", err)
	}
	expectSounds(t, opts.Sounds, some)
}

func TestRecordingsComeFirstUnlessTheyAreOfNoUse(t *testing.T) {
	t.Parallel()
	speech := &voice{name: "service"}
	opts := Options{Sounds: t.TempDir(), Recorded: t.TempDir(), Speech: speech, Prompts: []Prompt{
		{"good", "一"}, {"broken", "二"}, {"silent", "三"}, {"none", "四"}, {"cut_off", "五"},
	}}
	if err := tone(44100, 440, 2*time.Second).WriteWAV(filepath.Join(opts.Recorded, "good.wav")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(opts.Recorded, "broken.wav"), []byte("ID3"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Sound{"silent": {8000, make([]int16, 8000)}, "cut_off": tone(8000, 440, 2*time.Second)} {
		if err := s.WriteWAV(filepath.Join(opts.Recorded, name+".wav")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(filepath.Join(opts.Recorded, "cut_off.wav"), 8000); err != nil {
		t.Fatal(err)
	}
	if err := Build(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]time.Duration{
		"good": 2 * time.Second, "broken": time.Second, "silent": time.Second, "none": time.Second, "cut_off": time.Second,
	} {
		s, err := ReadPrompt(filepath.Join(opts.Sounds, name+".wav"))
		if err != nil || s.Duration().Round(10*time.Millisecond) != want {
			t.Errorf("%s lasts %v, want %v: %v", name, s.Duration(), want, err)
		}
	}
	if len(speech.asked) != 4 {
		t.Errorf("spoken: %v", speech.asked)
	}
}

func TestEspeakStepsInWhereTheServiceFails(t *testing.T) {
	needEspeak(t)
	t.Parallel()
	down := &voice{name: "service", err: errors.New("it is down")}
	opts := Options{Sounds: t.TempDir(), Speech: down, Prompts: some}
	if err := Build(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	if len(down.asked) != len(some) {
		t.Errorf("asked for %v", down.asked)
	}
	expectSounds(t, opts.Sounds, some)
}

// Nothing can speak: what is there stays, what is missing becomes a chime, and both are told.
func TestNeverSilence(t *testing.T) {
	t.Setenv("PATH", "")
	opts := Options{Sounds: t.TempDir(), Prompts: some[:2]}
	before := tone(16000, 300, 3*time.Second)
	for suffix, rate := range rates {
		if err := before.Resample(rate).WriteWAV(filepath.Join(opts.Sounds, "all_busy"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	err := Build(t.Context(), opts)
	if err == nil || !strings.Contains(err.Error(), "make prompt all_busy") || !strings.Contains(err.Error(), "make prompt n_12") ||
		!strings.Contains(err.Error(), "make setup") {
		t.Errorf("error: %v", err)
	}
	for name, want := range map[string]time.Duration{"all_busy": 3 * time.Second, "n_12": Chime().Duration()} {
		s, err := ReadPrompt(filepath.Join(opts.Sounds, name+".wav"))
		if err != nil || s.Duration() != want {
			t.Errorf("%s lasts %v, want %v: %v", name, s.Duration(), want, err)
		}
	}
}

// espeak-ng 1.51 takes Mandarin for English in its voice cmn and says the tones as numbers.
func TestMandarinIsSpokenAsMandarin(t *testing.T) {
	needEspeak(t)
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, p := range all {
		if p.Language() == Mandarin {
			text.WriteString(p.Text + "\n")
		}
	}
	cmd := exec.CommandContext(t.Context(), "espeak-ng", "-v", Hostess.espeak(), "-x", "-q", "--stdin")
	cmd.Stdin = strings.NewReader(text.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if i := strings.Index(string(out), "(en)"); i >= 0 || len(out) == 0 {
		t.Errorf("takes Mandarin for English: …%.80s", out[max(0, i):])
	}
}
