package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hotline/gateway/push"
)

// The SIP WebSocket of the browser's telephone is passed through to Asterisk, message by message and unread but for
// one sort of answer (unmoved), so that there is one origin and one certificate and Asterisk's HTTP server is reached by
// nobody else.
const (
	maxSIP     = 64 << 10 // bytes of one message
	sipDial    = 4 * time.Second
	sipWrite   = 5 * time.Second
	sipPing    = 25 * time.Second
	sipSilence = 70 * time.Second // without a frame or a pong
	sipGoodbye = time.Second
)

type sipProxy struct {
	url string
	log *slog.Logger

	mu     sync.Mutex
	open   map[*sipPair]struct{}
	closed bool
	wg     sync.WaitGroup
}

// sipPair is the two sides of one telephone's link.
type sipPair struct {
	session           string
	browser, asterisk *websocket.Conn
	stop              chan struct{} // closed when the link ends

	mu    sync.Mutex
	ended bool
}

var sipUpgrader = websocket.Upgrader{
	HandshakeTimeout: sipWrite, Subprotocols: []string{"sip"}, CheckOrigin: push.SameOrigin,
	ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10, WriteBufferPool: new(sync.Pool),
}

// telephone links a browser's telephone with Asterisk.
func (h *Handler) telephone(w http.ResponseWriter, r *http.Request, who Identity) {
	switch {
	case !push.SameOrigin(r):
		h.fail(w, r, errOrigin)
		return
	case !websocket.IsWebSocketUpgrade(r) || !slices.Contains(websocket.Subprotocols(r), "sip"):
		problem(w, http.StatusBadRequest, "this is a WebSocket of subprotocol sip")
		return
	}
	asterisk, err := h.sip.dial(r.Context())
	if err != nil {
		h.log.Warn("telephone refused: Asterisk's WebSocket does not answer", "agent", who.No, "err", err)
		problem(w, http.StatusBadGateway, errPhone.Error())
		return
	}
	browser, err := sipUpgrader.Upgrade(w, r, nil)
	if err != nil {
		asterisk.Close()
		return
	}
	x := &sipPair{session: who.Session, browser: browser, asterisk: asterisk, stop: make(chan struct{})}
	h.sip.run(x)
	if !h.still(r, who) {
		x.end(push.CloseSignedOut)
	}
}

func (p *sipProxy) dial(ctx context.Context) (*websocket.Conn, error) {
	if p.url == "" {
		return nil, errors.New("no address of Asterisk's WebSocket is configured")
	}
	ctx, cancel := context.WithTimeout(ctx, sipDial)
	defer cancel()
	d := websocket.Dialer{
		Subprotocols: []string{"sip"}, HandshakeTimeout: sipDial, ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10,
		WriteBufferPool: sipUpgrader.WriteBufferPool,
	}
	ws, resp, err := d.DialContext(ctx, p.url, nil)
	if resp != nil && resp.Body != nil {
		resp.Body.Close()
	}
	return ws, err
}

func (p *sipProxy) run(x *sipPair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[x] = struct{}{}
	p.wg.Go(x.ping)
	p.wg.Go(func() { x.pass(x.browser, x.asterisk, unmoved) })
	p.wg.Go(func() {
		x.pass(x.asterisk, x.browser, func(data []byte) []byte { return data })
		p.mu.Lock()
		delete(p.open, x)
		p.mu.Unlock()
	})
	if p.closed {
		x.end(websocket.CloseServiceRestart)
	}
}

// moved is the first line of the answer that a call is to be made to another address (3xx).
var moved = regexp.MustCompile(`(?i)^\s*SIP\s*/\s*2\.0\s+3\d\d[^\r\n]*`)

// unmoved makes a plain refusal of such an answer: Asterisk would follow it, past every dial plan.
func unmoved(data []byte) []byte {
	if line := moved.FindIndex(data); line != nil {
		return append([]byte("SIP/2.0 480 Temporarily Unavailable"), data[line[1]:]...)
	}
	return data
}

// pass copies messages, each as it is made of it, until one side ends, tells the other, and closes its own.
func (x *sipPair) pass(from, to *websocket.Conn, made func([]byte) []byte) {
	defer from.Close()
	from.SetReadLimit(maxSIP)
	from.SetPongHandler(func(string) error { x.alive(from); return nil })
	for {
		x.alive(from)
		kind, data, err := from.ReadMessage()
		if err != nil {
			x.end(codeOf(err))
			linger(from, err)
			return
		}
		to.SetWriteDeadline(time.Now().Add(sipWrite))
		if to.WriteMessage(kind, made(data)) != nil {
			x.end(websocket.CloseGoingAway)
		}
	}
}

// alive gives a side more time, unless the link is ending.
func (x *sipPair) alive(side *websocket.Conn) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.ended {
		side.SetReadDeadline(time.Now().Add(sipSilence))
	}
}

// linger reads what a side that has not said goodbye still sends: closing before could destroy the close frame on
// its way there.
func linger(side *websocket.Conn, err error) {
	var goodbye *websocket.CloseError
	if !errors.As(err, &goodbye) {
		io.Copy(io.Discard, side.NetConn())
	}
}

func codeOf(err error) int {
	var e *websocket.CloseError
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return websocket.CloseMessageTooBig
	case errors.As(err, &e) && e.Code != websocket.CloseNoStatusReceived && e.Code != websocket.CloseAbnormalClosure &&
		e.Code != websocket.CloseTLSHandshake:
		return e.Code
	}
	return websocket.CloseGoingAway
}

// ping keeps the link open through proxies and finds a dead side.
func (x *sipPair) ping() {
	t := time.NewTicker(sipPing)
	defer t.Stop()
	for {
		select {
		case <-x.stop:
			return
		case <-t.C:
			until := time.Now().Add(sipWrite)
			x.browser.WriteControl(websocket.PingMessage, nil, until)
			x.asterisk.WriteControl(websocket.PingMessage, nil, until)
		}
	}
}

// end sends both sides a close frame, once, and leaves them a moment to answer it.
func (x *sipPair) end(code int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		return
	}
	x.ended = true
	close(x.stop)
	until := time.Now().Add(sipGoodbye)
	for _, side := range []*websocket.Conn{x.browser, x.asterisk} {
		side.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), until)
		side.SetReadDeadline(until)
	}
}

// signOut ends the links of a web session.
func (p *sipProxy) signOut(session string) {
	for _, x := range p.pairs() {
		if x.session == session {
			x.end(push.CloseSignedOut)
		}
	}
}

func (p *sipProxy) close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	for _, x := range p.pairs() {
		x.end(websocket.CloseServiceRestart)
	}
	done := make(chan struct{})
	go func() { p.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *sipProxy) pairs() []*sipPair {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]*sipPair, 0, len(p.open))
	for x := range p.open {
		all = append(all, x)
	}
	return all
}
