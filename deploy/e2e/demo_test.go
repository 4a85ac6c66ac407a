package e2e

import (
	"context"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/demo"
	"hotline/deploy/stack"
)

// The citizens of `make demo` give a newcomer a call, speak, and hang up in good order when the demo is stopped.
func TestDemo(t *testing.T) {
	h := theHouse(t)
	d := h.staff(t, "8101", agentTone)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		if _, failed, err := demo.Run(ctx, demo.Options{
			SIP: h.SIPAddress(), Dial: "12300", Every: time.Second, AtOnce: 3, Patience: time.Minute,
			SIPp: h.Installation.SIPp, Cache: stack.PromptCache(), Progress: t.Output(),
		}); err != nil || failed > 0 {
			t.Errorf("%d calls failed, %v", failed, err)
		}
	}()
	ring := d.phone.ringing(60 * time.Second) // the first time they have to learn to speak
	ring.answer()
	d.phone.hearsMusic(t, time.Now(), 10*time.Second) // speech, in fact
	stop()
	waitFor(t, "the demo is over", over, 10*time.Second)
	d.finish()
	d.seesState(agent.Ready)
}
