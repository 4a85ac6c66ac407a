package queue

import (
	"math"
	"testing"
)

// steps is how many nodes are on the way from a tree's root to a node: what inserting, removing or ranking it looks at.
func (f *forest) steps(root, i int32) (n int) {
	for k := f.nodes[i].key; root != 0; {
		n++
		switch top := &f.nodes[root]; {
		case root == i:
			return n
		case k.before(top.key):
			root = top.left
		default:
			root = top.right
		}
	}
	return n
}

// matchSteps is how many nodes one match looks at on average in a hall with so many waiting: the newcomer's way and his
// rank in each class, the leaver's way out and the next to the front, and the agent's way in and out of his pools.
func matchSteps(waiting int) float64 {
	h := newCrowdedHall(waiting, waiting/2+working)
	const matches = 2000
	total := 0
	for range matches {
		h.come(h.next)
		i := h.find(h.next)
		w := &h.waiters[i]
		for n := range w.lane.classes {
			c := &w.lane.classes[n]
			total++
			own := h.callers.nodes[i].key
			if k := (key{own.major - w.lane.classes[w.class].credit + c.credit, 0, own.turn}); !c.last.before(k) || n == int(w.class) {
				total += h.callers.steps(c.root, i)
			}
		}
		agent := h.staff[h.n%len(h.staff)]
		h.Ready(agent, h.now, 0)
		s := &h.seats[h.seatOf[agent]]
		for _, p := range s.places {
			total += 2 * h.agents.steps(h.pools[p.pool].root, p.node)
		}
		for _, l := range h.lanes {
			for n := range l.classes {
				total++
				if c := &l.classes[n]; c.head != 0 {
					total += 2 * h.callers.steps(c.root, c.head) / (len(h.lanes) * len(l.classes)) // one of them leaves
				}
			}
		}
		h.next, _, _ = h.Next(h.now)
	}
	return float64(total) / matches
}

// The nodes a match looks at grow no faster than the logarithm of how many wait, with half as many agents. The trees
// are drawn by lot, so a tenth more is allowed.
func TestStepsGrowWithTheLogarithm(t *testing.T) {
	t.Parallel()
	first := matchSteps(100)
	for _, waiting := range []int{1_000, 10_000, 100_000} {
		steps, most := matchSteps(waiting), first*math.Log(float64(waiting))/math.Log(100)
		t.Logf("100 wait: %.1f steps; %d wait: %.1f, by the logarithm %.1f", first, waiting, steps, most)
		if steps > 1.1*most {
			t.Errorf("with %d waiting a match looks at %.1f nodes, want at most %.1f", waiting, steps, most)
		}
	}
}
