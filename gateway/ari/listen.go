package ari

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	ari "github.com/CyCoreSystems/ari/v5"
	"github.com/gorilla/websocket"
)

// Handler hears the event stream. Its methods run on the stream's own goroutine and must only enqueue.
type Handler interface {
	Up(version string)  // connected; Asterisk may have done anything meanwhile
	Down(err error)     // the stream is lost
	Event(ev ari.Event) // events in Asterisk's order, between Up and Down
}

// wanted are the events a gateway acts on. Asterisk sends no others: the rest would be more than half of all.
var wanted = []string{
	"StasisStart", "ChannelStateChange", "ChannelHangupRequest", "ChannelDestroyed",
	"PlaybackFinished", "ChannelDtmfReceived", "ChannelTalkingStarted", "RecordingFailed", "ApplicationReplaced",
}

// Listen keeps the event stream up until ctx ends: it connects, checks, reads, and begins again with growing
// pauses when the stream is lost. Each fault is logged once with what to do.
func (c *Client) Listen(ctx context.Context, h Handler) error {
	pause := time.Duration(0)
	last := ""
	for {
		up, err := c.stream(ctx, h)
		if ctx.Err() != nil {
			return nil
		}
		if up {
			pause, last = 0, ""
		}
		if err.Error() != last {
			last = err.Error()
			c.cfg.Log.Warn("no event stream from asterisk, trying again", "url", c.cfg.URL, "error", err)
		}
		pause = nextPause(pause, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// nextPause doubles up to 2 s, with jitter; what a person must mend is tried at leisure.
func nextPause(pause time.Duration, err error) time.Duration {
	if errors.Is(err, ErrReplaced) || errors.Is(err, ErrCredentials) || errors.Is(err, ErrTooOld) {
		return 5 * time.Second
	}
	pause = min(max(2*pause, 50*time.Millisecond), 2*time.Second)
	return pause + rand.N(pause/4)
}

// stream is one connection's life. up tells whether it got as far as delivering events.
func (c *Client) stream(ctx context.Context, h Handler) (up bool, err error) {
	version, err := c.Version(ctx)
	if err != nil {
		return false, err
	}
	if !AtLeast(version) {
		return false, tooOld(version)
	}
	ws, err := c.dial(ctx)
	if err != nil {
		return false, err
	}
	defer ws.Close()
	if err := c.filterEvents(ctx); err != nil {
		return false, err
	}
	c.cfg.Log.Info("event stream from asterisk is up", "url", c.cfg.URL, "version", version)
	c.cfg.Meter.ARIConnected(true)
	h.Up(version)
	err = c.read(ctx, ws, h)
	c.cfg.Meter.ARIConnected(false)
	h.Down(err)
	return true, err
}

func (c *Client) dial(ctx context.Context) (*websocket.Conn, error) {
	u := "ws" + strings.TrimPrefix(c.cfg.URL, "http") + "/events?app=" + url.QueryEscape(c.cfg.App)
	header := http.Header{}
	r := http.Request{Header: header}
	r.SetBasicAuth(c.cfg.User, c.cfg.Password)
	dialer := websocket.Dialer{HandshakeTimeout: requestTimeout, ReadBufferSize: 64 << 10, NetDialContext: c.dialer}
	ws, resp, err := dialer.DialContext(ctx, u, header)
	if resp != nil && resp.StatusCode == http.StatusUnauthorized {
		return nil, ErrCredentials
	}
	if err != nil {
		return nil, fmt.Errorf("open event stream: %w", err)
	}
	return ws, nil
}

// read delivers events until the stream breaks or falls silent.
func (c *Client) read(ctx context.Context, ws *websocket.Conn, h Handler) error {
	done := make(chan struct{})
	defer close(done)
	go ping(ctx, ws, done)
	alive := func() { _ = ws.SetReadDeadline(time.Now().Add(silenceLimit)) }
	ws.SetPongHandler(func(string) error { alive(); return nil })
	for {
		alive()
		_, data, err := ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("event stream: %w", err)
		}
		ev, err := decode(data)
		if err != nil {
			c.cfg.Meter.ARISkipped("unknown")
			c.cfg.Log.Debug("event skipped", "error", err)
			continue
		}
		at := time.Time(timestampOf(ev))
		c.cfg.Meter.ARIEvent(ev.GetType(), time.Since(at))
		if ev.GetType() == ari.Events.ApplicationReplaced {
			return ErrReplaced
		}
		h.Event(ev)
	}
}

// ping keeps the stream's silence bounded, and closes it when ctx ends.
func ping(ctx context.Context, ws *websocket.Conn, done <-chan struct{}) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			_ = ws.Close()
			return
		case <-tick.C:
			_ = ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(requestTimeout))
		}
	}
}

func timestampOf(ev ari.Event) ari.DateTime {
	switch e := ev.(type) {
	case *ari.StasisStart:
		return e.Timestamp
	case *ari.StasisEnd:
		return e.Timestamp
	case *ari.ChannelStateChange:
		return e.Timestamp
	case *ari.ChannelDestroyed:
		return e.Timestamp
	case *ari.ChannelHangupRequest:
		return e.Timestamp
	case *ari.PlaybackFinished:
		return e.Timestamp
	}
	return ari.DateTime(time.Now())
}
