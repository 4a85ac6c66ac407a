package push

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"
)

// Figures are sent at most once in tickEvery for each topic; the hub looks for due ones every tickStep. Consoles
// are woken a batch at a time with a pause between, so that an event never waits behind all of them.
const (
	tickEvery = time.Second
	tickStep  = 100 * time.Millisecond
	tickBatch = 25
	tickPause = 2 * time.Millisecond
)

// tick is the latest value of one figure, as a frame. data is nil once it was written.
type tick struct {
	topic   string
	version uint64
	data    []byte
}

// figure is one topic for one agent, or for everybody.
type figure struct {
	tick
	agent  string // "" means everybody
	dirty  bool   // not sent since it was set
	sentAt time.Time
}

// ticks holds the latest values; one goroutine spreads them, so that the loop never walks the consoles.
type ticks struct {
	mu      sync.Mutex
	figures map[string][]*figure // by agent; few topics each
	dirty   []*figure
	version uint64
	kick    chan struct{}
}

func (t *ticks) init() {
	t.figures = map[string][]*figure{}
	t.kick = make(chan struct{}, 1)
}

// Tick sets the latest value of a figure; agentNo "" means everybody.
func (h *Hub) Tick(agentNo, topic string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		h.log.Error("figure cannot be sent", "topic", topic, "err", err)
		return
	}
	h.ticks.set(agentNo, topic, marshal(&ServerFrame{T: "tick", Topic: topic, Value: raw}))
	select {
	case h.ticks.kick <- struct{}{}:
	default:
	}
}

func (t *ticks) set(agent, topic string, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.figure(agent, topic)
	if bytes.Equal(f.data, data) {
		return // nothing new to say
	}
	t.version++
	f.version, f.data = t.version, data
	if !f.dirty {
		f.dirty = true
		t.dirty = append(t.dirty, f)
	}
}

func (t *ticks) figure(agent, topic string) *figure {
	for _, f := range t.figures[agent] {
		if f.topic == topic {
			return f
		}
	}
	f := &figure{agent: agent, tick: tick{topic: topic}}
	t.figures[agent] = append(t.figures[agent], f)
	return f
}

// due takes the figures that may be sent now, by agent, and says whether others still wait.
func (t *ticks) due(now time.Time) (take map[string][]tick, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	take = map[string][]tick{}
	var wait []*figure
	for _, f := range t.dirty {
		if now.Sub(f.sentAt) < tickEvery {
			wait = append(wait, f)
			continue
		}
		f.dirty, f.sentAt = false, now
		take[f.agent] = append(take[f.agent], f.tick)
	}
	t.dirty = wait
	return take, len(wait) > 0
}

// latest offers a console that just came everything known.
func (t *ticks) latest(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, agent := range []string{"", c.profile.No} {
		for _, f := range t.figures[agent] {
			c.offer(f.tick)
		}
	}
}

// runTicks is the goroutine that spreads figures.
func (h *Hub) runTicks() {
	for {
		select {
		case <-h.stop:
			return
		case <-h.ticks.kick:
		}
		for more := true; more; {
			var take map[string][]tick
			take, more = h.ticks.due(time.Now())
			if !h.spread(take) || !h.pause(tickStep) {
				return
			}
		}
	}
}

// spread offers figures to the consoles they are for; false when the hub stops.
func (h *Hub) spread(take map[string][]tick) bool {
	if len(take) == 0 {
		return true
	}
	woken := 0
	for _, c := range h.open() {
		n := len(take[""]) + len(take[c.profile.No])
		for _, t := range take[""] {
			c.offer(t)
		}
		for _, t := range take[c.profile.No] {
			c.offer(t)
		}
		if woken += min(n, 1); woken == tickBatch {
			if woken = 0; !h.pause(tickPause) {
				return false
			}
		}
	}
	return true
}

func (h *Hub) pause(d time.Duration) bool {
	select {
	case <-h.stop:
		return false
	case <-time.After(d):
		return true
	}
}
