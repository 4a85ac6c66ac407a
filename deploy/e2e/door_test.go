package e2e

import (
	"sync"
	"testing"
)

// door lets the tests of one house in, one after the other: what one does, the next would see. Other houses' tests run
// beside them, for most of a test's time is waiting.
type door struct{ sync.Mutex }

// inside holds a token for each test that runs: more at once would disturb what they measure on a small machine.
var inside = make(chan struct{}, 3)

// enter waits until the house is empty, and holds it until the test and all that it cleans up are over.
func (d *door) enter(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs all servers")
	}
	t.Parallel()
	d.Lock()
	inside <- struct{}{}
	t.Cleanup(func() {
		<-inside
		d.Unlock()
	})
}
