package search

import (
	"cmp"
	"slices"
	"sync"
)

// A Hit is an article that was found.
type Hit struct {
	*Document
	Score float64
	Moved float64 // what agents' votes multiplied the score with; 1: nothing
}

// room is where a search counts. It is lent to one search at a time and left empty.
type room struct {
	score   [partSize]uint32 // of each article of the segment; 0: not touched
	touched []uint16
	found   []uint16 // of those touched, the ones that can still come among the best
	lists   []list
	top     []scored
	partial []uint32
	asked   []verdict // of each group of the segment
}

// verdict is what a filter says of a group of articles.
type verdict uint8

const (
	unknown verdict = iota
	admitted
	refused
)

// admits asks the filter about an article: its time, and once for each group the rest.
func (r *room) admits(g *segment, place uint16, q *Query) bool {
	if at := &q.Filter.At; !at.IsZero() {
		if now := at.Unix(); now < g.from[place] || now >= g.until[place] {
			return false
		}
	}
	v := &r.asked[g.group[place]]
	if *v == unknown {
		*v = refused
		if q.Filter.group(&g.groups[g.group[place]]) {
			*v = admitted
		}
	}
	return *v == admitted
}

// list are a term's postings in one segment, with what its best can add to a score.
type list struct {
	place      []uint16
	code       []uint8
	idf, bound uint32
}

// scored is an article among the best so far.
type scored struct {
	*Document
	score  uint32
	weight uint16
}

var rooms = sync.Pool{New: func() any { return &room{touched: make([]uint16, 0, partSize), found: make([]uint16, 0, partSize)} }}

// Search returns the articles that answer q best, the best first; of equal ones the one with the smaller ID.
func (s *Snapshot) Search(q Query) []Hit {
	if q.Limit <= 0 {
		q.Limit = usualHits
	}
	q.Limit = min(q.Limit, MostHits)
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	r.top = r.top[:0]
	all := s.weigh(q.terms(s.synonyms))
	for i := range s.segments {
		s.evaluate(&s.segments[i], all, &q, r)
	}
	hits := make([]Hit, len(r.top))
	for i, t := range r.top {
		hits[i] = Hit{t.Document, float64(t.score) / 256, float64(t.weight) / evenWeight}
	}
	clear(r.top)
	return hits
}

// add is what a posting adds to a score. It is never 0, for 0 is an article that was not touched.
func add(idf, worth uint32) uint32 { return idf*worth>>8 + 1 }

// evaluate looks for better articles in one segment. Lists are taken in order of what they can add. As soon as all
// that are left together cannot bring a new article among the best, they are asked only about those that were found
// already (MaxScore): nothing is lost by that.
func (s *Snapshot) evaluate(g *segment, all []wanted, q *Query, r *room) {
	r.asked = slices.Grow(r.asked[:0], len(g.groups))[:len(g.groups)]
	clear(r.asked)
	rest := s.open(g, all, r)
	i := 0
	checked := 0
	need := r.need(q)
	for ; i < len(r.lists) && rest >= need; i++ {
		l := &r.lists[i]
		if len(l.place) >= longList && len(r.touched) > checked+checked/2 && len(r.touched) >= q.Limit {
			need, checked = max(need, r.promise(g, q)), len(r.touched)
			if rest < need {
				break
			}
		}
		r.count(l, &s.worth)
		rest -= l.bound
	}
	if i < len(r.lists) {
		need = max(need, r.promise(g, q))
	}
	found := r.keep(rest, need)
	sorted := false
	for ; i < len(r.lists); i++ {
		if l := &r.lists[i]; len(found) > len(l.place)/16 {
			r.meet(l, &s.worth)
		} else {
			if !sorted {
				slices.Sort(found)
				sorted = true
			}
			r.ask(l, found, &s.worth)
		}
		rest -= r.lists[i].bound
		if len(found) > 32 {
			found = prune(found, &r.score, rest, need)
		}
	}
	r.collect(g, found, q)
	for _, place := range r.touched {
		r.score[place] = 0
	}
	r.touched = r.touched[:0]
}

// longList is from where on it is worth while to look whether a list can be spared.
const longList = 1024

