package push

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// Limits of one console.
const (
	maxQueued      = 256     // frames waiting for a socket
	maxQueuedBytes = 1 << 20 // … and their size
	maxReplay      = 1000    // events kept for a resume
	maxReplayBytes = 1 << 20 // … and their size; the newest is always kept
	replayFor      = 5 * time.Minute
	maxFrame       = 64 << 10 // bytes of one frame from a console
	maxArgs        = 48 << 10 // bytes of a command's arguments
	maxID          = 64       // characters of ids made by a console
	maxSockets     = 8        // sockets open for one agent, taken-over ones that are closing included
	writeWithin    = 5 * time.Second
	closeWithin    = time.Second // for the console's half of the closing handshake
	sweepEvery     = 10 * time.Second
)

// Desks is the switchboard as the consoles need it. No method may block, and none may call the hub back before
// it returns from a lock the hub's callers need: they post to the switchboard's loop.
type Desks interface {
	// Linked says that the agent's console is there. The answer is Audience.Snapshot. With resumed the console
	// went on where it was and has all events; a snapshot that differs from the last event is sent as an event.
	// A session that replaces another needs no Unlinked of the other.
	Linked(p agent.Profile, session, page string, resumed bool)
	// Unlinked says that the socket of that session is gone; pageGone, that the browser left the page or loads it
	// anew. Not called when the gateway stops.
	Unlinked(agentNo, session string, pageGone bool)
	// Command takes a command, or returns false when it cannot now. Audience.Reply answers it.
	Command(c switchboard.Command) bool
}

// Meter counts. All methods are cheap and safe from any goroutine.
type Meter interface {
	ConsoleSessions(n int)             // consoles with an open socket
	ConsoleClosed(reason string)       // a socket ended: one of a closed set of words
	ConsoleFrame()                     // a frame was written
	ConsoleResumed(replayed bool)      // a console asked to resume; false when it got a snapshot instead
	ConsoleEvent(waited time.Duration) // an event was written, so long after the loop made it
	Pop(d time.Duration)               // a screen pop was written, so long after the call was offered
}

// Options configure a Hub. Desks is required.
type Options struct {
	Desks     Desks
	Build     string        // version of the gateway and its page
	Heartbeat time.Duration // between two pings of a console; 15 s when zero
	Log       *slog.Logger
	Meter     Meter
}

// Hub holds the consoles of all agents. It implements switchboard.Audience.
type Hub struct {
	desks     Desks
	build     string
	epoch     string
	heartbeat time.Duration
	log       *slog.Logger
	meter     Meter
	upgrader  websocket.Upgrader
	ticks     ticks

	mu     sync.RWMutex // never held while a socket is written or Desks is called
	seats  map[string]*seat
	conns  map[*conn]struct{}
	linked int // conns with a session
	closed bool

	stop chan struct{}
	wg   sync.WaitGroup
}

var _ switchboard.Audience = (*Hub)(nil)

// NewHub starts a hub; Close ends it.
func NewHub(o Options) *Hub {
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	h := &Hub{
		desks: o.Desks, build: o.Build, epoch: ulid.Make().String(), heartbeat: o.Heartbeat, log: o.Log, meter: o.Meter,
		seats: map[string]*seat{}, conns: map[*conn]struct{}{}, stop: make(chan struct{}),
		upgrader: newUpgrader(),
	}
	h.ticks.init()
	h.wg.Go(h.runTicks)
	h.wg.Go(h.sweep)
	return h
}

// Epoch changes with every start of the gateway.
func (h *Hub) Epoch() string { return h.epoch }

// Snapshot gives a session its desk, before any event.
func (h *Hub) Snapshot(agentNo, session string, desk switchboard.Desk) {
	if s := h.seat(agentNo); s != nil {
		s.snapshot(session, tidy(desk))
	}
}

// Event tells the agent's console that his desk changed.
func (h *Hub) Event(agentNo, kind string, desk switchboard.Desk) {
	if s := h.seat(agentNo); s != nil {
		s.event(kind, tidy(desk))
	}
}

// Reply answers a command.
func (h *Hub) Reply(agentNo, commandID string, result any, err *switchboard.Error) {
	if s := h.seat(agentNo); s != nil {
		s.reply(commandID, result, err)
	}
}

// SignOut closes and forgets the consoles that were opened from a web session.
func (h *Hub) SignOut(webSession string) { h.end(webSession, CloseSignedOut, "signed out") }

// TakeOver does the same because the account signed in in another place.
func (h *Hub) TakeOver(webSession string) {
	h.end(webSession, CloseTakenOver, "opened in another place")
}

// Open says whether a console that was opened from a web session is open.
func (h *Hub) Open(webSession string) bool {
	return slices.ContainsFunc(h.open(), func(c *conn) bool { return c.web == webSession && !c.isClosing() })
}

func (h *Hub) end(webSession string, code int, why string) {
	for _, c := range h.open() {
		if c.web == webSession {
			c.shut(code, why)
			h.detach(c)
		}
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.seats {
		s.forget(func(x *session) bool { return x.web == webSession })
	}
}

// Close sends every console away with CloseRestart and waits for them to go; those still there when ctx ends are
// cut off, which is no error. The switchboard is not told: it is the gateway that leaves, not the agents.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	first := !h.closed
	h.closed = true
	h.mu.Unlock()
	if first {
		close(h.stop)
	}
	for _, c := range h.open() {
		c.shut(CloseRestart, "gateway restarts")
	}
	done := make(chan struct{})
	go func() { h.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	for _, c := range h.open() {
		c.ws.NetConn().Close()
	}
	<-done
	return nil
}

// sweep forgets what is too old to be resumed or repeated.
func (h *Hub) sweep() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-h.stop:
			return
		case now := <-t.C:
			h.mu.RLock()
			for _, s := range h.seats {
				s.sweep(now)
			}
			h.mu.RUnlock()
		}
	}
}

func (h *Hub) seat(agentNo string) *seat {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.seats[agentNo]
}

func (h *Hub) open() []*conn {
	h.mu.RLock()
	defer h.mu.RUnlock()
	all := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		all = append(all, c)
	}
	return all
}

func (h *Hub) count(change int) {
	h.mu.Lock()
	h.linked += change
	n := h.linked
	h.mu.Unlock()
	h.meter.ConsoleSessions(n)
}

// tidy makes an empty history an empty list on the wire, never null.
func tidy(d switchboard.Desk) switchboard.Desk {
	if d.Call != nil && d.Call.History == nil {
		c := *d.Call
		c.History = []switchboard.EarlierCall{}
		d.Call = &c
	}
	return d
}

type noMeter struct{}

func (noMeter) ConsoleSessions(int)        {}
func (noMeter) ConsoleClosed(string)       {}
func (noMeter) ConsoleFrame()              {}
func (noMeter) ConsoleResumed(bool)        {}
func (noMeter) ConsoleEvent(time.Duration) {}
func (noMeter) Pop(time.Duration)          {}
