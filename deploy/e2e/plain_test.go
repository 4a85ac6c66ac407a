package e2e

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	ariv5 "github.com/CyCoreSystems/ari/v5"

	"hotline/deploy/stack"
	"hotline/gateway/ari"
)

// plain is a stack without gateway: the test itself is the application that Asterisk hands its calls to.
type plain struct {
	*house
	*ari.Client
	entered chan *ariv5.StasisStart
	gone    chan *ariv5.ChannelDestroyed
}

// unmeasured is nobody's meter.
type unmeasured struct{}

func (unmeasured) ARIRequest(string, time.Duration, error) {}
func (unmeasured) ARIEvent(string, time.Duration)          {}
func (unmeasured) ARISkipped(string)                       {}
func (unmeasured) ARIConnected(bool)                       {}

// newPlain starts Asterisk and listens to it.
func newPlain(t *testing.T, opts stack.Options) *plain {
	t.Helper()
	new(door).enter(t)
	opts.Progress = os.Stderr
	s, err := stack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	a := s.Info().ARI
	p := &plain{house: &house{Stack: s}, entered: make(chan *ariv5.StasisStart, 100), gone: make(chan *ariv5.ChannelDestroyed, 100)}
	p.Client = ari.New(ari.Config{
		URL: a.URL, User: a.User, Password: a.Password, App: a.App, Log: slog.New(slog.DiscardHandler), Meter: unmeasured{},
	})
	ctx, stop := context.WithCancel(context.Background())
	up := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { _ = p.Listen(ctx, &plainEvents{p, sync.OnceFunc(func() { close(up) })}) })
	t.Cleanup(func() { stop(); wg.Wait() })
	waitFor(t, "the event stream is up", up, 10*time.Second)
	return p
}

type plainEvents struct {
	*plain
	up func()
}

func (e *plainEvents) Up(string)  { e.up() }
func (e *plainEvents) Down(error) {}
func (e *plainEvents) Event(ev ariv5.Event) {
	switch ev := ev.(type) {
	case *ariv5.StasisStart:
		e.entered <- ev
	case *ariv5.ChannelDestroyed:
		e.gone <- ev
	}
}

// enters waits for the next channel that enters the application.
func (p *plain) enters(t *testing.T, within time.Duration) *ariv5.StasisStart {
	t.Helper()
	select {
	case ev := <-p.entered:
		return ev
	case <-time.After(within):
		t.Fatalf("no channel entered the application within %v", within)
		return nil
	}
}

// ends waits for the end of a channel and returns its cause (Q.850).
func (p *plain) ends(t *testing.T, id string, within time.Duration) int {
	t.Helper()
	for late := time.After(within); ; {
		select {
		case ev := <-p.gone:
			if ev.Channel.ID == id {
				return ev.Cause
			}
		case <-late:
			t.Fatalf("the channel %s did not end within %v", id, within)
			return 0
		}
	}
}
