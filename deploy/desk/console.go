// Package desk is an agent's desk as a program: a console without a page and a SIP telephone without a handset. What
// is done with them is the owner's business.
package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"hotline/gateway/call"
	"hotline/gateway/push"
	"hotline/gateway/switchboard"
)

const (
	comeBack    = 500 * time.Millisecond // between two attempts to connect
	replyWithin = 5 * time.Second        // for the answer to a command
	silence     = 3                      // heartbeats without a frame, after which the link is dead
)

// ErrSentAway is the end of a console that the gateway told to stay away: another place took the agent over, or the
// session ended.
var ErrSentAway = errors.New("the gateway sent this console away")

// ErrNotConnected is returned for commands while the link is down.
var ErrNotConnected = errors.New("the console is not connected")

// Console is one agent's console. It comes back after every drop, as the page does. Its methods may be called from any
// goroutine.
type Console struct {
	base, no, password string
	page               string // one for this console's life: its telephone does not go away with the link
	http               *http.Client
	changed            chan struct{}

	mu      sync.Mutex      // also orders the writes to ws
	ws      *websocket.Conn // nil while down
	links   int             // connections so far
	desk    switchboard.Desk
	replies map[string]chan push.ServerFrame
	fault   error // why the last connection ended
}

// NewConsole is a console at base, the console's address, for the agent no. Run connects it.
func NewConsole(base, no, password string) *Console {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &Console{
		base: strings.TrimSuffix(base, "/"), no: no, password: password, page: ulid.Make().String(),
		http:    &http.Client{Jar: jar, Timeout: 10 * time.Second},
		changed: make(chan struct{}, 1), replies: map[string]chan push.ServerFrame{},
	}
}

// Run signs in and keeps the console connected until ctx ends. Its error is that of a wrong password, or ErrSentAway.
func (c *Console) Run(ctx context.Context) error {
	for {
		err := c.connection(ctx)
		c.dropped(err)
		var end *websocket.CloseError
		var status *StatusError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &end) && end.Code >= 4000 && end.Code < 4100:
			return fmt.Errorf("agent %s: %w: %s (%d)", c.no, ErrSentAway, end.Text, end.Code)
		case errors.As(err, &status) && status.Path == pathSession && status.Code == http.StatusUnauthorized:
			return fmt.Errorf("sign agent %s in: %w", c.no, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(comeBack):
		}
	}
}

// Changed receives when the desk or the link has changed since the last time.
func (c *Console) Changed() <-chan struct{} { return c.changed }

// Desk is the desk as last seen; the error says why it may be out of date.
func (c *Console) Desk() (switchboard.Desk, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws == nil {
		return c.desk, fmt.Errorf("%w: %w", ErrNotConnected, c.fault)
	}
	return c.desk, nil
}

// Links is how often the console has been connected so far. A telephone that sees it grow registers again, since what
// restarted may have forgotten it.
func (c *Console) Links() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.links
}

// Do sends a command and waits for its answer; a refusal is a *switchboard.Error. The call id is empty for commands
// about the agent alone.
func (c *Console) Do(ctx context.Context, name string, args any, id call.ID) error {
	data, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	frame := push.ClientFrame{T: "cmd", ID: ulid.Make().String(), Name: name, Args: data, Call: string(id)}
	answer := make(chan push.ServerFrame, 1)
	c.mu.Lock()
	c.replies[frame.ID] = answer
	err = c.write(frame)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.replies, frame.ID)
		c.mu.Unlock()
	}()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, replyWithin)
	defer cancel()
	select {
	case reply := <-answer:
		if reply.Error != nil {
			return fmt.Errorf("%s: %w", name, reply.Error)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: wait for the answer: %w", name, ctx.Err())
	}
}

// SignOut ends the web session; the gateway then closes the console.
func (c *Console) SignOut(ctx context.Context) error {
	return c.ask(ctx, http.MethodDelete, pathSession, nil, nil)
}

// Account is what a telephone registers with.
type Account struct {
	URI      string `json:"uri"`
	Username string `json:"username"`
	Password string `json:"password"`
	Realm    string `json:"realm"`
}

// Phone has the agent's SIP account made; an earlier one stops working.
func (c *Console) Phone(ctx context.Context) (a Account, err error) {
	return a, c.ask(ctx, http.MethodPost, "/api/phone", struct{}{}, &a)
}

