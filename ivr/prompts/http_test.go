package prompts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func wav(t *testing.T, s Sound) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.wav")
	if err := s.WriteWAV(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func service(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

func TestASpeechServiceIsAsked(t *testing.T) {
	t.Parallel()
	good := wav(t, tone(8000, 440, time.Second))
	url := service(t, func(w http.ResponseWriter, r *http.Request) {
		text := r.URL.Query().Get("text")
		if r.Method == http.MethodPost {
			var body struct{ Input, Lang string }
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			text = body.Input
		}
		if text != `说 "请&稍候"` || r.Header.Get("X-Key") != "geheim" {
			t.Errorf("%s asks for %q with key %q", r.Method, text, r.Header.Get("X-Key"))
		}
		w.Header().Set("Content-Type", "audio/wav; rate=8000")
		_, _ = w.Write(good)
	})
	for _, h := range []HTTP{
		{URL: url + "/say?text={text}&lang={language}"},
		{URL: url, Body: `{"input": "{text}", "lang": "{language}"}`},
	} {
		h.Header, h.Secret = "X-Key", "geheim"
		s, err := h.Speak(t.Context(), `说 "请&稍候"`, Mandarin)
		if err != nil || s.Rate != 8000 || s.audible() != nil {
			t.Errorf("%v: %d Hz, %v", h, s.Rate, err)
		}
		if shown := fmt.Sprintf("%v %+v %#v", h, h, h); strings.Contains(shown, "geheim") {
			t.Errorf("the secret is shown: %s", shown)
		}
	}
}

func TestAnswersOfASpeechServiceAreChecked(t *testing.T) {
	t.Parallel()
	two := wav(t, tone(8000, 440, time.Second))
	two[22] = 2 // channels
	for name, c := range map[string]struct {
		kind, want string
		status     int
		data       []byte
	}{
		"another rate": {"audio/wav", "it speaks with 22050 samples a second, want 8000: it is not converted", 200, wav(t, tone(22050, 440, time.Second))},
		"stereo":       {"audio/wav", "it speaks in 2 channels, want one", 200, two},
		"mp3":          {"audio/mpeg", `it answers with "audio/mpeg", want audio/wav`, 200, []byte("ID3")},
		"a page":       {"text/html; charset=utf-8", `it answers with "text/html", want audio/wav`, 200, []byte("<html>")},
		"no wav":       {"audio/wav", "it is not a WAV file", 200, []byte("not a sound")},
		"silence":      {"audio/wav", "it is silent", 200, wav(t, Sound{8000, make([]int16, 8000)})},
		"nothing":      {"audio/wav", "it is empty", 200, wav(t, Sound{8000, nil})},
		"refused":      {"audio/wav", "it answers 401 Unauthorized", 401, nil},
		"elsewhere":    {"audio/wav", "it answers 302 Found", 302, nil},
		"endless":      {"audio/wav", "it answers with more than 8388608 bytes", 200, bytes.Repeat([]byte("RIFF"), mostSpeech/4+1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := service(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(c.status)
				_, _ = w.Write(c.data)
			})
			_, err := HTTP{URL: url + "/?text={text}"}.Speak(t.Context(), "请稍候", Mandarin)
			if err == nil || err.Error() != "speech service: "+c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestASpeechServiceMayNotTakeForEver(t *testing.T) {
	t.Parallel()
	url := service(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := HTTP{URL: url + "/?key=geheim&text={text}", Limit: 50 * time.Millisecond}.Speak(t.Context(), "x", Mandarin)
	if err == nil || !strings.Contains(err.Error(), context.DeadlineExceeded.Error()) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("%v", err)
	}
}

func TestSettingsOfASpeechServiceAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		h    HTTP
		want string
	}{
		{HTTP{URL: "https://speech.example/?t={text}"}, ""},
		{HTTP{URL: "https://speech.example/", Body: `{"t": "{text}"}`, Rate: 16000}, ""},
		{HTTP{URL: "speech.example/?t={text}"}, "must begin with http:// or https://"},
		{HTTP{URL: "http://a b/{text}"}, "is no URL"},
		{HTTP{URL: "https://speech.example/"}, "holds {text}"},
		{HTTP{URL: "https://speech.example/", Body: `{"t": {text}}`}, "is not JSON"},
		{HTTP{URL: "https://speech.example/{text}", Rate: 22050}, "with 8000 or 16000 samples a second, not 22050"},
	} {
		err := c.h.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %q", c.h.URL, c.h.Body, err, c.want)
		}
	}
}

func FuzzParseWAV(f *testing.F) {
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00abcd"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseWAV(data)
		if err == nil && s.Rate <= 0 {
			t.Fatalf("a sound with %d samples a second", s.Rate)
		}
		if err == nil && s.audible() == nil {
			s.Trim().Level(speechLevel)
		}
	})
}
