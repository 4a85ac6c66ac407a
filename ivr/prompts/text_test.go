package prompts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestABulletinIsSpokenOnceAndAgainWhenLost(t *testing.T) {
	t.Parallel()
	speech := &voice{name: "service"}
	opts := Options{Sounds: filepath.Join(t.TempDir(), "hotline"), Cache: t.TempDir(), Speech: speech}
	name, err := BuildText(t.Context(), opts, " 今晚八点起，\n城北停水。 ")
	if err != nil || !strings.HasPrefix(name, "bulletin_") || len(name) > 40 {
		t.Fatalf("name %q: %v", name, err)
	}
	again, err := BuildText(t.Context(), opts, "今晚八点起， 城北停水。")
	if err != nil || again != name || len(speech.asked) != 1 {
		t.Errorf("name %q, spoken %v: %v", again, speech.asked, err)
	}
	if err := os.Remove(filepath.Join(opts.Sounds, name+".wav16")); err != nil {
		t.Fatal(err)
	}
	if _, err := BuildText(t.Context(), opts, "今晚八点起， 城北停水。"); err != nil || Usable(opts.Sounds, name) != nil {
		t.Errorf("the lost file was not made again: %v, %v", err, Usable(opts.Sounds, name))
	}
	other, err := BuildText(t.Context(), opts, "城北恢复供水。")
	if err != nil || other == name {
		t.Errorf("another text has the name %q: %v", other, err)
	}
}

func TestTextsThatCannotBeSpoken(t *testing.T) {
	opts := Options{Sounds: t.TempDir(), Speech: &voice{name: "service"}}
	for text, want := range map[string]error{
		"":                               ErrNoText,
		" \n\t ":                         ErrNoText,
		"。，！":                            ErrNoText,
		"停水\x00":                         ErrTextBroken,
		"停水\x1b[31m":                     ErrTextBroken,
		"停\xff水":                         ErrTextBroken,
		strings.Repeat("水", MostText+1):  ErrTextTooLong,
		strings.Repeat("水", MostText):    nil,
		"<speak>&amp;</speak> --voice=x": nil,
	} {
		if name, err := BuildText(t.Context(), opts, text); !errors.Is(err, want) || (err == nil) == (name == "") {
			t.Errorf("%.20q: %q, %v, want %v", text, name, err, want)
		}
	}
	t.Setenv("PATH", "")
	opts.Speech = &voice{name: "down", err: errors.New("it is down")}
	if name, err := BuildText(t.Context(), opts, "停水"); err == nil {
		t.Errorf("%s says nothing and is no error", name)
	}
	if left, _ := os.ReadDir(opts.Sounds); len(left) != 4 {
		t.Errorf("files of texts that were not spoken: %v", left)
	}
}

// 12345 is a telephone number; as a count it would be half as long again.
func TestTelephoneNumbersAreSpelled(t *testing.T) {
	needEspeak(t)
	t.Parallel()
	var lasts [2]time.Duration
	for i, text := range []string{"请拨打12345", "请拨打幺二三四五"} {
		s, err := BuiltIn.Speak(t.Context(), text, Mandarin)
		if err != nil {
			t.Fatal(err)
		}
		lasts[i] = s.Duration()
	}
	if lasts[0] != lasts[1] {
		t.Errorf("spoken in %v and %v", lasts[0], lasts[1])
	}
}

// What a supervisor typed goes all the way through espeak-ng.
func TestABulletinIsSpokenByEspeak(t *testing.T) {
	needEspeak(t)
	t.Parallel()
	opts := Options{Sounds: t.TempDir()}
	name, err := BuildText(t.Context(), opts, "受台风影响，12月3日起部分公交停运，请关注通知。")
	if err != nil || Usable(opts.Sounds, name) != nil {
		t.Fatalf("%v, %v", err, Usable(opts.Sounds, name))
	}
}

// What is said to one caller is gone when others have been told something else since.
func TestAnAnswerDoesNotStay(t *testing.T) {
	t.Parallel()
	opts := Options{Sounds: t.TempDir(), Cache: t.TempDir(), Speech: &voice{name: "service"}}
	first, err := BuildAnswer(t.Context(), opts, "您的工单正在办理。")
	if err != nil || !strings.HasPrefix(first, "answer_") || Usable(opts.Sounds, first) != nil {
		t.Fatalf("%q: %v", first, err)
	}
	old := time.Now().Add(-answerLasts - time.Minute)
	for suffix := range rates {
		if err := os.Chtimes(filepath.Join(opts.Sounds, first+suffix), old, old); err != nil {
			t.Fatal(err)
		}
	}
	second, err := BuildAnswer(t.Context(), opts, "您的工单已经办结。")
	if err != nil || Usable(opts.Sounds, second) != nil {
		t.Errorf("%q: %v", second, err)
	}
	if left, _ := filepath.Glob(filepath.Join(opts.Sounds, first+"*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if kept, _ := os.ReadDir(opts.Cache); len(kept) > 0 {
		t.Errorf("the cache has %v", kept)
	}
	if _, err := BuildAnswer(t.Context(), opts, " "); !errors.Is(err, ErrNoText) {
		t.Error(err)
	}
}
