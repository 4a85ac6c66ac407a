package search

import (
	"math"
	"sync/atomic"
)

// An Index is kept up to date by one writer, its owner; Snapshot may be called by anybody at any time.
type Index struct {
	synonyms *Synonyms
	now      atomic.Pointer[Snapshot]
	where    map[string]location // of the living
	buf      []token
}

type location struct{ segment, place int }

// A Snapshot is the index at one moment. It never changes.
type Snapshot struct {
	segments []segment
	dead     tally // terms of articles that are gone and still in a part
	articles int
	length   int // of all articles together
	worth    [256]uint32
	synonyms *Synonyms
	version  uint64
}

// A Change puts an article in, in place of the one with the same ID, or takes it out.
type Change struct {
	Put    *Document
	Remove string // an ID; of no use with Put
}

// New is an empty index. Synonyms may be nil.
func New(synonyms *Synonyms) *Index {
	x := &Index{synonyms: synonyms, where: map[string]location{}}
	x.publish(&Snapshot{})
	return x
}

// Snapshot is the newest state.
func (x *Index) Snapshot() *Snapshot { return x.now.Load() }

// Len is how many articles can be found.
func (s *Snapshot) Len() int { return s.articles }

// Version grows with every change.
func (s *Snapshot) Version() uint64 { return s.version }

// Get returns an article.
func (x *Index) Get(id string) (Document, bool) {
	at, ok := x.where[id]
	if !ok {
		return Document{}, false
	}
	return x.now.Load().segments[at.segment].docs[at.place], true
}

// Apply makes changes, in their order. Searches see all of them or none.
func (x *Index) Apply(changes ...Change) {
	if len(changes) == 0 {
		return
	}
	next := *x.now.Load()
	e := &edit{Index: x, Snapshot: &next, copied: map[int]bool{}}
	next.segments = append([]segment(nil), next.segments...)
	for _, c := range last(changes) {
		if c.Put == nil {
			e.remove(c.Remove)
			continue
		}
		e.remove(c.Put.ID)
		e.put(*c.Put)
	}
	e.close()
	e.tidy()
	x.publish(&next)
}

// Weigh tells the index of new votes on an article.
func (x *Index) Weigh(id string, v Votes) {
	at, ok := x.where[id]
	if !ok {
		return
	}
	next := *x.now.Load()
	next.segments = append([]segment(nil), next.segments...)
	s := &next.segments[at.segment]
	s.weight = append([]uint16(nil), s.weight...)
	s.weight[at.place] = uint16(v.Weight())
	x.publish(&next)
}

// last leaves out what a later change of the same article undoes.
func last(changes []Change) []Change {
	newest := make(map[string]int, len(changes))
	for i, c := range changes {
		newest[c.id()] = i
	}
	if len(newest) == len(changes) {
		return changes
	}
	kept := make([]Change, 0, len(newest))
	for i, c := range changes {
		if newest[c.id()] == i {
			kept = append(kept, c)
		}
	}
	return kept
}

func (c Change) id() string {
	if c.Put != nil {
		return c.Put.ID
	}
	return c.Remove
}

// publish makes a snapshot the newest.
func (x *Index) publish(s *Snapshot) {
	s.version++
	s.synonyms = x.synonyms
	average := float64(s.length) / math.Max(1, float64(s.articles))
	for code := range s.worth {
		s.worth[code] = worth(code>>5+1, lengths[code&31], average)
	}
	x.now.Store(s)
}

// The parameters of BM25, and how finely it is counted.
const (
	k1    = 1.2
	slope = 0.75
	scale = 1 << 8
)

// worth is how much a term counts that an article has so many times.
func worth(times, length int, average float64) uint32 {
	tf := float64(times)
	return uint32(math.Round(scale * tf * (k1 + 1) / (tf + k1*(1-slope+slope*float64(length)/math.Max(1, average)))))
}

// An edit is a snapshot in the making.
type edit struct {
	*Index
	*Snapshot
	copied map[int]bool // segments whose weights are our own
	adding *builder
	dead   map[term]int
	weight []uint16
}

func (e *edit) put(d Document) {
	if e.adding == nil {
		e.adding = newBuilder(1)
	}
	e.where[d.ID] = location{len(e.segments), len(e.adding.docs)}
	e.length += e.adding.add(d, &e.buf)
	e.weight = append(e.weight, uint16(d.Votes.Weight()))
	e.articles++
	if len(e.adding.docs) == partSize {
		e.close()
	}
}

// close makes a segment of what was put.
func (e *edit) close() {
	if e.adding == nil {
		return
	}
	e.segments = append(e.segments, segment{part: e.adding.build(), weight: e.weight, alive: len(e.weight)})
	e.copied[len(e.segments)-1] = true
	e.adding, e.weight = nil, nil
}

func (e *edit) remove(id string) {
	at, ok := e.where[id]
	if !ok {
		return
	}
	delete(e.where, id)
	s := &e.segments[at.segment]
	if !e.copied[at.segment] {
		s.weight, e.copied[at.segment] = append([]uint16(nil), s.weight...), true
	}
	s.weight[at.place] = 0
	s.alive--
	e.articles--
	if e.dead == nil {
		e.dead = map[term]int{}
	}
	seen := map[term]bool{}
	e.length -= lexed(&s.docs[at.place], e.buf, func(toks []token) {
		e.buf = toks
		each(toks, true, func(t term) {
			if !seen[t] {
				seen[t] = true
				e.dead[t]++
			}
		})
	})
}

// tidy merges small segments into larger ones, so that each is at least twice the size of the next, and leaves the
// dead out of those that have many.
func (e *edit) tidy() {
	for n := len(e.segments); n > 0; n = len(e.segments) {
		from := n
		size := 0
		for from > 0 && size+e.segments[from-1].alive <= partSize &&
			(from == n || e.segments[from-1].alive < 2*size || e.segments[from-1].alive == 0) {
			from--
			size += e.segments[from].alive
		}
		if n-from < 2 {
			break
		}
		e.replace(from, n)
	}
	for i := range e.segments {
		if s := e.segments[i]; len(s.docs)-s.alive > len(s.docs)/4 {
			e.replace(i, i+1)
		}
	}
	e.Snapshot.dead = e.Snapshot.dead.plus(e.dead)
}

// replace makes one segment of those from..to.
func (e *edit) replace(from, to int) {
	merged := merge(e.segments[from:to], func(t term, n int) {
		if e.dead == nil {
			e.dead = map[term]int{}
		}
		if e.dead[t] -= n; e.dead[t] == 0 {
			delete(e.dead, t)
		}
	})
	rest := e.segments[to:]
	e.segments = append(append(e.segments[:from:from], merged), rest...)
	for i := from; i < len(e.segments); i++ {
		if i > from && to-from == 1 {
			break // the others did not move
		}
		for place := range e.segments[i].docs {
			if e.segments[i].weight[place] > 0 {
				e.where[e.segments[i].docs[place].ID] = location{i, place}
			}
		}
	}
}
