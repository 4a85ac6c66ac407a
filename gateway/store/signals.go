package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// counter only grows, and one may wait until it reaches a number.
type counter struct {
	mu    sync.Mutex
	n     int64
	grown chan struct{} // closed at the next growth; nil while nobody waits
}

func (c *counter) get() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += int64(n)
	if c.grown != nil {
		close(c.grown)
		c.grown = nil
	}
}

// wait returns when the counter is at least n, or with ctx's error.
func (c *counter) wait(ctx context.Context, n int64) error {
	for {
		c.mu.Lock()
		if c.n >= n {
			c.mu.Unlock()
			return nil
		}
		if c.grown == nil {
			c.grown = make(chan struct{})
		}
		grown := c.grown
		c.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// signal wakes one waiter; several before he wakes are one.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) raise() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// alarmEvery bounds how often a lasting trouble is logged.
const alarmEvery = 5 * time.Second

// limiter lets one message of a kind through per alarmEvery.
type limiter struct{ last atomic.Int64 }

func (l *limiter) may() bool {
	now, last := time.Now().UnixNano(), l.last.Load()
	return now-last >= int64(alarmEvery) && l.last.CompareAndSwap(last, now)
}

// backoff doubles its pause from 100 ms to 2 s.
type backoff struct{ pause time.Duration }

// sleep pauses, and reports false when ctx ended meanwhile.
func (b *backoff) sleep(ctx context.Context) bool {
	b.pause = min(max(2*b.pause, 100*time.Millisecond), 2*time.Second)
	timer := time.NewTimer(b.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (b *backoff) reset() { b.pause = 0 }
