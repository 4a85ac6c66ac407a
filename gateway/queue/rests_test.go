package queue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func ask(t *testing.T, r *Rests, agent, group string, want RestAnswer) {
	t.Helper()
	if got := r.Ask(agent, group); got != want {
		t.Errorf("%s of %s: %s, want %s", agent, group, got, want)
	}
}

func turn(t *testing.T, r *Rests, want ...string) {
	t.Helper()
	if got := r.Turn(); !slices.Equal(got, want) {
		t.Errorf("whose turn came: %v, want %v", got, want)
	}
}

func TestRestsOfANumber(t *testing.T) {
	t.Parallel()
	r := NewRests(map[string]Cap{"day": {Most: 2, Pending: 2}})
	ask(t, r, "a", "day", RestGranted)
	ask(t, r, "b", "day", RestGranted)
	ask(t, r, "c", "day", RestPending)
	ask(t, r, "d", "day", RestPending)
	ask(t, r, "e", "day", RestRefused)
	ask(t, r, "c", "day", RestPending) // said again
	ask(t, r, "a", "day", RestGranted)
	ask(t, r, "x", "night", RestGranted) // a group without a cap
	if granted, pending := r.Resting("day"); granted != 2 || pending != 2 || r.Position("d") != 2 || r.Position("a") != 0 {
		t.Errorf("%d rest, %d wait, d is at %d", granted, pending, r.Position("d"))
	}
	turn(t, r)
	r.Release("b")
	r.Release("nobody")
	ask(t, r, "e", "day", RestRefused) // there is room, but c and d were first
	turn(t, r, "c")
	ask(t, r, "e", "day", RestPending)
	r.Release("d") // thought better of it
	r.Release("a")
	turn(t, r, "e")
	if granted, pending := r.Resting("day"); granted != 2 || pending != 0 {
		t.Errorf("%d rest, %d wait", granted, pending)
	}
}

func TestRestsOfAShare(t *testing.T) {
	t.Parallel()
	r := NewRests(map[string]Cap{"day": {Share: 0.1, Pending: 9}})
	ask(t, r, "a", "day", RestGranted) // one always may
	r.Staff("day", 29)
	ask(t, r, "b", "day", RestGranted)
	ask(t, r, "c", "day", RestPending)
	r.Staff("day", 30)
	turn(t, r, "c")
	r.Staff("day", 10) // others went home: nobody is called back
	ask(t, r, "d", "day", RestPending)
	r.Release("a")
	turn(t, r)
	r.Configure(map[string]Cap{"day": {Most: 3}})
	turn(t, r, "d")
	ask(t, r, "e", "day", RestRefused)
}

// TestRestsNeverExceedTheCap plays random stories.
func TestRestsNeverExceedTheCap(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		rests := NewRests(map[string]Cap{"g": {Most: 3, Share: 0.5, Pending: 4}})
		rests.Staff("g", 8)
		resting := map[string]bool{}
		for range 500 {
			agent := fmt.Sprint("a", r.IntN(12))
			switch r.IntN(3) {
			case 0:
				if rests.Ask(agent, "g") == RestGranted {
					resting[agent] = true
				}
			case 1:
				rests.Release(agent)
				delete(resting, agent)
			case 2:
				for _, a := range rests.Turn() {
					resting[a] = true
				}
			}
			granted, pending := rests.Resting("g")
			if granted != len(resting) || granted > 3 || pending > 4 {
				t.Fatalf("seed %d: %d rest (%d known), %d wait", seed, granted, len(resting), pending)
			}
		}
	}
}