// ---- the link

const pathSession = "/api/session"

// connection lives through one connection; a session that is over is begun anew.
func (c *Console) connection(ctx context.Context) error {
	ticket, err := c.ticket(ctx)
	var status *StatusError
	if errors.As(err, &status) && status.Code == http.StatusUnauthorized {
		if err = c.ask(ctx, http.MethodPost, pathSession, map[string]string{"agent_no": c.no, "password": c.password}, nil); err == nil {
			ticket, err = c.ticket(ctx)
		}
	}
	if err != nil {
		return err
	}
	dialer := websocket.Dialer{Subprotocols: []string{push.Subprotocol}, Jar: c.http.Jar, HandshakeTimeout: 10 * time.Second}
	address := "ws" + strings.TrimPrefix(c.base, "http") + "/ws?ticket=" + ticket
	ws, _, err := dialer.DialContext(ctx, address, http.Header{"Origin": {c.base}})
	if err != nil {
		return fmt.Errorf("open the console: %w", err)
	}
	defer ws.Close()
	defer context.AfterFunc(ctx, func() { ws.Close() })()
	return c.read(ws)
}

func (c *Console) ticket(ctx context.Context) (string, error) {
	var out struct {
		Ticket string `json:"ticket"`
	}
	err := c.ask(ctx, http.MethodPost, "/api/console/ticket", struct{}{}, &out)
	return out.Ticket, err
}

// read takes frames until the link breaks or is silent.
func (c *Console) read(ws *websocket.Conn) error {
	done := make(chan struct{})
	defer close(done)
	patience := 30 * time.Second
	for {
		_ = ws.SetReadDeadline(time.Now().Add(patience)) // a broken socket fails the read
		var frame push.ServerFrame
		if err := ws.ReadJSON(&frame); err != nil {
			return fmt.Errorf("read from the gateway: %w", err)
		}
		switch frame.T {
		case "hello":
			if err := ws.WriteJSON(push.ClientFrame{T: "start", Page: c.page}); err != nil {
				return fmt.Errorf("start the console: %w", err)
			}
			if beat := time.Duration(frame.Heartbeat) * time.Second; beat > 0 {
				patience = silence * beat
				go c.beat(ws, beat, done)
			}
		case "snapshot", "event":
			c.saw(ws, frame)
		case "res":
			c.answered(frame)
		}
	}
}

// beat pings until the connection is done. Nobody else writes before the snapshot, and all write under the lock after.
func (c *Console) beat(ws *websocket.Conn, every time.Duration, done <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		c.mu.Lock()
		if c.ws == ws {
			_ = c.write(push.ClientFrame{T: "ping"}) // the reader notices a broken socket
		}
		c.mu.Unlock()
	}
}

func (c *Console) saw(ws *websocket.Conn, frame push.ServerFrame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if frame.Desk == nil {
		return
	}
	if c.ws != ws {
		c.links++
	}
	c.ws, c.desk = ws, *frame.Desk
	c.stir()
}

func (c *Console) answered(frame push.ServerFrame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting := c.replies[frame.ID]; waiting != nil {
		delete(c.replies, frame.ID)
		waiting <- frame
	}
}

func (c *Console) dropped(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws != nil {
		c.stir()
	}
	c.ws, c.fault = nil, err
}

func (c *Console) stir() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// write sends a frame; the lock is held.
func (c *Console) write(frame push.ClientFrame) error {
	if c.ws == nil {
		return ErrNotConnected
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(replyWithin)) // a broken socket fails the write
	return c.ws.WriteJSON(frame)
}

// ---- HTTP

// StatusError is an answer of the API that is not a success.
type StatusError struct {
	Path, Body string
	Code       int
}

// Error implements error.
func (e *StatusError) Error() string { return fmt.Sprintf("%s: %d %s", e.Path, e.Code, e.Body) }

func (c *Console) ask(ctx context.Context, method, path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the request %s: %w", path, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("make the request %s: %w", path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask the gateway: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil:
		return fmt.Errorf("read the answer of %s: %w", path, err)
	case resp.StatusCode >= 300:
		return &StatusError{Path: path, Body: strings.TrimSpace(string(text)), Code: resp.StatusCode}
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("decode the answer of %s: %w", path, err)
	}
	return nil
}
