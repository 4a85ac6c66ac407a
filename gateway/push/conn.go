package push

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hotline/agent"
)

// conn is one socket: a goroutine that reads and one that writes.
type conn struct {
	hub     *Hub
	seat    *seat
	ws      *websocket.Conn
	sid     string // session it can start
	web     string
	profile agent.Profile

	// Of the reader alone.
	begun    bool // start or resume came
	pageGone bool // the browser left the page
	tokens   bucket

	wake chan struct{} // something to write
	gone chan struct{} // closed when the writer has ended

	mu      sync.Mutex
	backlog []frame // of a resume: written first and not counted, for its size is bounded already
	queue   []frame
	bytes   int  // in queue
	ready   bool // snapshot or replay is on its way, figures may follow
	ticks   []tick
	closing bool // no more frames are taken
	code    int  // close code to be sent, 0 for none
	reason  string
	endBy   time.Time // once closing: when the last byte must be written
}

// words of Meter.ConsoleClosed.
var closeWords = map[int]string{
	CloseSignedOut: "signed_out", CloseTakenOver: "taken_over", CloseBuildTooOld: "build_too_old",
	CloseBadFrame: "bad_frame", CloseSlow: "slow", CloseRestart: "restart", CloseSilent: "silent",
}

// push queues a frame; a console that does not keep up is closed and may resume.
func (c *conn) push(f frame) {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return
	}
	full := len(c.queue) >= maxQueued || (len(c.queue) > 0 && c.bytes+len(f.data) > maxQueuedBytes)
	if !full {
		c.queue = append(c.queue, f)
		c.bytes += len(f.data)
	}
	c.mu.Unlock()
	if !full {
		c.wakeUp()
		return
	}
	if c.shut(CloseSlow, "too slow") {
		c.hub.wg.Go(func() { c.hub.detach(c) })
	}
}

// welcome queues what a resume missed and lets figures through.
func (c *conn) welcome(missed []frame) {
	c.mu.Lock()
	if !c.closing {
		c.backlog, c.ready = missed, true
	}
	c.mu.Unlock()
	c.hub.ticks.latest(c)
	c.wakeUp()
}

// offer leaves the latest value of a figure for when the socket has nothing else to do.
func (c *conn) offer(t tick) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || !c.ready {
		return
	}
	for i := range c.ticks {
		if c.ticks[i].topic == t.topic {
			if c.ticks[i].version < t.version {
				c.ticks[i] = t
				c.wakeUp()
			}
			return
		}
	}
	c.ticks = append(c.ticks, t)
	c.wakeUp()
}

// shut ends the socket with a close code; false when it was ending already. Frames that wait are still written,
// except those of a slow console.
func (c *conn) shut(code int, reason string) bool {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return false
	}
	c.closing, c.code, c.reason, c.endBy = true, code, reason, time.Now().Add(writeWithin)
	if c.ticks = nil; code == CloseSlow {
		c.backlog, c.queue, c.bytes = nil, nil, 0
	}
	c.mu.Unlock()
	c.hub.meter.ConsoleClosed(closeWords[code])
	c.hub.log.Info("console closed", "agent", c.profile.No, "session", c.sid, "code", code, "reason", reason)
	c.wakeUp()
	return true
}

// abort ends the socket without a word.
func (c *conn) abort(word string) {
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	c.backlog, c.queue, c.bytes, c.ticks = nil, nil, 0, nil
	c.mu.Unlock()
	if first {
		c.hub.meter.ConsoleClosed(word)
	}
	c.ws.NetConn().Close()
	c.wakeUp()
}

func (c *conn) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// next takes what is to be written now. done says that nothing will come any more.
func (c *conn) next() (f frame, ok, done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(c.backlog) > 0:
		f, c.backlog = c.backlog[0], c.backlog[1:]
		return f, true, false
	case len(c.queue) > 0:
		f = c.queue[0]
		c.queue[0] = frame{}
		c.bytes -= len(f.data)
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		return f, true, false
	case c.closing:
		return f, false, true
	}
	c.backlog = nil
	for i := range c.ticks {
		if t := &c.ticks[i]; t.data != nil {
			f.data, t.data = t.data, nil
			return f, true, false
		}
	}
	return f, false, false
}

// write is the goroutine that writes.
func (c *conn) write() {
	defer close(c.gone)
	for {
		f, ok, done := c.next()
		if done {
			c.goodbye()
			return
		}
		if !ok {
			<-c.wake
			continue
		}
		c.ws.SetWriteDeadline(c.writeBy())
		if err := c.ws.WriteMessage(websocket.TextMessage, f.data); err != nil {
			c.abort(writeFault(err))
			return
		}
		c.written(f)
	}
}

// writeBy is when the frame in hand must be written.
func (c *conn) writeBy() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return c.endBy
	}
	return time.Now().Add(writeWithin)
}

func (c *conn) written(f frame) {
	c.hub.meter.ConsoleFrame()
	if f.seq == 0 {
		return
	}
	now := time.Now()
	c.hub.meter.ConsoleEvent(now.Sub(f.at))
	if !f.offered.IsZero() {
		c.hub.meter.Pop(now.Sub(f.offered))
	}
}

func writeFault(err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "slow"
	}
	return "lost"
}

// goodbye sends the close frame, when there is one, and gives the console a moment to answer it: closing at once
// could destroy what is on its way.
func (c *conn) goodbye() {
	if c.code == 0 {
		return
	}
	last := websocket.FormatCloseMessage(c.code, c.reason)
	if c.ws.WriteControl(websocket.CloseMessage, last, time.Now().Add(closeWithin)) != nil {
		c.ws.NetConn().Close()
		return
	}
	c.ws.SetReadDeadline(time.Now().Add(closeWithin))
}
