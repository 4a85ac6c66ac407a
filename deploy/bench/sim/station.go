package sim

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"hotline/gateway/queue"
)

// Station is agents all alike who serve one queue: calls come at random, talk and patience are exponential.
type Station struct {
	Agents   int
	Load     float64 // erlangs
	Patience float64 // mean over the mean talk; 0: endless
	Calls    int
	Seed     uint64
}

const (
	talkMean  = 180 * time.Second
	callEnds  = 1
	callQuits = 2
	warmUp    = 20 // mean talks before anything is counted
)

// draw is one caller of a station.
type draw struct {
	at, talk, patience time.Duration
}

// tally adds up what happened to callers.
type tally struct {
	calls, waited, abandoned int
	wait                     float64 // seconds
}

func (t *tally) add(wait time.Duration, waited, abandoned bool) {
	t.calls++
	t.wait += wait.Seconds()
	if waited {
		t.waited++
	}
	if abandoned {
		t.abandoned++
	}
}

func (t *tally) measures() Measures {
	n := float64(t.calls)
	return Measures{float64(t.waited) / n, t.wait / n / talkMean.Seconds(), float64(t.abandoned) / n}
}

// Formula is what theory says of the station.
func (s Station) Formula() Measures {
	if s.Patience == 0 {
		return ErlangC(s.Agents, s.Load)
	}
	return ErlangA(s.Agents, s.Load, s.Patience)
}

// Run plays the station's callers through the gateway's queue, and the same callers through the textbook's recursion
// for a queue served in order of arrival, of which the formulas are the exact means. How far both are apart is what
// the queue does differently; how far the recursion is from the formulas is the luck of the draw.
func (s Station) Run() (found, textbook Measures) {
	h := newHouse(s)
	r := rand.New(rand.NewPCG(s.Seed, uint64(s.Agents)))
	at := time.Duration(0)
	gap := float64(talkMean) / s.Load
	begin := warmUp * talkMean
	for n := 0; n < s.Calls; {
		at += time.Duration(r.ExpFloat64() * gap)
		d := draw{at: at, talk: time.Duration(r.ExpFloat64() * float64(talkMean)), patience: math.MaxInt64 / 4}
		if s.Patience > 0 {
			d.patience = time.Duration(r.ExpFloat64() * s.Patience * float64(talkMean))
		}
		h.counts = at > begin
		h.arrive(d)
		if h.counts {
			n++
		}
	}
	h.until(math.MaxInt64 / 2)
	return h.ours.measures(), h.book.measures()
}

// house is a station at work.
type house struct {
	queue  *queue.Queue
	agents map[string]int
	staff  []string
	names  []string // of callers, by place
	spare  []int
	places map[string]int
	here   []guest // by place
	ends   events
	counts bool
	free   freeTimes
	ours   tally
	book   tally // what the textbook's recursion says
}

// guest is a caller in the house.
type guest struct {
	draw
	agent  int
	turn   int // how often this place was given out: a quit of an earlier guest is void
	counts bool
}

func newHouse(s Station) *house {
	h := &house{queue: queue.New(nil, nil), agents: map[string]int{}, places: map[string]int{}, free: make(freeTimes, s.Agents)}
	for n := range s.Agents {
		name := "a" + strconv.Itoa(n)
		h.agents[name] = n
		h.staff = append(h.staff, name)
		h.queue.Ready(name, moment(0), 0)
	}
	return h
}

// epoch is when simulations begin.
var epoch = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func moment(at time.Duration) time.Time { return epoch.Add(at) }

func (h *house) arrive(d draw) {
	h.until(d.at)
	if h.counts {
		wait := h.free.take(d)
		h.book.add(min(wait, d.patience), wait > 0, wait > d.patience)
	} else {
		h.free.take(d)
	}
	i := h.place()
	h.here[i].draw, h.here[i].agent, h.here[i].counts = d, -1, h.counts
	h.queue.Wait(queue.Caller{ID: h.names[i], Queue: "one", Since: moment(d.at)})
	h.match(d.at)
	if h.here[i].agent < 0 && d.patience < math.MaxInt64/8 {
		h.ends.push(event{d.at + d.patience, callQuits, i<<32 | h.here[i].turn&math.MaxUint32})
	}
}

// place gives a caller a name that nobody in the house has.
func (h *house) place() int {
	if n := len(h.spare); n > 0 {
		i := h.spare[n-1]
		h.spare = h.spare[:n-1]
		return i
	}
	i := len(h.here)
	h.names = append(h.names, "c"+strconv.Itoa(i))
	h.places[h.names[i]] = i
	h.here = append(h.here, guest{})
	return i
}

func (h *house) leave(i int) {
	h.here[i].turn++
	h.spare = append(h.spare, i)
}

func (h *house) match(now time.Duration) {
	for {
		id, agent, ok := h.queue.Next(moment(now))
		if !ok {
			h.queue.Unattended()
			return
		}
		i := h.places[id]
		g := &h.here[i]
		g.agent = h.agents[agent]
		if g.counts {
			h.ours.add(now-g.at, now > g.at, false)
		}
		h.ends.push(event{now + g.talk, callEnds, i})
	}
}

// until plays what happens before a moment.
func (h *house) until(at time.Duration) {
	for len(h.ends) > 0 && h.ends[0].at <= at {
		e := h.ends.pop()
		if e.kind == callEnds {
			h.queue.Ready(h.staff[h.here[e.who].agent], moment(e.at), 0)
			h.leave(e.who)
			h.match(e.at)
			continue
		}
		i := e.who >> 32
		g := &h.here[i]
		if g.agent >= 0 || g.turn&math.MaxUint32 != e.who&math.MaxUint32 {
			continue
		}
		if g.counts {
			h.ours.add(g.patience, true, true)
		}
		h.queue.Leave(h.names[i])
		h.leave(i)
	}
}

// freeTimes are the moments at which each agent will be free, the earliest first (a heap).
type freeTimes []time.Duration

// take gives a caller to the agent who is free first, unless the caller's patience ends before. It returns how long he
// would have to wait.
func (f freeTimes) take(d draw) (wait time.Duration) {
	wait = max(0, f[0]-d.at)
	if wait > d.patience {
		return wait
	}
	end := d.at + wait + d.talk
	i := 0
	for {
		down := 2*i + 1
		if down >= len(f) {
			break
		}
		if down+1 < len(f) && f[down+1] < f[down] {
			down++
		}
		if end <= f[down] {
			break
		}
		f[i] = f[down]
		i = down
	}
	f[i] = end
	return wait
}
