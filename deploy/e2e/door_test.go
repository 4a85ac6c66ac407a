package e2e

import (
	"sync"
	"testing"
)

// door lets the tests of one house in one after the other, in the order of the files: what one does, the next finds.
// Other houses' tests run beside them, for most of a test's time is waiting.
type door struct {
	mu    sync.Mutex
	queue []chan struct{} // of those before whom the door is closed
	open  bool            // somebody is inside
}

// inside holds a token for each test that runs: more at once would disturb what they measure on a small machine.
var inside = make(chan struct{}, 2)

// enter waits until the house is empty, and holds it until the test and all that it cleans up are over.
func (d *door) enter(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs all servers")
	}
	turn := d.line() // before Parallel, which lets everybody go at once
	t.Parallel()
	<-turn
	inside <- struct{}{}
	t.Cleanup(func() {
		<-inside
		d.leave()
	})
}

// line returns what is closed when it is one's turn.
func (d *door) line() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	turn := make(chan struct{})
	if d.open {
		d.queue = append(d.queue, turn)
	} else {
		d.open = true
		close(turn)
	}
	return turn
}

func (d *door) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.queue) == 0 {
		d.open = false
		return
	}
	close(d.queue[0])
	d.queue = d.queue[1:]
}
