package web

import (
	"crypto/rand"
	"sync"
	"time"
)

// tickets open the console's WebSocket: each once, for a short time, for the web session that asked.
type tickets struct {
	mu    sync.Mutex
	valid map[string]ticket
	order []string // oldest first, spent ones included
}

type ticket struct {
	session string
	until   time.Time
}

func newTickets() *tickets { return &tickets{valid: map[string]ticket{}} }

func (t *tickets) make(session string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.order) > 0 {
		if old, ok := t.valid[t.order[0]]; ok && now.Before(old.until) {
			break
		}
		delete(t.valid, t.order[0])
		t.order = t.order[1:]
	}
	text := rand.Text()
	t.valid[text] = ticket{session, now.Add(ticketWithin)}
	t.order = append(t.order, text)
	return text
}

// spend says whether a ticket is good for the session; good or not, it is gone.
func (t *tickets) spend(text, session string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.valid[text]
	delete(t.valid, text)
	return ok && session != "" && x.session == session && now.Before(x.until)
}

func (t *tickets) forget(session string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for text, x := range t.valid {
		if x.session == session {
			delete(t.valid, text)
		}
	}
}
