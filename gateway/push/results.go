package push

import "time"

// Limits of the kept results of one agent.
const (
	resultsFor = 10 * time.Minute
	maxResults = 500
	maxPending = 50 // commands under way at once
)

// results remembers an agent's commands, so that one that is repeated acts once.
type results struct {
	known   map[string]*result
	order   []*result // oldest first
	pending int
}

type result struct {
	id   string
	name string
	at   time.Time // when it came, or was answered
	data []byte    // the res frame, nil while the command is under way
}

func (r *results) get(id string) *result { return r.known[id] }

// add notes a new command, false when too many are under way.
func (r *results) add(id, name string, now time.Time) bool {
	if r.pending >= maxPending {
		return false
	}
	if r.known == nil {
		r.known = map[string]*result{}
	}
	x := &result{id: id, name: name, at: now}
	r.known[id] = x
	r.order = append(r.order, x)
	r.pending++
	r.trim(now)
	return true
}

// done keeps the answer; an unknown or answered command is left alone.
func (r *results) done(id string, data []byte, now time.Time) {
	if x := r.known[id]; x != nil && x.data == nil {
		x.data, x.at = data, now
		r.pending--
	}
}

// remove forgets a command that was never begun.
func (r *results) remove(id string) {
	x := r.known[id]
	if x == nil {
		return
	}
	delete(r.known, id)
	if x.data == nil {
		r.pending--
	}
	for i, o := range r.order {
		if o == x {
			r.order = append(r.order[:i], r.order[i+1:]...)
			return
		}
	}
}

func (r *results) trim(now time.Time) {
	for len(r.order) > 0 && (len(r.order) > maxResults || now.Sub(r.order[0].at) > resultsFor) {
		r.remove(r.order[0].id)
	}
	if len(r.order) == 0 {
		r.known, r.order = nil, nil
	}
}
