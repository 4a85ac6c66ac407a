// Package sim drives the gateway's queue under a simulated clock: whole days and endless Poisson streams in seconds,
// without servers.
package sim

import "time"

// event is something that happens to one at a time; kind and who mean what the simulation says.
type event struct {
	at   time.Duration // since the simulation began
	kind int
	who  int
}

// events are those to come, the earliest first (a heap).
type events []event

func (e *events) push(v event) {
	*e = append(*e, v)
	h := *e
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h[up].at <= v.at {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = v
}

func (e *events) pop() event {
	h := *e
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*e = h
	if len(h) == 0 {
		return first
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].at < h[down].at {
			down++
		}
		if last.at <= h[down].at {
			break
		}
		h[i] = h[down]
		i = down
	}
	h[i] = last
	return first
}
