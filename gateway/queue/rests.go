package queue

import "slices"

// Cap is how many agents of a group may rest at the same time. The zero value sets no limit.
type Cap struct {
	Most    int     // so many; 0: no such limit
	Share   float64 // of the agents signed in, 0 to 1, rounded down but never less than one; 0: no such limit
	Pending int     // as many more may wait for their turn; beyond it a request is refused
}

// RestAnswer is what becomes of a request to rest.
type RestAnswer string

// The answers.
const (
	RestGranted RestAnswer = "granted"
	RestPending RestAnswer = "pending" // pending_break: in his turn
	RestRefused RestAnswer = "refused"
)

// Rests hands out rests within the cap of each group. Who may rest keeps it until Release, also while he still
// finishes a call. Make it with NewRests. It is not safe for concurrent use.
type Rests struct {
	caps    map[string]Cap
	staff   map[string]int    // signed in, by group
	resting map[string]string // group by agent
	used    map[string]int    // by group
	pending []request         // in the order they were made
}

type request struct{ agent, group string }

// NewRests makes it for the caps of groups; a group without one has no limit.
func NewRests(caps map[string]Cap) *Rests {
	return &Rests{caps: caps, staff: map[string]int{}, resting: map[string]string{}, used: map[string]int{}}
}

// Configure puts other caps into effect at once. Who rests goes on resting; ask Turn who may rest now.
func (r *Rests) Configure(caps map[string]Cap) { r.caps = caps }

// Staff tells how many agents of a group are signed in.
func (r *Rests) Staff(group string, signedIn int) { r.staff[group] = signedIn }

// Ask is an agent's request. Who rests or waits already keeps the answer he has. Nobody goes before one who waits for
// the same group.
func (r *Rests) Ask(agent, group string) RestAnswer {
	if _, rests := r.resting[agent]; rests {
		return RestGranted
	}
	ahead := 0
	for _, p := range r.pending {
		if p.agent == agent {
			return RestPending
		}
		if p.group == group {
			ahead++
		}
	}
	switch {
	case ahead == 0 && r.room(group):
		r.grant(agent, group)
		return RestGranted
	case ahead < r.caps[group].Pending:
		r.pending = append(r.pending, request{agent, group})
		return RestPending
	}
	return RestRefused
}

// Release ends an agent's rest or takes his request back: he is ready again, signed out or thought better of it. It
// does nothing when he has neither. Ask Turn who may rest now.
func (r *Rests) Release(agent string) {
	if group, rests := r.resting[agent]; rests {
		delete(r.resting, agent)
		r.used[group]--
	}
	r.pending = slices.DeleteFunc(r.pending, func(p request) bool { return p.agent == agent })
}

// Turn grants what has become possible and names the agents whose turn has come, in the order they asked.
func (r *Rests) Turn() (granted []string) {
	r.pending = slices.DeleteFunc(r.pending, func(p request) bool {
		if !r.room(p.group) {
			return false
		}
		r.grant(p.agent, p.group)
		granted = append(granted, p.agent)
		return true
	})
	return granted
}

// Resting is how many of a group may rest at the moment, and how many wait for their turn.
func (r *Rests) Resting(group string) (granted, pending int) {
	for _, p := range r.pending {
		if p.group == group {
			pending++
		}
	}
	return r.used[group], pending
}

// Position is an agent's turn among those who wait in his group, 1 for the next; 0 when he does not wait.
func (r *Rests) Position(agent string) int {
	i := slices.IndexFunc(r.pending, func(p request) bool { return p.agent == agent })
	if i < 0 {
		return 0
	}
	n := 0
	for _, p := range r.pending[:i+1] {
		if p.group == r.pending[i].group {
			n++
		}
	}
	return n
}

func (r *Rests) grant(agent, group string) {
	r.resting[agent] = group
	r.used[group]++
}

// room tells whether one more of a group may rest.
func (r *Rests) room(group string) bool {
	c := r.caps[group]
	if c.Most > 0 && r.used[group] >= c.Most {
		return false
	}
	return c.Share <= 0 || r.used[group] < max(1, int(c.Share*float64(r.staff[group])))
}
