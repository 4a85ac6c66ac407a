package sim

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"hotline/gateway/queue"
)

// Call is one caller of a day, with everything that chance decides about him, so that every way of queueing gets the
// same.
type Call struct {
	At        time.Duration
	Queue     string
	Priority  queue.Priority
	Patience  time.Duration // hangs up after waiting so long
	Ring      time.Duration // until the agent answers
	Unheard   int           // so many offers are not answered first
	Talk      time.Duration
	Wrap      time.Duration
	LastAgent int // index of the agent he talked to lately, -1: none
}

// Worker is an agent with his shift.
type Worker struct {
	No          string
	Levels      map[string]int
	From, Until time.Duration
}

// Day is a day of a large city's hotline.
type Day struct {
	Queues  []queue.Definition
	Credits queue.Credits
	Workers []Worker
	Calls   []Call
}

// Sizes of the record day.
const (
	dayCalls    = 87_000
	burstTimes  = 12
	burstLength = 5 * time.Minute
	unheardTime = 15 * time.Second
	unheardRate = 0.015
)

// hours are how busy each hour is beside the others; at night few call.
var hours = [24]float64{6, 4, 3, 3, 4, 8, 18, 45, 88, 100, 96, 78, 60, 72, 90, 92, 84, 70, 55, 48, 42, 32, 20, 11}

// bursts begin at a storm in the evening, a code that fails in the morning and a pipe that breaks at night.
var bursts = []time.Duration{6*time.Hour + 10*time.Minute, 10*time.Hour + 20*time.Minute, 19*time.Hour + 40*time.Minute}

// shifts of 650 agents, of eight hours each.
var shifts = []struct {
	agents int
	from   time.Duration
}{
	{35, 0}, {75, 6 * time.Hour}, {90, 7 * time.Hour}, {160, 8 * time.Hour},
	{40, 9 * time.Hour}, {110, 14 * time.Hour}, {40, 15 * time.Hour}, {100, 16 * time.Hour},
}

// topics are the queues with their share of the callers; each but the first needs its skill.
var topics = []struct {
	name  string
	share float64
	rare  bool
}{{"general", 0.5, false}, {"social", 0.18, false}, {"medical", 0.12, false}, {"enterprise", 0.09, false}, {"fund", 0.08, false}, {"english", 0.03, true}}

// NewDay draws a day.
func NewDay(seed uint64) *Day {
	r := rand.New(rand.NewPCG(seed, 87_000))
	d := &Day{Credits: queue.Credits{queue.From110: 5 * time.Minute, queue.Elderly: time.Minute}}
	for _, t := range topics {
		def := queue.Definition{Name: t.name, Order: queue.LongestIdle, LastAgent: 24 * time.Hour}
		if t.name != "general" {
			def.Needs = []queue.Need{{Skill: t.name, Level: 4}}
			def.Widen = []queue.Widening{{After: 20 * time.Second, Needs: []queue.Need{{Skill: t.name, Level: 1}}}}
		}
		d.Queues = append(d.Queues, def)
	}
	d.hire(r)
	for _, at := range arrivals(r) {
		d.Calls = append(d.Calls, d.call(r, at))
	}
	return d
}

func (d *Day) hire(r *rand.Rand) {
	for _, s := range shifts {
		for range s.agents {
			w := Worker{No: strconv.Itoa(8001 + len(d.Workers)), Levels: map[string]int{}, From: s.from, Until: s.from + 8*time.Hour}
			for _, t := range topics[1:] {
				if chance := r.Float64(); chance < 0.1 || chance < 0.5 && !t.rare {
					w.Levels[t.name] = 1 + r.IntN(9)
				}
			}
			d.Workers = append(d.Workers, w)
		}
	}
}

// rate is how busy a moment is beside the others.
func rate(at time.Duration) float64 {
	h := at.Hours()
	n := int(h)
	base := hours[n] + (hours[(n+1)%24]-hours[n])*(h-float64(n))
	for _, b := range bursts {
		if at >= b && at < b+burstLength {
			return base * burstTimes
		}
	}
	return base
}

// arrivals draws when callers call: each moment as likely as it is busy.
func arrivals(r *rand.Rand) []time.Duration {
	var sums [24 * 60 * 60]float64
	total := 0.0
	for s := range sums {
		total += rate(time.Duration(s) * time.Second)
		sums[s] = total
	}
	at := make([]time.Duration, dayCalls)
	for n := range at {
		s, _ := slices.BinarySearch(sums[:], r.Float64()*total)
		at[n] = time.Duration((float64(s) + r.Float64()) * float64(time.Second))
	}
	slices.Sort(at)
	return at
}

func (d *Day) call(r *rand.Rand, at time.Duration) Call {
	c := Call{
		At: at, Queue: topics[len(topics)-1].name, LastAgent: -1,
		Patience: logNormal(r, 150*time.Second, 0.9),
		Ring:     time.Duration((2 + 3*r.Float64()) * float64(time.Second)),
		Talk:     logNormal(r, 160*time.Second, 0.7),
		Wrap:     logNormal(r, 25*time.Second, 0.5),
	}
	share := r.Float64()
	for _, t := range topics {
		if share -= t.share; share < 0 {
			c.Queue = t.name
			break
		}
	}
	switch p := r.Float64(); {
	case p < 0.02:
		c.Priority = queue.From110
	case p < 0.06:
		c.Priority = queue.Elderly
	case p < 0.1:
		c.LastAgent = r.IntN(len(d.Workers))
	}
	for r.Float64() < unheardRate {
		c.Unheard++
	}
	return c
}

// logNormal draws a time of a mean, the more uneven the larger sigma.
func logNormal(r *rand.Rand, mean time.Duration, sigma float64) time.Duration {
	return time.Duration(float64(mean) * math.Exp(sigma*r.NormFloat64()-sigma*sigma/2))
}
