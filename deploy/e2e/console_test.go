package e2e

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
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/push"
	"hotline/gateway/switchboard"
)

// person is somebody's web session.
type person struct {
	no, base string
	http     *http.Client
}

// signedIn signs a person in at the API.
func (h *house) signedIn(t *testing.T, no string) *person {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	p := &person{no: no, base: strings.TrimSuffix(h.ConsoleURL(), "/"), http: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
	if status, body := p.ask(t, http.MethodPost, "/api/session", map[string]string{"agent_no": no, "password": password}); status != http.StatusOK {
		t.Fatalf("sign in %s: %d %s", no, status, body)
	}
	return p
}

// ask sends a request and returns what came back.
func (p *person) ask(t *testing.T, method, path string, body any) (int, []byte) {
	t.Helper()
	status, text, err := p.try(method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, text
}

func (p *person) try(method, path string, body any) (int, []byte, error) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return 0, nil, err
		}
	}
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, text, err
}

// console is an agent's console without a page. It comes back after every drop, as the page does.
type console struct {
	*person
	t *testing.T

	mu      sync.Mutex
	ws      *websocket.Conn // nil while down
	desk    *switchboard.Desk
	kinds   []string // of the events so far
	replies map[string]push.ServerFrame
	ticks   map[string]json.RawMessage // latest value by topic
	closed  []int                      // close codes

	cut context.CancelFunc // the console is gone for good
}

// sit opens a console for an agent; at the test's end he signs out and it closes.
func (h *house) sit(t *testing.T, no string) *console {
	t.Helper()
	c := &console{person: h.signedIn(t, no), t: t, replies: map[string]push.ServerFrame{}, ticks: map[string]json.RawMessage{}}
	ctx, cancel := context.WithCancel(context.Background())
	c.cut = cancel
	var wg sync.WaitGroup
	wg.Go(func() { c.run(ctx) })
	t.Cleanup(func() {
		_ = c.do(switchboard.CmdSignOut, struct{}{}, "")
		cancel()
		wg.Wait()
	})
	c.sees("a snapshot", func(switchboard.Desk) bool { return true })
	return c
}

func (c *console) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.connection(ctx)
		var end *websocket.CloseError
		c.mu.Lock()
		c.ws = nil
		if errors.As(err, &end) {
			c.closed = append(c.closed, end.Code)
		}
		c.mu.Unlock()
		if end != nil && end.Code >= 4000 && end.Code < 4100 {
			return // told to stay away
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *console) connection(ctx context.Context) error {
	status, text, err := c.try(http.MethodPost, "/api/console/ticket", struct{}{})
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("ticket: %d %s %w", status, text, err)
	}
	var ticket struct{ Ticket string }
	if err := json.Unmarshal(text, &ticket); err != nil {
		return err
	}
	dialer := websocket.Dialer{Subprotocols: []string{push.Subprotocol}, Jar: c.http.Jar}
	ws, _, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(c.base, "http")+"/ws?ticket="+ticket.Ticket, http.Header{"Origin": {c.base}})
	if err != nil {
		return err
	}
	defer ws.Close()
	defer context.AfterFunc(ctx, func() { ws.Close() })()
	for {
		var frame push.ServerFrame
		if err := ws.ReadJSON(&frame); err != nil {
			return err
		}
		if err := c.handle(ws, frame); err != nil {
			return err
		}
	}
}

func (c *console) handle(ws *websocket.Conn, frame push.ServerFrame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch frame.T {
	case "hello":
		return ws.WriteJSON(push.ClientFrame{T: "start", Page: "e2e"})
	case "snapshot", "event":
		c.ws, c.desk = ws, frame.Desk
		if frame.Kind != "" {
			c.kinds = append(c.kinds, frame.Kind)
		}
	case "res":
		c.replies[frame.ID] = frame
	case "tick":
		c.ticks[frame.Topic] = frame.Value
		if frame.Topic == "queue" {
			return ws.WriteJSON(push.ClientFrame{T: "ping"})
		}
	}
	return nil
}

// do sends a command and returns the gateway's answer; a refusal is a *switchboard.Error.
func (c *console) do(name string, args any, id call.ID) error {
	data, err := json.Marshal(args)
	if err != nil {
		return err
	}
	command := push.ClientFrame{T: "cmd", ID: ulid.Make().String(), Name: name, Args: data, Call: string(id)}
	c.mu.Lock()
	if c.ws == nil {
		err = errors.New("no connection")
	} else {
		err = c.ws.WriteJSON(command)
	}
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		reply, there := c.replies[command.ID]
		c.mu.Unlock()
		if there && reply.Error != nil {
			return reply.Error
		}
		if there {
			return nil
		}
	}
	return fmt.Errorf("%s: no answer", name)
}

// must is do for what has to work.
func (c *console) must(name string, args any, id call.ID) {
	c.t.Helper()
	if err := c.do(name, args, id); err != nil {
		c.t.Fatalf("agent %s: %s: %v", c.no, name, err)
	}
}

// refused expects a command to be refused with a code.
func (c *console) refused(code switchboard.Code, name string, args any, id call.ID) {
	c.t.Helper()
	var refusal *switchboard.Error
	if err := c.do(name, args, id); !errors.As(err, &refusal) || refusal.Code != code {
		c.t.Errorf("agent %s: %s for call %q: %v, want %s", c.no, name, id, err, code)
	}
}

// sees waits until the desk is as asked, while connected, and returns it.
func (c *console) sees(what string, good func(switchboard.Desk) bool) switchboard.Desk {
	c.t.Helper()
	return c.seesWithin(what, patience, good)
}

func (c *console) seesWithin(what string, within time.Duration, good func(switchboard.Desk) bool) switchboard.Desk {
	c.t.Helper()
	until(c.t, "agent "+c.no+" sees "+what, within, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.ws != nil && c.desk != nil && good(*c.desk)
	}, func() string {
		c.mu.Lock()
		defer c.mu.Unlock()
		data, _ := json.Marshal(c.desk)
		return fmt.Sprintf("connected %v, closed %v, %s", c.ws != nil, c.closed, data)
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.desk
}

func (c *console) seesState(state agent.State) switchboard.Desk {
	c.t.Helper()
	return c.sees("state "+string(state), func(d switchboard.Desk) bool { return d.Agent.State == state })
}

func (c *console) seesPhase(phase string) *switchboard.DeskCall {
	c.t.Helper()
	return c.sees("a call "+phase, func(d switchboard.Desk) bool { return d.Call != nil && d.Call.Phase == phase }).Call
}

// finish ends the wrap-up.
func (c *console) finish() {
	c.t.Helper()
	d := c.seesPhase("wrap_up")
	c.must(switchboard.CmdFinish, switchboard.WrapUpArgs{Disposition: "consultation", Note: "答复"}, d.ID)
}

// signOut makes sure that an agent of a page is gone when the page is.
func (h *house) signOut(t *testing.T, no string) {
	t.Helper()
	c := &console{person: h.signedIn(t, no), t: t, replies: map[string]push.ServerFrame{}, ticks: map[string]json.RawMessage{}}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	var wg sync.WaitGroup
	wg.Go(func() { c.run(ctx) })
	defer wg.Wait()
	defer cancel()
	for ctx.Err() == nil {
		if err := c.do(switchboard.CmdSignOut, struct{}{}, ""); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("agent %s could not be signed out", no)
}
