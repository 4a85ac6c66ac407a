package prompts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// mostSpeech is how many bytes a service may answer with: four minutes at 16 kHz.
const mostSpeech = 8 << 20

// HTTP is a speech service that answers with WAV. {text} and {language} in URL and Body stand for what is to be said;
// with a Body it is posted as JSON, else the service is asked with GET.
type HTTP struct {
	URL    string        // "https://speech.example/say?text={text}"
	Body   string        // `{"input": "{text}", "lang": "{language}"}`
	Header string        // that proves who we are: "Authorization"; "": none
	Secret string        // its value; belongs into the environment
	Rate   int           // samples a second that the service speaks with: 8000 (the default) or 16000
	Limit  time.Duration // for one answer; 10 s when 0
}

// Check tells what is wrong with the settings.
func (h HTTP) Check() error {
	u, err := url.Parse(h.fill(h.URL, "x", Mandarin, url.QueryEscape))
	switch {
	case err != nil:
		return errors.New("the address of the speech service is no URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("the address of the speech service must begin with http:// or https:// and a host")
	case !strings.Contains(h.URL+h.Body, "{text}"):
		return errors.New("neither the address nor the body for the speech service holds {text}")
	case h.Body != "" && !json.Valid([]byte(h.fill(h.Body, "x", Mandarin, jsonEscape))):
		return errors.New("the body for the speech service is not JSON")
	case h.rate() != narrow && h.rate() != wide:
		return fmt.Errorf("the speech service must speak with %d or %d samples a second, not %d", narrow, wide, h.Rate)
	}
	return nil
}

// Voice implements Synthesizer.
func (h HTTP) Voice() string {
	sum := sha256.Sum256([]byte(h.URL + "\n" + h.Body))
	return fmt.Sprintf("http %d %s", h.rate(), hex.EncodeToString(sum[:8]))
}

// String keeps the secret out of logs.
func (h HTTP) String() string { return h.Voice() }

// GoString keeps it out of %#v.
func (h HTTP) GoString() string { return h.Voice() }

// Speak implements Synthesizer.
func (h HTTP) Speak(ctx context.Context, text, language string) (Sound, error) {
	if err := h.Check(); err != nil {
		return Sound{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(h.Limit, 10*time.Second))
	defer cancel()
	data, err := h.ask(ctx, text, language)
	if err != nil {
		var with *url.Error
		if errors.As(err, &with) { // its address holds the text and perhaps a key
			err = with.Err
		}
		return Sound{}, fmt.Errorf("speech service: %w", err)
	}
	sound, err := h.sound(data)
	if err != nil {
		return Sound{}, fmt.Errorf("speech service: %w", err)
	}
	return sound, nil
}

// client does not follow elsewhere: the secret is for one host.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (h HTTP) ask(ctx context.Context, text, language string) ([]byte, error) {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if h.Body != "" {
		method, body = http.MethodPost, strings.NewReader(h.fill(h.Body, text, language, jsonEscape))
	}
	req, err := http.NewRequestWithContext(ctx, method, h.fill(h.URL, text, language, url.QueryEscape), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "audio/wav")
	if h.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if h.Header != "" {
		req.Header.Set(h.Header, h.Secret)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", resp.Status)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if !slices.Contains([]string{"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"}, kind) {
		return nil, fmt.Errorf("it answers with %q, want audio/wav", kind)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, mostSpeech+1))
	if err == nil && len(data) > mostSpeech {
		err = fmt.Errorf("it answers with more than %d bytes", mostSpeech)
	}
	return data, err
}

// sound takes the answer only as it was asked for: nothing is converted here.
func (h HTTP) sound(data []byte) (Sound, error) {
	s, channels, err := parseWAV(data)
	switch {
	case err != nil:
		return Sound{}, err
	case channels != 1:
		return Sound{}, fmt.Errorf("it speaks in %d channels, want one", channels)
	case s.Rate != h.rate():
		return Sound{}, fmt.Errorf("it speaks with %d samples a second, want %d: it is not converted", s.Rate, h.rate())
	}
	if err := s.audible(); err != nil {
		return Sound{}, err
	}
	return s.Trim().Level(speechLevel), nil
}

func (h HTTP) rate() int { return cmp.Or(h.Rate, narrow) }

func (h HTTP) fill(template, text, language string, escape func(string) string) string {
	return strings.NewReplacer("{text}", escape(text), "{language}", escape(language)).Replace(template)
}

// jsonEscape escapes for the inside of a JSON string.
func jsonEscape(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(quoted[1 : len(quoted)-1])
}
