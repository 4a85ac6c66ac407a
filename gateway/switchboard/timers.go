package switchboard

import (
	"container/heap"
	"time"
)

// timers wakes the loop for whatever is due first. Each key has at most one time; an entry whose time was changed
// stays in the heap and is passed over when it comes up.
type timers struct {
	heap  entries
	at    map[string]time.Time
	timer *time.Timer
	now   func() time.Time
}

type entry struct {
	at  time.Time
	key string
}

// set gives key a time, or takes it away when at is zero.
func (t *timers) set(key string, at time.Time) {
	if t.at == nil {
		t.at = make(map[string]time.Time)
		t.timer = time.NewTimer(time.Hour)
	}
	if t.at[key].Equal(at) {
		return
	}
	if at.IsZero() {
		delete(t.at, key)
		return
	}
	t.at[key] = at
	heap.Push(&t.heap, entry{at, key})
	if first := t.heap[0]; first.key == key { // perhaps an older time of its own, which is passed over
		t.timer.Reset(first.at.Sub(t.now()))
	}
}

// C fires when something may be due.
func (t *timers) C() <-chan time.Time {
	if t.timer == nil {
		return nil
	}
	return t.timer.C
}

// due takes out the keys whose time has come.
func (t *timers) due(now time.Time) []string {
	var keys []string
	for len(t.heap) > 0 {
		first := t.heap[0]
		valid := t.at[first.key].Equal(first.at)
		if valid && first.at.After(now) {
			t.timer.Reset(first.at.Sub(now))
			return keys
		}
		heap.Pop(&t.heap)
		if valid {
			delete(t.at, first.key)
			keys = append(keys, first.key)
		}
	}
	return keys
}

type entries []entry

func (e entries) Len() int           { return len(e) }
func (e entries) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e entries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)        { *e = append(*e, x.(entry)) }
func (e *entries) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}
