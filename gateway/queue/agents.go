package queue

import (
	"maps"
	"math"
	"time"
)

// seat is an agent as the queue knows him.
type seat struct {
	agent    string
	levels   map[string]int
	places   []place // in each pool whose needs he meets
	ready    bool
	idle     int64
	occupied int64
	turn     uint64
}

// place is a seat's node for a pool; it is in the pool's tree while the agent is ready.
type place struct {
	pool int
	node int32
}

// Skills sets what an agent knows, skill by level. It takes effect at once, also while he is ready.
func (q *Queue) Skills(agent string, levels map[string]int) {
	i := q.seat(agent)
	s := &q.seats[i]
	was := s.ready
	q.unready(s)
	s.levels = maps.Clone(levels)
	q.place(i)
	if was {
		q.unfold(s)
	}
}

// Ready offers an agent's time from now on. idleSince is when his last call ended (or he signed in), occupancy the
// share of his time he was busy, 0 to 1.
func (q *Queue) Ready(agent string, idleSince time.Time, occupancy float64) {
	s := &q.seats[q.seat(agent)]
	q.unready(s)
	q.turn++
	if !(occupancy > 0) {
		occupancy = 0
	}
	s.idle, s.occupied, s.turn = q.at(idleSince), int64(math.Float64bits(occupancy)), q.turn
	q.unfold(s)
}

// NotReady takes an agent off the list; it does nothing when he is not on it.
func (q *Queue) NotReady(agent string) {
	if i, known := q.seatOf[agent]; known {
		q.unready(&q.seats[i])
	}
}

// unfold puts an agent into every pool that he has a place in.
func (q *Queue) unfold(s *seat) {
	for _, p := range s.places {
		k := key{s.idle, 0, s.turn}
		pool := &q.pools[p.pool]
		if pool.order == LeastOccupied {
			k = key{s.occupied, s.idle, s.turn} // bits of floats that are not negative sort like the floats
		}
		q.agents.insert(&pool.root, p.node, k)
	}
	s.ready = true
	q.ready++
}

func (q *Queue) unready(s *seat) {
	if !s.ready {
		return
	}
	for _, p := range s.places {
		q.agents.remove(&q.pools[p.pool].root, p.node)
	}
	s.ready = false
	q.ready--
}

// seat finds an agent's seat or gives him one.
func (q *Queue) seat(agent string) int32 {
	if i, known := q.seatOf[agent]; known {
		return i
	}
	i := int32(len(q.seats))
	q.seats = append(q.seats, seat{agent: agent})
	q.seatOf[agent] = i
	q.place(i)
	return i
}

// place finds the pools that an agent who is in none of them now may be in.
func (q *Queue) place(i int32) {
	s := &q.seats[i]
	for _, p := range s.places {
		q.agents.give(p.node)
	}
	s.places = s.places[:0]
	for n := range q.pools {
		if s.meets(q.pools[n].needs) {
			node := q.agents.take()
			q.agents.nodes[node].item = i
			s.places = append(s.places, place{n, node})
		}
	}
}

// seatAll finds everybody's places again after the pools have changed.
func (q *Queue) seatAll() {
	q.agents = forest{}
	q.ready = 0
	for n := range q.pools {
		q.pools[n].root = 0
	}
	for i := range q.seats {
		s := &q.seats[i]
		s.places = s.places[:0]
		q.place(int32(i))
		if s.ready {
			q.unfold(s)
		}
	}
}

func (s *seat) meets(needs []Need) bool {
	for _, n := range needs {
		if s.levels[n.Skill] < n.Level {
			return false
		}
	}
	return true
}

// in tells whether an agent has a place in a pool.
func (s *seat) in(pool int) bool {
	for _, p := range s.places {
		if p.pool == pool {
			return true
		}
	}
	return false
}
