package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/push"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
)

// fleet is the agents' consoles: each signs in as a person would and keeps its connection.
type fleet struct {
	base     string
	consoles []*console
	cancel   context.CancelFunc
	wg       sync.WaitGroup
}

// popped is one screen pop as a console received it.
type popped struct {
	agent   string
	call    string
	arrived time.Time // the gateway read the caller's event
	at      time.Time // received here
}

// console is one agent's console without a page.
type console struct {
	no     string
	base   string
	client *http.Client

	writing sync.Mutex // of the socket

	mu    sync.Mutex
	pops  []popped
	state agent.State
	talk  func(c *console, ws *websocket.Conn, call string) // told of each conversation that begins, nil for nobody
	talks string                                            // the call of the last one
	ready chan struct{}                                     // closed when the agent is ready
	once  sync.Once
	fault error // why the last connection ended
}

// heartbeat is how often a console pings, as the gateway asks for.
const heartbeat = 15 * time.Second

// seen is the part of a frame that is measured or answered. A page reads frames on its own machine; here each costs
// the servers' time, so no more is read than is needed.
type seen struct {
	T    string `json:"t"`
	Kind string `json:"kind"`
	Desk struct {
		Agent struct {
			State agent.State `json:"state"`
		} `json:"agent"`
		Call *struct {
			ID        string    `json:"id"`
			Phase     string    `json:"phase"`
			ArrivedAt time.Time `json:"arrived_at"`
		} `json:"call"`
	} `json:"desk"`
}

const password = "bench-password-1"

// newFleet creates the agents' accounts, signs them in and makes them ready.
func newFleet(ctx context.Context, r *rig) (*fleet, error) {
	if err := createAccounts(ctx, r); err != nil {
		return nil, err
	}
	live, cancel := context.WithCancel(ctx)
	f := &fleet{base: strings.TrimSuffix(r.stack.ConsoleURL(), "/"), cancel: cancel}
	fmt.Printf("agents: signing in %d\n", r.opts.agents)
	for i := range r.opts.agents {
		jar, _ := cookiejar.New(nil)
		f.consoles = append(f.consoles, &console{
			no: strconv.Itoa(firstAgent + i), base: f.base, client: &http.Client{Jar: jar}, ready: make(chan struct{}),
		})
	}
	errs := make(chan error, len(f.consoles))
	gate := make(chan struct{}, 2)
	for _, c := range f.consoles {
		go func() {
			gate <- struct{}{}
			errs <- c.signIn(ctx)
			<-gate
		}()
	}
	for range f.consoles {
		if err := <-errs; err != nil {
			cancel()
			return nil, err
		}
	}
	for _, c := range f.consoles {
		f.wg.Go(func() { c.run(live) })
	}
	return f, f.allReady(ctx)
}

func createAccounts(ctx context.Context, r *rig) error {
	db, err := r.database(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	for i := range r.opts.agents {
		no := strconv.Itoa(firstAgent + i)
		account := store.Account{AgentNo: no, Name: no, Roles: []agent.Role{agent.RoleAgent}, Phone: agent.PhoneDesk}
		if err := db.CreateAccount(ctx, account, password, true); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) allReady(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for _, c := range f.consoles {
		select {
		case <-c.ready:
		case <-limit.Done():
			c.mu.Lock()
			defer c.mu.Unlock()
			return fmt.Errorf("agent %s did not become ready: %s, %w", c.no, c.state, c.fault)
		}
	}
	return nil
}

func (f *fleet) close() {
	f.cancel()
	f.wg.Wait()
}

// pops are all screen pops received so far.
func (f *fleet) pops() []popped {
	var all []popped
	for _, c := range f.consoles {
		c.mu.Lock()
		all = append(all, c.pops...)
		c.mu.Unlock()
	}
	return all
}

// states counts the agents by state.
func (f *fleet) states() map[agent.State]int {
	n := make(map[agent.State]int)
	for _, c := range f.consoles {
		c.mu.Lock()
		n[c.state]++
		c.mu.Unlock()
	}
	return n
}

func (c *console) signIn(ctx context.Context) error {
	return c.post(ctx, "/api/session", map[string]string{"agent_no": c.no, "password": password}, nil)
}

func (c *console) post(ctx context.Context, path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
		return fmt.Errorf("%s: %s: %s", path, resp.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// run keeps the console connected, as the page does, until ctx ends.
func (c *console) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.connection(ctx)
		c.mu.Lock()
		c.fault = err
		c.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *console) connection(ctx context.Context) error {
	var ticket struct{ Ticket string }
	if err := c.post(ctx, "/api/console/ticket", struct{}{}, &ticket); err != nil {
		return err
	}
	dialer := websocket.Dialer{Subprotocols: []string{push.Subprotocol}, Jar: c.client.Jar}
	header := http.Header{"Origin": {c.base}}
	ws, _, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(c.base, "http")+"/ws?ticket="+ticket.Ticket, header)
	if err != nil {
		return err
	}
	defer ws.Close()
	stop := context.AfterFunc(ctx, func() { ws.Close() })
	defer stop()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-beat.C:
				_ = c.send(ws, push.ClientFrame{T: "ping"})
			}
		}
	}()
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		at := time.Now()
		if bytes.HasPrefix(data, []byte(`{"t":"tick"`)) {
			continue // figures on screen: nothing that is measured
		}
		var frame seen
		if err := json.Unmarshal(data, &frame); err != nil {
			return err
		}
		if err := c.handle(ws, frame, at); err != nil {
			return err
		}
	}
}

func (c *console) handle(ws *websocket.Conn, frame seen, at time.Time) error {
	switch frame.T {
	case "hello":
		return c.send(ws, push.ClientFrame{T: "start", Page: "bench"})
	case "snapshot", "event":
		c.saw(frame, at)
		c.begins(ws, frame)
		if frame.Desk.Agent.State == agent.SignedOut {
			return c.command(ws, switchboard.CmdSignIn)
		}
		if frame.Desk.Agent.State == agent.NotReady {
			return c.command(ws, switchboard.CmdReady)
		}
	}
	return nil
}

func (c *console) saw(frame seen, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = frame.Desk.Agent.State
	if frame.Kind == switchboard.KindRinging {
		d := frame.Desk.Call
		c.pops = append(c.pops, popped{c.no, d.ID, d.ArrivedAt, at})
	}
	if frame.Desk.Agent.State == agent.Ready {
		c.once.Do(func() { close(c.ready) })
	}
}

// begins tells of a conversation that begins.
func (c *console) begins(ws *websocket.Conn, frame seen) {
	d := frame.Desk.Call
	if d == nil || d.Phase != "talking" {
		return
	}
	c.mu.Lock()
	talk, again := c.talk, c.talks == d.ID
	c.talks = d.ID
	c.mu.Unlock()
	if talk != nil && !again {
		talk(c, ws, d.ID)
	}
}

func (c *console) send(ws *websocket.Conn, frame push.ClientFrame) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return ws.WriteJSON(frame)
}

func (c *console) command(ws *websocket.Conn, name string) error {
	return c.send(ws, push.ClientFrame{T: "cmd", ID: ulid.Make().String(), Name: name, Args: json.RawMessage("{}")})
}
