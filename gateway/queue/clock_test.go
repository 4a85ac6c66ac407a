package queue

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hotline/gateway/clocktest"
)

// wallClock is one that somebody sets now and then, by hours.
type wallClock struct {
	began  time.Time
	passed time.Duration
	set    time.Duration
}

func (c *wallClock) now() time.Time { return clocktest.Set(c.began.Add(c.passed), c.set) }

// Whatever the wall clock is set to, callers are served in the order they came, other agents are asked for those who
// have waited long enough and for nobody else, and nobody is told to have waited, or to wait, for hours or less than
// nothing.
func TestTheClockIsSet(t *testing.T) {
	t.Parallel()
	const widens = 10 * time.Second
	defs := []Definition{{
		Name: "q", Needs: []Need{{"own", 1}}, Widen: []Widening{{After: widens, Needs: []Need{{"helps", 1}}}},
		Overflow: []Overflow{{Longest: time.Hour, To: Target{Kind: ToMessage, Name: "m"}}},
	}}
	for seed := range uint64(25) {
		dice := rand.New(rand.NewPCG(seed, 1))
		clock := &wallClock{began: time.Now()}
		q := New(defs, nil)
		q.Skills("owner", map[string]int{"own": 1})
		q.Skills("helper", map[string]int{"helps": 1})
		came := map[string]time.Duration{} // who waits, by when he came
		first := 0                         // who is next
		for n := range 300 {
			clock.passed += time.Duration(dice.IntN(4)) * time.Second
			if dice.IntN(5) == 0 {
				clock.set = time.Duration(dice.IntN(12)-6) * time.Hour
			}
			id := fmt.Sprint("c", n)
			q.Wait(Caller{ID: id, Queue: "q", Since: clock.now()})
			came[id] = clock.passed
			name := []string{"owner", "helper", "owner"}[dice.IntN(3)]
			q.Ready(name, clock.now(), 0)
			waited := clock.passed - came[fmt.Sprint("c", first)]
			got, agent, ok := q.Next(clock.now())
			want := fmt.Sprint("c", first)
			switch due := name == "owner" || waited >= widens; {
			case ok && got != want:
				t.Fatalf("seed %d: %s is served, want %s", seed, got, want)
			case ok && !due:
				t.Fatalf("seed %d: %s is sent to the %s after %v", seed, got, agent, waited)
			case !ok && due:
				t.Fatalf("seed %d: %s waits for %v and is not served by the %s", seed, want, waited, name)
			case ok:
				delete(came, got)
				first++
			}
			q.NotReady("owner")
			q.NotReady("helper")
			if f, _ := q.Figures("q"); f.Waiting != len(came) || f.Waiting > 0 && clock.now().Sub(f.Longest) != clock.passed-came[fmt.Sprint("c", first)] {
				t.Fatalf("seed %d: %d wait, the longest for %v", seed, f.Waiting, clock.now().Sub(f.Longest))
			}
			for id, at := range came {
				if place, ok := q.Place(id); !ok || place.Wait < 0 || place.Wait > time.Hour {
					t.Fatalf("seed %d: %s is told %+v", seed, id, place)
				}
				if waits := clock.passed - at; waits < time.Hour && !q.Review(id, clock.now()).Stay {
					t.Fatalf("seed %d: %s is sent away after %v", seed, id, waits)
				}
			}
		}
	}
}
