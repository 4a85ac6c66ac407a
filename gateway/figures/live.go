package figures

import (
	"slices"
	"sort"
	"time"
)

// Live keeps the calls of the last hours, each with its own times, so that figures of today and of the rolling 24 hours
// are exact to the call at both edges. A day of 87,000 calls takes some 30 MB, and a table of it some 10 ms.
type Live struct {
	calls []*Call // by arrival
	index map[string]*Call
}

// NewLive is empty.
func NewLive() *Live { return &Live{index: map[string]*Call{}} }

// Put takes a call that has ended, or what is known better of one it has.
func (l *Live) Put(c Call) {
	c = c.normal()
	if old := l.index[c.ID]; old != nil {
		if old.ArrivedAt.Equal(c.ArrivedAt) {
			*old = c
			return
		}
		l.calls = slices.DeleteFunc(l.calls, func(o *Call) bool { return o == old })
	}
	i := sort.Search(len(l.calls), func(i int) bool { return l.calls[i].ArrivedAt.After(c.ArrivedAt) })
	l.calls = slices.Insert(l.calls, i, &c)
	l.index[c.ID] = &c
}

// Get finds a call by its id.
func (l *Live) Get(id string) (Call, bool) {
	c := l.index[id]
	if c == nil {
		return Call{}, false
	}
	return *c, true
}

// Len is how many calls are kept.
func (l *Live) Len() int { return len(l.calls) }

// Expire forgets the calls that arrived before an instant.
func (l *Live) Expire(before time.Time) {
	n := l.first(before)
	for _, c := range l.calls[:n] {
		delete(l.index, c.ID)
	}
	l.calls = slices.Delete(l.calls, 0, n)
}

// Table answers a query from the calls that are kept. Agents' time is not among them.
func (l *Live) Table(set Settings, q Query) *Table {
	t := NewTable(set, q)
	for _, c := range l.calls[l.first(q.From):l.first(q.To)] {
		t.add(c)
	}
	return t
}

// Rolling is the query for the 24 hours until now.
func Rolling(now time.Time, by By, zone *time.Location) Query {
	return Query{From: now.Add(-oneDay), To: now, By: by, Zone: zone}
}

// Today is the query for the civil day of now, until now.
func Today(now time.Time, by By, zone *time.Location) Query {
	day := Query{By: ByDay, Zone: zone}
	return Query{From: day.begin(now), To: now, By: by, Zone: zone}
}

// first is the place of the first call that did not arrive before at.
func (l *Live) first(at time.Time) int {
	at = micro(at)
	return sort.Search(len(l.calls), func(i int) bool { return !l.calls[i].ArrivedAt.Before(at) })
}
