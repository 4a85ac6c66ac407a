package desk

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Ring is a call that came to a telephone, from its ringing to its end.
type Ring struct {
	*Line
	id     string
	dialog *sipgo.DialogServerSession
	ctx    context.Context // of the call: a dialog whose other side is gone for good never ends by itself
	over   context.CancelFunc
	loud   atomic.Int64 // packets
}

func newRing(host string, dialog *sipgo.DialogServerSession) (r *Ring, err error) {
	r = &Ring{id: dialog.InviteRequest.CallID().Value(), dialog: dialog}
	r.ctx, r.over = context.WithCancel(dialog.Context())
	if r.Line, err = OpenLine(host, r.heard); err != nil {
		r.over()
	}
	return r, err
}

// Context ends when the call is over, whoever ended it and whether or not it was answered.
func (r *Ring) Context() context.Context { return r.ctx }

// Answer lifts the receiver and returns when the other side knows.
func (r *Ring) Answer() error {
	if err := r.dialog.RespondSDP(r.SDP()); err != nil {
		return fmt.Errorf("answer the call: %w", err)
	}
	return nil
}

// Refuse ends a call that rings.
func (r *Ring) Refuse() error {
	defer r.over()
	if err := r.dialog.Respond(sip.StatusBusyHere, "Busy Here", nil); err != nil {
		return fmt.Errorf("refuse the call: %w", err)
	}
	return nil
}

// HangUp puts the receiver down; the call is over then, also where nobody answers any more.
func (r *Ring) HangUp(ctx context.Context) error {
	defer r.over()
	if err := r.dialog.Bye(ctx); err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	return nil
}

// Heard is for how long the other side could be heard so far, silence not counted.
func (r *Ring) Heard() time.Duration { return time.Duration(r.loud.Load()) * packetTime }

func (r *Ring) heard(sound []byte) {
	if Loud(sound) {
		r.loud.Add(1)
	}
}
