package e2e

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	exchange "hotline/deploy/desk"
)

// manner is what a service does with one call.
type manner struct {
	deaf   bool          // the line is cut: nothing comes back at all
	status int           // it refuses with this, after rings
	early  bool          // its sound is heard before the answer, from the beginning
	rings  time.Duration // before it answers or refuses
	never  bool          // it is never answered
	twice  bool          // the answer is sent again after 100 ms
	talks  time.Duration // before it hangs up; 0 leaves that to others, a nanosecond is at once
	moved  string        // it answers that it has moved there
}

func answers(after time.Duration) manner             { return manner{rings: after} }
func answersTwice(after time.Duration) manner        { return manner{rings: after, twice: true} }
func hangsUp(after, talks time.Duration) manner      { return manner{rings: after, talks: max(talks, 1)} }
func refuses(status int, after time.Duration) manner { return manner{status: status, rings: after} }
func ringsOnly() manner                              { return manner{never: true} }
func earlyOnly() manner                              { return manner{never: true, early: true} }
func lineCut() manner                                { return manner{deaf: true} }
func movedTo(uri string) manner                      { return manner{moved: uri} }

// service is the exchange of another service, such as 110's, at a trunk of the stack. It behaves as the test says, call
// by call.
type service struct {
	*exchange.Exchange
	t     *testing.T
	tone  tone
	calls chan *serviceCall
	h     *house

	mu      sync.Mutex
	manners []manner // of the calls to come; the last one is everybody's
}

// serviceCall is one INVITE that reached a service; its party carries the sound.
type serviceCall struct {
	*party
	*exchange.Invitation
	t        *testing.T
	at       time.Time
	answered chan struct{} // closed when the other side knows
	over     chan struct{} // closed when the service has nothing more to do with it
}

// newService opens a service behind a trunk of the stack (stack.Emergency and the like), or at an address. The first
// call meets the first manner and so on, all further ones the last.
func (h *house) newService(t *testing.T, where string, f tone, manners ...manner) *service {
	t.Helper()
	if trunk := h.TrunkAddress(where); trunk != "" {
		where = trunk
	}
	s := &service{t: t, tone: f, calls: make(chan *serviceCall, 64), h: h}
	var err error
	if s.Exchange, err = exchange.OpenExchange(where, s.take); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("close the service: ", err)
		}
		h.lost = append(h.lost, s.Lost()...)
		if t.Failed() && len(s.calls) > 0 {
			t.Logf("the service at %s had %d more calls than the test took", s.Address(), len(s.calls))
		}
	})
	s.behave(manners...)
	return s
}

// behave sets what the next calls meet.
func (s *service) behave(manners ...manner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.manners = manners
	s.Deafen(len(manners) > 0 && manners[0].deaf)
}

// next is the manner of the call that just came.
func (s *service) next() (m manner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.manners) > 0 {
		m = s.manners[0]
	}
	if len(s.manners) > 1 {
		s.manners = s.manners[1:]
	}
	return m
}

// call waits for the next INVITE.
func (s *service) call(within time.Duration) *serviceCall {
	s.t.Helper()
	select {
	case c := <-s.calls:
		return c
	case <-time.After(within):
		s.t.Fatalf("the service at %s is not called within %v", s.Address(), within)
		return nil
	}
}

// notCalled fails where an INVITE came that call has not returned.
func (s *service) notCalled() {
	s.t.Helper()
	select {
	case c := <-s.calls:
		s.t.Errorf("the service at %s was called as %s", s.Address(), c.Number())
	default:
	}
}

// take carries one call to its end.
func (s *service) take(i *exchange.Invitation) {
	if slices.Contains(s.h.lost, i.Request.CallID().Value()) { // an earlier test's, still asking
		_ = i.Refuse(sip.StatusRequestTerminated, "Request Terminated")
		return
	}
	p, end, err := openParty(s.tone)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer end()
	c := &serviceCall{party: p, Invitation: i, t: s.t, at: time.Now(), answered: make(chan struct{}), over: make(chan struct{})}
	defer close(c.over)
	m := s.next()
	s.calls <- c
	c.carry(m)
	<-i.Context().Done()
}

// carry does what the manner says. Errors are those of a caller who has gone, which the test sees at his own end.
func (c *serviceCall) carry(m manner) {
	ctx := c.Context()
	if m.early {
		c.speakTo(c.Request.Body())
		_ = c.Early([]byte(c.sdp()))
	} else {
		_ = c.Ring()
	}
	if m.never || !sleep(ctx, m.rings) {
		return
	}
	if m.moved != "" {
		_ = c.Redirect(m.moved)
		return
	}
	if m.status != 0 {
		_ = c.Refuse(m.status, "No")
		return
	}
	c.speakTo(c.Request.Body())
	if c.Answer([]byte(c.sdp())) != nil {
		return
	}
	close(c.answered)
	if m.twice && sleep(ctx, 100*time.Millisecond) {
		_ = c.AnswerAgain()
	}
	if m.talks > 0 && sleep(ctx, m.talks) {
		c.hangUp()
	}
}

// hangUp puts the receiver down.
func (c *serviceCall) hangUp() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.HangUp(ctx) // where the other side was first there is nothing left to hang up
}

// isAnswered waits until the call is answered.
func (c *serviceCall) isAnswered(within time.Duration) {
	c.t.Helper()
	waitFor(c.t, "the service's call is answered", c.answered, within)
}

// isOver waits until the call is over.
func (c *serviceCall) isOver(within time.Duration) {
	c.t.Helper()
	waitFor(c.t, "the service's call is over", c.over, within)
}

// sleep is false when ctx ends before d.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
