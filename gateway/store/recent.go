package store

import "sync"

// recentRows bounds what is kept in memory; beyond it PostgreSQL is slow or away and the files are read instead.
const recentRows = 2000

// recent holds the newest lines of the spool as they were before they were written, so that in normal times nobody
// reads and parses them again. They are in the files all the same.
type recent struct {
	mu       sync.Mutex
	rows     []parsed
	from, to position // the places in the spool before the first row and after the last one
}

// add keeps rows that were just written between from and to.
func (r *recent) add(from, to position, rows []parsed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.to != from || len(r.rows)+len(rows) > recentRows {
		r.rows, r.from = nil, from
	}
	r.rows = append(r.rows, rows...)
	r.to = to
}

// take hands out what was written from a place on, and where it ends; none when that is not here.
func (r *recent) take(from position) ([]parsed, position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.from.before(from) { // the files were read instead
		r.rows, r.from = nil, r.to
	}
	if len(r.rows) == 0 || r.from != from {
		return nil, from
	}
	rows := r.rows
	r.rows, r.from = nil, r.to
	return rows, r.to
}
