package sim

import (
	"strconv"
	"time"

	"hotline/gateway/queue"
)

// ours is the gateway's queue.
type ours struct {
	*Day
	queue   *queue.Queue
	calls   map[string]int
	workers map[string]int
}

// Ours plays the day through the gateway's queue.
func (d *Day) Ours() Outcome {
	o := &ours{Day: d, queue: queue.New(d.Queues, d.Credits), calls: map[string]int{}, workers: map[string]int{}}
	for i, w := range d.Workers {
		o.workers[w.No] = i
		o.queue.Skills(w.No, w.Levels)
	}
	for i := range d.Calls {
		o.calls[callNames[i]] = i
	}
	f := newFloor(d, o)
	f.told = func(call int) (time.Duration, bool) {
		p, _ := o.queue.Place(callNames[call])
		return p.Wait, p.Known
	}
	return f.run()
}

func (o *ours) wait(_ time.Duration, call int, avoid []string) {
	c := &o.Calls[call]
	w := queue.Caller{ID: callNames[call], Queue: c.Queue, Since: moment(c.At), Priority: c.Priority, Avoid: avoid}
	if c.LastAgent >= 0 {
		w.LastAgent, w.LastAgentAt = o.Workers[c.LastAgent].No, moment(c.At-time.Hour)
	}
	o.queue.Wait(w)
}

func (o *ours) leave(call int) { o.queue.Leave(callNames[call]) }

func (o *ours) ready(worker int, idleSince time.Time, occupancy float64) {
	o.queue.Ready(o.Workers[worker].No, idleSince, occupancy)
}

func (o *ours) notReady(worker int) { o.queue.NotReady(o.Workers[worker].No) }

func (o *ours) next(now time.Duration) (call, worker int, ok bool) {
	id, no, ok := o.queue.Next(moment(now))
	if !ok {
		o.queue.Unattended()
		return 0, 0, false
	}
	return o.calls[id], o.workers[no], true
}

func (o *ours) wake() time.Duration {
	at := o.queue.Wake()
	if at.IsZero() {
		return 0
	}
	return at.Sub(epoch)
}

// callNames are the calls' names.
var callNames = func() (names [dayCalls]string) {
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	return names
}()
