package push

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// seat is what the hub keeps of one agent across his consoles. Seats are never removed: there are only as many
// as accounts that signed in, and an idle one is small.
type seat struct {
	hub *Hub
	no  string

	// link orders the calls of Linked and Unlinked. The switchboard's goroutine never takes it.
	link sync.Mutex

	mu        sync.Mutex
	sockets   int      // open sockets, whether or not they have a session
	session   *session // the one console, nil when there is none to talk to or to resume
	takenOver []string // ids of sessions that lost to a newer one, newest last
	results   results
}

// takenOverKept is how many lost sessions are remembered: a tab that wakes after hours must not win its seat back.
const takenOverKept = 16

// session is one start of a console and what a resume needs.
type session struct {
	sid, page, web string
	profile        agent.Profile
	conn           *conn // nil while the socket is gone
	droppedAt      time.Time
	seq            uint64 // of the last numbered frame, 0 before the snapshot
	replay         replay
	lastDesk       []byte // how the last numbered frame told the desk
}

// start begins a new session on c and takes the seat from an older one.
func (s *seat) start(c *conn, page string) {
	s.link.Lock()
	defer s.link.Unlock()
	s.mu.Lock()
	lost := s.replace(c, page)
	s.mu.Unlock()
	s.started(c, lost, page)
}

// replace puts a new session on c at the seat and returns the socket that lost it, nil when there was none.
func (s *seat) replace(c *conn, page string) *conn {
	var lost *conn
	if old := s.session; old != nil {
		lost = old.conn
		s.takenOver = append(s.takenOver, old.sid)
		if len(s.takenOver) > takenOverKept {
			s.takenOver = slices.Delete(s.takenOver, 0, 1)
		}
	}
	s.session = &session{sid: c.sid, page: page, web: c.web, profile: c.profile, conn: c}
	return lost
}

// started tells everybody about a new session; link is held and mu is not.
func (s *seat) started(c, lost *conn, page string) {
	if lost == nil {
		s.hub.count(1)
	} else {
		lost.shut(CloseTakenOver, "opened in another place")
	}
	s.hub.desks.Linked(c.profile, c.sid, page, false)
}

// resume lets the session f names go on over c, or starts a new one.
func (s *seat) resume(c *conn, f ClientFrame) {
	s.link.Lock()
	defer s.link.Unlock()
	s.mu.Lock()
	if slices.Contains(s.takenOver, f.SID) {
		s.mu.Unlock()
		c.shut(CloseTakenOver, "opened in another place")
		return
	}
	x := s.session
	frames, ok := s.missed(f)
	s.hub.meter.ConsoleResumed(ok)
	if !ok {
		lost := s.replace(c, f.Page)
		s.mu.Unlock()
		s.started(c, lost, f.Page)
		return
	}
	old := x.conn
	x.conn, x.web, x.profile = c, c.web, c.profile
	c.welcome(append(frames, frame{data: marshal(&ServerFrame{T: "pong", SID: x.sid})}))
	s.mu.Unlock()

	if old == nil {
		s.hub.count(1)
	} else {
		old.abort("replaced") // the same page came back before its old socket was found dead
	}
	s.hub.desks.Linked(c.profile, x.sid, f.Page, true)
}

// missed returns the frames after f.Seq, false when they cannot all be had.
func (s *seat) missed(f ClientFrame) ([]frame, bool) {
	x := s.session
	if x == nil || x.sid != f.SID || x.page != f.Page || s.hub.epoch != f.Epoch || f.Seq == 0 || f.Seq > x.seq {
		return nil, false
	}
	return x.replay.after(f.Seq, x.seq)
}

// detach ends what c is to its session, once; the session stays and can be resumed.
func (h *Hub) detach(c *conn) {
	s := c.seat
	s.link.Lock()
	defer s.link.Unlock()
	s.mu.Lock()
	x := s.session
	if x == nil || x.conn != c {
		s.mu.Unlock()
		return
	}
	x.conn, x.droppedAt = nil, time.Now()
	s.mu.Unlock()

	h.count(-1)
	h.mu.RLock()
	closed := h.closed
	h.mu.RUnlock()
	if !closed {
		h.desks.Unlinked(s.no, x.sid, c.pageGone)
	}
}

func (s *seat) snapshot(sid string, desk switchboard.Desk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.session
	if x == nil || x.sid != sid {
		return
	}
	if x.seq > 0 {
		x.correct(desk)
		return
	}
	x.send(&ServerFrame{T: "snapshot", Desk: &desk})
	if x.conn != nil {
		x.conn.welcome(nil)
	}
}

func (s *seat) event(kind string, desk switchboard.Desk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session != nil && s.session.seq > 0 {
		s.session.send(&ServerFrame{T: "event", Kind: kind, Desk: &desk})
	}
}

// correct sends desk as an event unless the console was told just that.
func (x *session) correct(desk switchboard.Desk) {
	f := ServerFrame{T: "event", Kind: switchboard.KindAgentState, Desk: &desk}
	if !bytes.Equal(deskOf(marshal(&f)), x.lastDesk) {
		x.send(&f)
	}
}

// send numbers f, keeps it for a resume and hands it to the socket if there is one.
func (x *session) send(f *ServerFrame) {
	now := time.Now()
	x.seq++
	f.Seq, f.At = x.seq, &now
	if f.T == "event" {
		f.ID = ulid.Make().String()
	}
	out := frame{data: marshal(f), seq: x.seq, at: now}
	if f.Kind == switchboard.KindRinging && f.Desk.Call != nil {
		out.offered = f.Desk.Call.OfferedAt
	}
	x.lastDesk = deskOf(out.data)
	x.replay.add(out)
	if x.conn != nil {
		x.conn.push(out)
	}
}

// reply keeps the answer to a command and sends it to the console that is there now.
func (s *seat) reply(id string, result any, failed *switchboard.Error) {
	f := ServerFrame{T: "res", ID: id, OK: new(failed == nil), Error: failed}
	if failed == nil && result != nil {
		raw, err := json.Marshal(result)
		if err != nil {
			s.hub.log.Error("result of a command cannot be sent", "agent", s.no, "command", id, "err", err)
			f.OK, f.Error = new(false), &switchboard.Error{Code: switchboard.CodeInternal, Message: "result cannot be sent"}
		}
		f.Result = raw
	}
	data := marshal(&f)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results.done(id, data, time.Now())
	if s.session != nil && s.session.conn != nil {
		s.session.conn.push(frame{data: data})
	}
}

// forget drops a session that has no socket.
func (s *seat) forget(which func(*session) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session != nil && s.session.conn == nil && which(s.session) {
		s.session = nil
	}
}

func (s *seat) sweep(now time.Time) {
	s.forget(func(x *session) bool { return now.Sub(x.droppedAt) > replayFor })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session != nil {
		s.session.replay.trim(now)
	}
	s.results.trim(now)
}
