// Package blocklist knows in memory which callers are blocked. It holds no numbers: a caller is known by the keyed hash
// of his number, and 16 bytes of it are all that is needed to find him among a million.
package blocklist

import (
	"slices"
	"time"
)

// Hash is the keyed hash of a number.
type Hash [16]byte

// HashOf reads a hash; ok is false for what is none, such as that of a withheld number.
func HashOf(b []byte) (h Hash, ok bool) {
	if len(b) != len(h) {
		return h, false
	}
	return Hash(b), true
}

// Entry is one caller who is blocked, on one line or on all.
type Entry struct {
	ID     string // of the entry as it is kept
	Number Hash
	Line   string    // dialled number; empty: all lines
	Until  time.Time // not included
}

// List is who is blocked. Its zero value blocks nobody. It is not safe for concurrent use.
type List struct {
	entries map[Hash]one
	more    map[Hash][]one // further entries of a number, for other lines
	n       int
}

type one struct {
	id, line string
	until    int64 // Unix seconds
}

func (o one) blocks(line string, now int64) bool {
	return now < o.until && (o.line == "" || o.line == line)
}

// New makes an empty list with room for so many.
func New(room int) *List {
	return &List{entries: make(map[Hash]one, room), more: map[Hash][]one{}}
}

// Put adds an entry, in the place of one with the same id.
func (l *List) Put(e Entry) {
	if l.entries == nil {
		*l = *New(0)
	}
	l.Remove(e.Number, e.ID)
	added := one{e.ID, e.Line, e.Until.Unix()}
	l.n++
	if _, taken := l.entries[e.Number]; taken {
		l.more[e.Number] = append(l.more[e.Number], added)
		return
	}
	l.entries[e.Number] = added
}

// Remove forgets an entry of a number; what is not there is no error.
func (l *List) Remove(number Hash, id string) {
	first, there := l.entries[number]
	if !there {
		return
	}
	all := append([]one{first}, l.more[number]...)
	left := slices.DeleteFunc(slices.Clone(all), func(o one) bool { return o.id == id })
	l.n -= len(all) - len(left)
	delete(l.entries, number)
	delete(l.more, number)
	if len(left) > 0 {
		l.entries[number] = left[0]
	}
	if len(left) > 1 {
		l.more[number] = left[1:]
	}
}

// Find is the entry that blocks a caller on a line at now; ok is false when none does.
func (l *List) Find(number Hash, line string, now time.Time) (id string, ok bool) {
	first, there := l.entries[number]
	if !there {
		return "", false
	}
	at := now.Unix()
	if first.blocks(line, at) {
		return first.id, true
	}
	for _, o := range l.more[number] {
		if o.blocks(line, at) {
			return o.id, true
		}
	}
	return "", false
}

// Len is how many entries there are, those that are over among them.
func (l *List) Len() int { return l.n }
