package queue

import (
	"math"
	"math/bits"
	"time"
)

// Estimator foretells how long a caller will wait in one queue. It knows three things, all learnt from callers who
// waited: how much time passes between two services while somebody waits, how often those ahead give up, and how far
// its own forecasts were off.
//
// With a service every i seconds and each of those ahead giving up after 1/g seconds on average, the one at position n
// waits for the sum of 1/(1/i + k·g) over k < n, which is close to ln(1 + n·i·g) / g. What other queues take away of
// the agents' time, and what is not as steady as that, is in the factor learnt from the error.
type Estimator struct {
	served   int
	interval float64   // seconds between services while somebody waits, smoothed
	counting time.Time // since the last service, zero while nobody waits
	left     decaying  // callers who gave up over seconds waited by all
	factors  [buckets]decaying
	all      decaying // factor over all positions
	off      decaying // absolute errors in seconds over forecasts
}

// forecast is what was foretold to a caller when he joined; zero where nothing was.
type forecast struct {
	position int32
	plain    float32 // seconds before the factor
	told     float32 // seconds
}

const (
	buckets  = 18  // positions up to 1, 2, 4, …
	enough   = 20  // services learnt before anything is foretold
	smooth   = 30  // services that the interval remembers
	memory   = 300 // callers that the rest remembers
	trust    = 10  // forecasts in a bucket that weigh as much as all of them
	keep     = 1 - 1.0/memory
	oddPace  = 10 // times the usual interval that one may count for
	mostOff  = 4  // times what is computed that may be told: more was learnt from too few
	longWait = 24 * time.Hour
)

// decaying is a quotient of two sums that forget.
type decaying struct{ above, below float64 }

func (d *decaying) add(above, below float64) {
	d.above = d.above*keep + above
	d.below = d.below*keep + below
}

func (d *decaying) value(otherwise float64) float64 {
	if d.below <= 0 {
		return otherwise
	}
	return d.above / d.below
}

// Estimate is how long a caller at a position (1 is next) will wait. It is not known before enough was learnt.
func (e *Estimator) Estimate(position int) (wait time.Duration, known bool) {
	f := e.forecast(position)
	return time.Duration(float64(f.told) * float64(time.Second)), f.position > 0
}

// Error is the mean absolute error of what was foretold to those served lately; known once somebody was served to
// whom something had been.
func (e *Estimator) Error() (off time.Duration, known bool) {
	return time.Duration(e.off.value(0) * float64(time.Second)), e.off.below > 0
}

func (e *Estimator) forecast(position int) forecast {
	if e.served < enough || position < 1 {
		return forecast{}
	}
	plain := float64(position) * e.interval
	if g := e.left.value(0); g*plain > 1e-6 {
		plain = math.Log1p(g*plain) / g
	}
	told := min(plain*e.factor(position), longWait.Seconds())
	return forecast{int32(position), float32(plain), float32(told)}
}

func bucket(position int) int { return min(bits.Len(uint(position)), buckets-1) }

// factor is how much longer than computed callers waited who joined at about this position.
func (e *Estimator) factor(position int) float64 {
	f := &e.factors[bucket(position)]
	typical := e.all.value(1)
	if e.all.below <= 0 {
		return 1
	}
	weight := trust * e.all.below / memory // what so many forecasts computed
	learnt := (f.above + typical*weight) / (f.below + weight)
	return max(1./mostOff, min(learnt, mostOff))
}

// joins tells of a caller who began to wait now, at a position.
func (e *Estimator) joins(now time.Time, position int) forecast {
	if e.counting.IsZero() {
		e.counting = now
	}
	return e.forecast(position)
}

// leaves tells of a caller who went without being served.
func (e *Estimator) leaves(waited time.Duration) { e.left.add(1, max(0, waited.Seconds())) }

// rests tells that nobody waits any more.
func (e *Estimator) rests() { e.counting = time.Time{} }

// serves tells of a caller who is served now.
func (e *Estimator) serves(now, since time.Time, f forecast) {
	waited := now.Sub(since).Seconds()
	if waited > 0 {
		e.left.add(0, waited)
		e.pace(now)
		e.learn(f, waited)
	}
	e.counting = now
}

// pace takes in the time since the last service.
func (e *Estimator) pace(now time.Time) {
	passed := now.Sub(e.counting).Seconds()
	if e.counting.IsZero() || passed < 0 {
		return
	}
	if e.served >= enough {
		passed = min(passed, oddPace*e.interval+60) // the clock was set, or nobody served for an hour
	}
	e.served++
	e.interval += (passed - e.interval) / float64(min(e.served, smooth))
}

func (e *Estimator) learn(f forecast, waited float64) {
	if f.position == 0 {
		return
	}
	e.off.add(math.Abs(waited-float64(f.told)), 1)
	e.factors[bucket(int(f.position))].add(waited, float64(f.plain))
	e.all.add(waited, float64(f.plain))
}
