package search

import (
	"math"
	"math/bits"
	"time"
)

// A part holds up to 65,536 articles and never changes. Its postings take three bytes each: the article's place in
// the part, and a code of how often it has the term and how long it is.
type part struct {
	docs   []Document
	length []uint8 // class of each article's length

	group  []uint16 // of each article, its facts but for its time, in groups
	groups []Facts
	from   []int64 // of each article, seconds
	until  []int64

	terms []term   // in no order
	slots []uint32 // hash table: 0, or 1 + place in terms
	begin []uint32 // where a term's postings begin; one more than terms
	best  []uint8  // the code that no posting of the term is worth more than
	place []uint16
	code  []uint8
}

const partSize = 1 << 16

// A code is the number of times less one, at most eight, and the class of length, of 32.
const maxTimes = 8

func encode(times int, length uint8) uint8 { return uint8(min(times, maxTimes)-1)<<5 | length }

// lengthClass is finer than an octave: each class is a quarter longer than the one before.
func lengthClass(n int) uint8 {
	for i, top := range lengths {
		if n <= top {
			return uint8(i)
		}
	}
	return uint8(len(lengths) - 1)
}

// lengths are the classes' lengths.
var lengths = func() (top [32]int) {
	n := 6.0
	for i := range top {
		top[i] = int(n)
		n *= 1.28
	}
	return top
}()

func slot(t term) uint64 {
	h, l := bits.Mul64(uint64(t), 0x9E3779B97F4A7C15)
	return h ^ l
}

// find returns a term's place; ok is false where no article has it.
func (p *part) find(t term) (int, bool) {
	mask := uint64(len(p.slots) - 1)
	for i := slot(t) & mask; ; i = (i + 1) & mask {
		switch at := p.slots[i]; {
		case at == 0:
			return 0, false
		case p.terms[at-1] == t:
			return int(at - 1), true
		}
	}
}

// count is how many articles of the part have the term, whether they are alive or not.
func (p *part) count(t term) int {
	if at, ok := p.find(t); ok {
		return int(p.begin[at+1] - p.begin[at])
	}
	return 0
}

// A builder gathers postings, article by article, and makes a part of them.
type builder struct {
	part
	last []uint32 // of each term: 1 + its newest posting
	raw  []posting
}

type posting struct {
	term  uint32
	place uint16
	times uint8
}

func newBuilder(docs int) *builder {
	b := &builder{}
	b.docs = make([]Document, 0, docs)
	b.slots = make([]uint32, 1<<10)
	return b
}

// lexed are the tokens of an article's texts, one text after the other. Its length is what it says itself and a third
// of callers' wordings: an article that many ask about in their own words is not less about them.
func lexed(d *Document, buf []token, visit func([]token)) (length int) {
	left := maxRunes
	text := func(s string) {
		buf = tokens(buf[:0], s, left)
		left -= min(left, len(s)/3) // a character that counts has three bytes; what is shorter is no burden
		length += len(buf)
		visit(buf)
	}
	text(d.Title)
	text(d.Text)
	own := length
	for _, s := range d.Similar[:min(len(d.Similar), maxSimilar)] {
		text(s)
	}
	return own + (length-own)/3
}

// add takes up an article and returns its length.
func (b *builder) add(d Document, buf *[]token) int {
	place := uint16(len(b.docs))
	n := lexed(&d, *buf, func(toks []token) {
		*buf = toks
		each(toks, true, func(t term) { b.see(t, place) })
	})
	b.docs, b.length = append(b.docs, d), append(b.length, lengthClass(n))
	return n
}

// see notes that the newest article has a term.
func (b *builder) see(t term, place uint16) {
	at := b.intern(t)
	if l := b.last[at]; l > 0 && b.raw[l-1].place == place {
		if r := &b.raw[l-1]; r.times < maxTimes {
			r.times++
		}
		return
	}
	b.raw = append(b.raw, posting{at, place, 1})
	b.last[at] = uint32(len(b.raw))
}

func (b *builder) intern(t term) uint32 {
	mask := uint64(len(b.slots) - 1)
	i := slot(t) & mask
	for ; b.slots[i] != 0; i = (i + 1) & mask {
		if at := b.slots[i] - 1; b.terms[at] == t {
			return at
		}
	}
	b.terms, b.last = append(b.terms, t), append(b.last, 0)
	b.slots[i] = uint32(len(b.terms))
	if len(b.terms)*2 > len(b.slots) {
		b.slots = hashed(b.terms, len(b.slots)*2)
	}
	return uint32(len(b.terms) - 1)
}

func hashed(terms []term, size int) []uint32 {
	slots, mask := make([]uint32, size), uint64(size-1)
	for at, t := range terms {
		i := slot(t) & mask
		for slots[i] != 0 {
			i = (i + 1) & mask
		}
		slots[i] = uint32(at + 1)
	}
	return slots
}

// regroup gathers articles whose facts are alike but for their time, so that a filter is asked once for all of them.
func (p *part) regroup() {
	known := map[Facts]uint16{}
	p.group, p.from, p.until = make([]uint16, len(p.docs)), make([]int64, len(p.docs)), make([]int64, len(p.docs))
	for i := range p.docs {
		f := p.docs[i].Facts
		p.from[i], p.until[i] = math.MinInt64, math.MaxInt64
		if !f.From.IsZero() {
			p.from[i] = f.From.Unix()
		}
		if !f.Until.IsZero() {
			p.until[i] = f.Until.Unix()
		}
		f.From, f.Until = time.Time{}, time.Time{}
		g, ok := known[f]
		if !ok {
			g = uint16(len(p.groups))
			known[f], p.groups = g, append(p.groups, f)
		}
		p.group[i] = g
	}
}

// build sorts the postings by term; within a term they are in the order of articles already.
func (b *builder) build() *part {
	p := &b.part
	p.regroup()
	p.begin = make([]uint32, len(p.terms)+1)
	for _, r := range b.raw {
		p.begin[r.term+1]++
	}
	for i := range p.terms {
		p.begin[i+1] += p.begin[i]
	}
	next := append([]uint32(nil), p.begin...)
	p.place, p.code, p.best = make([]uint16, len(b.raw)), make([]uint8, len(b.raw)), make([]uint8, len(p.terms))
	for i := range p.best {
		p.best[i] = 31 // once, in the longest article
	}
	for _, r := range b.raw {
		at := next[r.term]
		next[r.term]++
		c := encode(int(r.times), p.length[r.place])
		p.place[at], p.code[at] = r.place, c
		p.best[r.term] = max(p.best[r.term]&^31, c&^31) | min(p.best[r.term]&31, c&31)
	}
	b.raw, b.last = nil, nil
	return p
}