// open finds the lists of a segment, those first that can add most, and returns what all together can add.
func (s *Snapshot) open(g *segment, all []wanted, r *room) (sum uint32) {
	r.lists = r.lists[:0]
	for _, w := range all {
		if at, ok := g.find(w.term); ok {
			from, to := g.begin[at], g.begin[at+1]
			l := list{g.place[from:to], g.code[from:to], w.idf, add(w.idf, s.worth[g.best[at]])}
			r.lists = append(r.lists, l)
			sum += l.bound
		}
	}
	slices.SortFunc(r.lists, func(a, b list) int { return cmp.Compare(b.bound, a.bound) })
	return sum
}

// need is the least score, before votes, that can still come among the best.
func (r *room) need(q *Query) uint32 {
	if len(r.top) < q.Limit {
		return 0
	}
	return before(r.top[len(r.top)-1].score)
}

// before is the least score that votes can lift to this one.
func before(score uint32) uint32 {
	return uint32(uint64(score) * evenWeight / (evenWeight + mostMoved))
}

// lifted is a score after votes.
func lifted(score uint32, weight uint16) uint32 {
	return uint32(uint64(score) * uint64(weight) / evenWeight)
}

// count adds a list to the scores.
func (r *room) count(l *list, worth *[256]uint32) {
	code, idf, touched := l.code[:len(l.place)], l.idf, r.touched
	for j, place := range l.place {
		before := r.score[place]
		if before == 0 {
			touched = append(touched, place)
		}
		r.score[place] = before + add(idf, worth[code[j]])
	}
	r.touched = touched
}

// promise is what an article needs to be among the best of those that were touched, by what they have so far.
func (r *room) promise(g *segment, q *Query) uint32 {
	best := r.partial[:0]
	for _, place := range r.touched {
		score := lifted(r.score[place], g.weight[place])
		if len(best) == q.Limit && score <= best[0] || g.weight[place] == 0 || !r.admits(g, place, q) {
			continue
		}
		at, _ := slices.BinarySearch(best, score)
		if len(best) < q.Limit {
			best = slices.Insert(best, at, score)
			continue
		}
		copy(best, best[1:at])
		best[at-1] = score
	}
	r.partial = best
	if len(best) < q.Limit {
		return 0
	}
	return before(best[0])
}

// keep returns the touched articles that can still come among the best, in no order.
func (r *room) keep(rest, need uint32) []uint16 {
	found := r.found[:0]
	for _, place := range r.touched {
		if r.score[place]+rest >= need {
			found = append(found, place)
		}
	}
	r.found = found
	return found
}

func prune(found []uint16, score *[partSize]uint32, rest, need uint32) []uint16 {
	kept := found[:0]
	for _, place := range found {
		if score[place]+rest >= need {
			kept = append(kept, place)
		}
	}
	return kept
}

// meet adds a list to the scores of all articles that were touched: one look each is quicker than finding many.
func (r *room) meet(l *list, worth *[256]uint32) {
	code, idf := l.code[:len(l.place)], l.idf
	for j, place := range l.place {
		if before := r.score[place]; before != 0 {
			r.score[place] = before + add(idf, worth[code[j]])
		}
	}
}

// ask adds a list to the scores of the articles that were found, which are in order.
func (r *room) ask(l *list, found []uint16, worth *[256]uint32) {
	from := 0
	for _, place := range found {
		// Gallop, then halve.
		step := 1
		for from+step < len(l.place) && l.place[from+step] < place {
			from += step
			step *= 2
		}
		to := min(from+step, len(l.place)-1)
		for from < to {
			if m := (from + to) / 2; l.place[m] < place {
				from = m + 1
			} else {
				to = m
			}
		}
		if from < len(l.place) && l.place[from] == place {
			r.score[place] += add(l.idf, worth[l.code[from]])
		}
	}
}

// collect puts the best of those found among the best of all.
func (r *room) collect(g *segment, found []uint16, q *Query) {
	for _, place := range found {
		weight := g.weight[place]
		score := lifted(r.score[place], weight)
		if weight == 0 || len(r.top) == q.Limit && score < r.top[len(r.top)-1].score || !r.admits(g, place, q) {
			continue
		}
		d := &g.docs[place]
		at, _ := slices.BinarySearchFunc(r.top, scored{d, score, weight}, func(a, b scored) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.ID, b.ID))
		})
		if at < q.Limit {
			r.top = slices.Insert(r.top[:min(len(r.top), q.Limit-1)], at, scored{d, score, weight})
		}
	}
}
