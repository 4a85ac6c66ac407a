package push

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// Commands of one console: so many a second, so many at once.
const (
	commandRate  = 20
	commandBurst = 40
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read is the goroutine that reads, and ends the socket.
func (c *conn) read() {
	c.extend()
	for {
		kind, data, err := c.receive()
		if err != nil {
			c.unreadable(err)
			break
		}
		if fault := c.frame(kind, data.Bytes()); fault != "" {
			c.shut(CloseBadFrame, fault)
		}
		buffers.Put(data)
	}
	c.hub.detach(c)
	<-c.gone
	c.ws.NetConn().Close()
	c.hub.remove(c)
}

// extend gives the console three more heartbeats, unless the socket is ending.
func (c *conn) extend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.ws.SetReadDeadline(time.Now().Add(3 * c.hub.heartbeat))
	}
}

// receive reads one frame, or the first maxFrame+1 bytes of a larger one.
func (c *conn) receive() (int, *bytes.Buffer, error) {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	_, err = b.ReadFrom(io.LimitReader(r, maxFrame+1))
	return kind, b, err
}

// unreadable ends a socket whose reading failed; the writer says goodbye where that can still be heard.
func (c *conn) unreadable(err error) {
	var late net.Error
	var left *websocket.CloseError
	switch {
	case errors.As(err, &late) && late.Timeout():
		c.shut(CloseSilent, "no frame within three heartbeats")
	case errors.As(err, &left) && left.Code != websocket.CloseAbnormalClosure:
		c.pageGone = left.Code == websocket.CloseGoingAway
		c.abort("left")
	default:
		c.abort("lost")
	}
}

// frame acts on one frame and returns how it broke the protocol, empty when it did not.
func (c *conn) frame(kind int, data []byte) string {
	if c.isClosing() {
		return ""
	}
	if kind != websocket.TextMessage {
		return "binary frame"
	}
	if len(data) > maxFrame {
		return "frame larger than 64 KiB"
	}
	f, err := decode(data)
	if err != nil {
		return reason(err)
	}
	opening := f.T == "start" || f.T == "resume"
	if opening && c.begun {
		return "started twice"
	}
	if f.T == "cmd" && !c.begun {
		return "command before start"
	}
	if c.begun = c.begun || opening; c.begun {
		c.extend() // pings alone do not keep a socket that never starts
	}
	switch f.T {
	case "start":
		c.seat.start(c, f.Page)
	case "resume":
		c.seat.resume(c, f)
	case "cmd":
		c.command(f)
	case "ping":
		c.push(frame{data: pong})
	}
	return ""
}

var pong = marshal(&ServerFrame{T: "pong"})

// command acknowledges a command and hands it on, unless it was before.
func (c *conn) command(f ClientFrame) {
	in := c.tokens.take(time.Now())
	fault := checkCommand(&f)
	answer, act := c.admit(&f, in, fault)
	if answer != nil {
		c.push(frame{data: answer})
	}
	if !act {
		return
	}
	if len(f.Args) == 0 || f.Args[0] != '{' {
		f.Args = []byte("{}")
	}
	taken := c.hub.desks.Command(switchboard.Command{
		ID: f.ID, Agent: c.profile.No, Name: f.Name, Args: f.Args, Call: call.ID(f.Call), Ver: f.Ver,
	})
	if taken {
		return
	}
	c.seat.mu.Lock()
	c.seat.results.remove(f.ID)
	c.seat.mu.Unlock()
	c.push(refusal(f.ID, switchboard.CodeUnavailable, "the switchboard is busy", true))
}

// admit acknowledges the command and says whether it is to be acted on; a repeated one gets its old answer.
func (c *conn) admit(f *ClientFrame, in bool, fault string) (answer []byte, act bool) {
	s := c.seat
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil || s.session.conn != c {
		return nil, false // lost the seat meanwhile
	}
	c.push(frame{data: marshal(&ServerFrame{T: "ack", ID: f.ID})})
	if known := s.results.get(f.ID); known != nil {
		if known.name != f.Name {
			return refusal(f.ID, switchboard.CodeBadRequest, "id was used for another command", false).data, false
		}
		return known.data, false
	}
	if fault != "" {
		return refusal(f.ID, switchboard.CodeBadRequest, fault, false).data, false
	}
	if !in || !s.results.add(f.ID, f.Name, time.Now()) {
		return refusal(f.ID, switchboard.CodeTooMany, "too many commands", true).data, false
	}
	return nil, true
}

func refusal(id string, code switchboard.Code, message string, temporary bool) frame {
	return frame{data: marshal(&ServerFrame{
		T: "res", ID: id, OK: new(false),
		Error: &switchboard.Error{Code: code, Message: message, Temporary: temporary},
	})}
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// reason cuts an error to what a close frame can carry.
func reason(err error) string {
	s := err.Error()
	if first, _, more := bytes.Cut([]byte(s), []byte("\n")); more {
		s = string(first)
	}
	return s[:min(len(s), 120)]
}

// bucket limits how often something may happen.
type bucket struct {
	tokens float64
	at     time.Time // zero before the first
}

func (b *bucket) take(now time.Time) bool {
	if b.at.IsZero() {
		b.tokens = commandBurst
	} else {
		b.tokens = min(commandBurst, b.tokens+now.Sub(b.at).Seconds()*commandRate)
	}
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
