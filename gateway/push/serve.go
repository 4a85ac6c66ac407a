package push

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"hotline/agent"
)

func newUpgrader() websocket.Upgrader {
	return websocket.Upgrader{
		HandshakeTimeout: writeWithin,
		ReadBufferSize:   1 << 10,
		WriteBufferSize:  1 << 10,
		WriteBufferPool:  new(sync.Pool), // an idle console holds no buffer
		CheckOrigin:      SameOrigin,
	}
}

// SameOrigin says whether a WebSocket was opened by a page of this host. A browser always says where a page is
// from, so a request that does not is refused.
func SameOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
}

// Serve makes a console of the request, whose agent the caller has made sure of, and returns at once.
// webSession names the web session it belongs to, for SignOut; it is not a secret.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, profile agent.Profile, webSession string) {
	s := h.takeSeat(profile.No)
	if !s.enter() {
		http.Error(w, "too many consoles are open for this agent", http.StatusTooManyRequests)
		return
	}
	ws, err := h.upgrade(w, r)
	if err != nil {
		s.leave()
		h.log.Warn("console refused", "agent", profile.No, "err", err)
		return
	}
	c := &conn{
		hub: h, seat: s, ws: ws, sid: ulid.Make().String(), web: webSession, profile: profile,
		wake: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	if ws.Subprotocol() != Subprotocol {
		c.shut(CloseBuildTooOld, "this gateway speaks "+Subprotocol)
	} else if err := c.hello(); err != nil {
		c.abort("lost")
	}
	h.run(c)
}

// upgrade accepts any subprotocol: a browser gives up on a server that picks none of those it offered, and a page
// of another version is to be told so by the close code.
func (h *Hub) upgrade(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	var header http.Header
	if offered := websocket.Subprotocols(r); len(offered) > 0 {
		pick := offered[0]
		if slices.Contains(offered, Subprotocol) {
			pick = Subprotocol
		}
		header = http.Header{"Sec-Websocket-Protocol": {pick}}
	}
	return h.upgrader.Upgrade(w, r, header)
}

// hello is written before the goroutines start, so that nothing can come before it.
func (c *conn) hello() error {
	c.ws.SetWriteDeadline(time.Now().Add(writeWithin))
	return c.ws.WriteMessage(websocket.TextMessage, marshal(&ServerFrame{
		T: "hello", SID: c.sid, Epoch: c.hub.epoch, Build: c.hub.build, Heartbeat: int(c.hub.heartbeat / time.Second),
	}))
}

// run starts the goroutines of a socket. They are not the request's own, whose stack has grown and which would keep
// the request alive.
func (h *Hub) run(c *conn) {
	h.mu.Lock()
	closed := h.closed
	if !closed {
		h.conns[c] = struct{}{}
		h.wg.Go(c.read)
		h.wg.Go(c.write)
	}
	h.mu.Unlock()
	if closed {
		c.shut(CloseRestart, "gateway restarts")
		c.goodbye()
		c.ws.NetConn().Close()
		c.seat.leave()
	}
}

func (h *Hub) remove(c *conn) {
	h.mu.Lock()
	delete(h.conns, c)
	h.mu.Unlock()
	c.seat.leave()
}

func (h *Hub) takeSeat(agentNo string) *seat {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.seats[agentNo]
	if s == nil {
		s = &seat{hub: h, no: agentNo}
		h.seats[agentNo] = s
	}
	return s
}

// enter counts a socket in, false when the agent has too many.
func (s *seat) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sockets >= maxSockets {
		return false
	}
	s.sockets++
	return true
}

func (s *seat) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets--
}
