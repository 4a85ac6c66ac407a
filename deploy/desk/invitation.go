package desk

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Invitation is a call that came to an exchange, from its INVITE to its end. Its sound is the taker's business.
type Invitation struct {
	Request *sip.Request

	dialog    *sipgo.DialogServerSession
	conn      *net.UDPConn
	ctx       context.Context
	over      context.CancelFunc
	answered  atomic.Bool
	cancelled atomic.Bool

	mu      sync.Mutex
	session []byte // description that was answered with
}

// Context ends when the call is over, whoever ended it and whether or not it was answered.
func (i *Invitation) Context() context.Context { return i.ctx }

// Number is what was dialled.
func (i *Invitation) Number() string { return i.Request.Recipient.User }

// Caller is the number of who calls.
func (i *Invitation) Caller() string { return i.Request.From().Address.User }

// Header is the value of a header of the INVITE, empty where there is none.
func (i *Invitation) Header(name string) string {
	if h := i.Request.GetHeader(name); h != nil {
		return h.Value()
	}
	return ""
}

// Cancelled tells whether the caller gave up before the answer.
func (i *Invitation) Cancelled() bool { return i.cancelled.Load() }

// Ring says that it rings.
func (i *Invitation) Ring() error { return i.dialog.Respond(sip.StatusRinging, "Ringing", nil) }

// Early opens the line before the answer: the caller hears what is sent from the address in sdp.
func (i *Invitation) Early(sdp []byte) error {
	return i.dialog.Respond(sip.StatusSessionInProgress, "Session Progress", sdp, sip.NewHeader("Content-Type", "application/sdp"))
}

// Answer lifts the receiver and returns when the other side knows.
func (i *Invitation) Answer(sdp []byte) error {
	i.mu.Lock()
	i.session = sdp
	i.mu.Unlock()
	i.answered.Store(true)
	if err := i.dialog.RespondSDP(sdp); err != nil {
		i.over()
		return fmt.Errorf("answer the call: %w", err)
	}
	return nil
}

// AnswerAgain sends the answer once more, as an exchange does that missed the other side's ACK.
func (i *Invitation) AnswerAgain() error {
	to, err := net.ResolveUDPAddr("udp", i.Request.Source())
	if err == nil {
		_, err = i.conn.WriteToUDP([]byte(i.dialog.InviteResponse.String()), to)
	}
	if err != nil {
		return fmt.Errorf("answer the call again: %w", err)
	}
	return nil
}

// Refuse ends a call that was not answered.
func (i *Invitation) Refuse(status int, reason string) error {
	defer i.over()
	if err := i.dialog.Respond(status, reason, nil); err != nil {
		return fmt.Errorf("refuse the call: %w", err)
	}
	return nil
}

// Redirect says that a call that was not answered is to be made to another address, such as "sip:12345@192.0.2.1".
func (i *Invitation) Redirect(uri string) error {
	defer i.over()
	if err := i.dialog.Respond(sip.StatusMovedTemporarily, "Moved Temporarily", nil, sip.NewHeader("Contact", "<"+uri+">")); err != nil {
		return fmt.Errorf("redirect the call: %w", err)
	}
	return nil
}

// HangUp puts the receiver down; the call is over then, also where nobody answers any more.
func (i *Invitation) HangUp(ctx context.Context) error {
	defer i.over()
	if err := i.dialog.Bye(ctx); err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	return nil
}

func (i *Invitation) sdp() []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.session
}
