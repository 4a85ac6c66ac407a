package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// playlist is what Asterisk says that it plays, prompt by prompt, to whom and when. It listens beside the gateway,
// under a name of its own.
type playlist struct {
	ws   *websocket.Conn
	done chan struct{}

	mu     sync.Mutex
	played []played
}

// played is one prompt that began, or the end of a whole playback (no prompt).
type played struct {
	at     time.Time
	target string // channel or bridge
	prompt string
}

// newPlaylist listens to an Asterisk until it is closed.
func newPlaylist(h *house) (*playlist, error) {
	info := h.Info().ARI
	query := url.Values{"app": {"e2e"}, "subscribeAll": {"true"}, "api_key": {info.User + ":" + info.Password}}
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(info.URL, "http")+"/events?"+query.Encode(), http.Header{})
	if err != nil {
		return nil, err
	}
	p := &playlist{ws: ws, done: make(chan struct{})}
	go p.listen()
	return p, nil
}

func (p *playlist) close() {
	p.ws.Close()
	<-p.done
}

func (p *playlist) listen() {
	defer close(p.done)
	type event struct { // told once for each thing that it concerns
		Type, Timestamp string
		Playback        struct {
			Media  string `json:"media_uri"`
			Target string `json:"target_uri"`
		}
	}
	var last event
	for {
		_, data, err := p.ws.ReadMessage()
		if err != nil {
			return
		}
		var e event
		if json.Unmarshal(data, &e) != nil || e == last || e.Type != "PlaybackStarted" && e.Type != "PlaybackFinished" {
			continue
		}
		last = e
		one := played{at: time.Now()}
		_, one.target, _ = strings.Cut(e.Playback.Target, ":")
		if e.Type != "PlaybackFinished" {
			one.prompt = strings.TrimPrefix(e.Playback.Media, "sound:hotline/")
		}
		p.mu.Lock()
		p.played = append(p.played, one)
		p.mu.Unlock()
	}
}

// of is what was played to a caller, alone or in the bridge of his call.
func (p *playlist) of(id string) []played {
	p.mu.Lock()
	defer p.mu.Unlock()
	var his []played
	for _, one := range p.played {
		if one.target == id || one.target == id+".b" {
			his = append(his, one)
		}
	}
	return his
}

// names are the prompts among what was played, in order.
func names(list []played) (prompts []string) {
	for _, one := range list {
		if one.prompt != "" {
			prompts = append(prompts, one.prompt)
		}
	}
	return prompts
}

// times is how often a caller was played a prompt.
func (p *playlist) times(id, prompt string) (n int) {
	for _, name := range names(p.of(id)) {
		if name == prompt {
			n++
		}
	}
	return n
}

// plays waits until prompts were played one after the other, as the nth such, to the end, and tells when they began
// and ended.
func (p *playlist) plays(t *testing.T, id string, nth int, within time.Duration, prompts ...string) (from, to time.Time) {
	t.Helper()
	until(t, fmt.Sprintf("%s for the %d. time", strings.Join(prompts, " "), nth), within, func() bool {
		list, left := p.of(id), nth
		for i := range list {
			end := i + len(prompts)
			if end < len(list) && slices.Equal(names(list[i:end]), prompts) {
				if left--; left == 0 {
					from, to = list[i].at, list[end].at
					return true
				}
			}
		}
		return false
	}, func() string { return fmt.Sprintf("he was played %v", names(p.of(id))) })
	return from, to
}
