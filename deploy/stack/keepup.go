package stack

import (
	"context"
	"sync"
	"time"
)

// KeepUp watches the servers until ctx ends and starts again what ended by
// itself, as a service manager would in production. changed is called after
// each such start, one at a time, since process ids are new.
func (s *Stack) KeepUp(ctx context.Context, changed func()) {
	var mu sync.Mutex
	report := func() {
		mu.Lock()
		defer mu.Unlock()
		changed()
	}
	var all sync.WaitGroup
	all.Go(func() { s.keep(ctx, "PostgreSQL", s.Postgres.Done, s.StartPostgres, report) })
	all.Go(func() { s.keep(ctx, "Asterisk", s.Asterisk.Done, s.Asterisk.Start, report) })
	all.Go(func() { s.keep(ctx, "the gateway", s.gatewayDone, s.StartGateway, report) })
	all.Wait()
}

// keep does it for one server. The servers are kept apart because one may need
// another to start.
func (s *Stack) keep(ctx context.Context, name string, done func() <-chan struct{}, start func(context.Context) error, changed func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-done():
		}
		s.say("%s ended by itself; starting it again", name)
		for start(ctx) != nil {
			if !pause(ctx, time.Second) { // it would fail the same way at once
				return
			}
		}
		s.say("%s is back", name)
		changed()
	}
}

// pause waits for d and tells whether ctx is still good.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
