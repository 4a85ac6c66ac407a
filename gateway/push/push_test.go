package push

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeDesks answers as the switchboard does: from one goroutine, later.
type fakeDesks struct {
	hub  *Hub
	todo chan func()

	mu       sync.Mutex
	log      []string
	commands []switchboard.Command
	full     bool                      // refuse commands
	answer   func(switchboard.Command) // nil: reply ok with the command's name
}

func (d *fakeDesks) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, line)
}

func (d *fakeDesks) lines() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.log, "; ")
}

func (d *fakeDesks) acted() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.commands)
}

func (d *fakeDesks) Linked(p agent.Profile, session, page string, resumed bool) {
	word := "linked "
	if resumed {
		word = "resumed "
	}
	d.note(word + page)
	d.todo <- func() { d.hub.Snapshot(p.No, session, desk(0)) }
}

func (d *fakeDesks) Unlinked(_, _ string, pageGone bool) {
	if pageGone {
		d.note("page gone")
		return
	}
	d.note("unlinked")
}

func (d *fakeDesks) Command(c switchboard.Command) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return false
	}
	d.commands = append(d.commands, c)
	if d.answer != nil {
		d.answer(c)
		return true
	}
	d.todo <- func() { d.hub.Reply(c.Agent, c.ID, c.Name, nil) }
	return true
}

// desk differs for each n.
func desk(n int) switchboard.Desk {
	return switchboard.Desk{
		Agent: switchboard.DeskAgent{No: "8001", Name: "甲", Phone: agent.PhoneBrowser, State: agent.Ready},
		Today: switchboard.Today{Answered: n},
	}
}

// rig is a hub behind a real HTTP server.
type rig struct {
	t     testing.TB
	hub   *Hub
	desks *fakeDesks
	url   string
	dial  websocket.Dialer
}

// newRig listens on TCP, or on pipes in memory where the test runs on synctest's clock.
func newRig(t testing.TB, pipes bool) *rig {
	d := &fakeDesks{todo: make(chan func(), 1000)}
	d.hub = NewHub(Options{Desks: d, Build: "test", Meter: noMeter{}})
	r := &rig{t: t, hub: d.hub, desks: d}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		no := req.URL.Query().Get("agent")
		d.hub.Serve(w, req, agent.Profile{No: no, Name: "甲"}, "web-"+no)
	}))
	if pipes {
		l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
		server.Listener = l
		r.dial.NetDialContext = l.dial
	}
	server.Start()
	r.url = "ws" + strings.TrimPrefix(server.URL, "http")
	var loop sync.WaitGroup
	loop.Go(func() {
		for f := range d.todo {
			f()
		}
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		d.hub.Close(ctx)
		server.Close()
		close(d.todo)
		loop.Wait()
	})
	return r
}

// console is a client; every read has a deadline.
type console struct {
	t  testing.TB
	ws *websocket.Conn
}

func (r *rig) open(agentNo string) *console {
	r.t.Helper()
	r.dial.Subprotocols = []string{Subprotocol}
	return r.openWith(agentNo, r.dial)
}

func (r *rig) openWith(agentNo string, dial websocket.Dialer) *console {
	r.t.Helper()
	origin := http.Header{"Origin": {"http" + strings.TrimPrefix(r.url, "ws")}}
	ws, _, err := dial.Dial(r.url+"/?agent="+agentNo, origin)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { ws.Close() })
	return &console{t: r.t, ws: ws}
}

// start opens a console and brings it to its snapshot; it returns the hello.
func (r *rig) start(agentNo, page string) (*console, ServerFrame) {
	r.t.Helper()
	c := r.open(agentNo)
	hello := c.expect("hello")
	c.send(ClientFrame{T: "start", Page: page})
	if f := c.expect("snapshot"); f.Seq != 1 || f.Desk == nil {
		r.t.Fatalf("snapshot: %+v", f)
	}
	return c, hello
}

func (c *console) send(f ClientFrame) {
	c.t.Helper()
	if err := c.ws.WriteJSON(f); err != nil {
		c.t.Fatal(err)
	}
}

func (c *console) read() (ServerFrame, error) {
	var f ServerFrame
	c.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(data, &f)
}

func (c *console) expect(t string) ServerFrame {
	c.t.Helper()
	f, err := c.read()
	if err != nil || f.T != t {
		c.t.Fatalf("want %s, have %+v, %v", t, f, err)
	}
	return f
}

// closed reads on until the socket closes and returns the code.
func (c *console) closed() int {
	c.t.Helper()
	for {
		_, err := c.read()
		if err == nil {
			continue
		}
		var e *websocket.CloseError
		if errors.As(err, &e) {
			return e.Code
		}
		c.t.Logf("closed without a code: %v", err)
		return 0
	}
}

// drop cuts the connection without a word.
func (c *console) drop() { c.ws.NetConn().Close() }

// pipeListener makes connections that live on synctest's clock.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
