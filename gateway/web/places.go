package web

import (
	"context"
	"sync"
	"time"
)

// places is where each account is signed in: in one place, and a newer one wins. What is not here after a restart is
// learned from the first request that comes.
type places struct {
	mu sync.Mutex
	of map[string]place // by agent_no; one without session signed out, so that a request under way revives nothing
}

// place is one web session. Its token never leaves this package.
type place struct {
	session, token string
	since          time.Time
	address        string
}

func newPlaces() *places { return &places{of: map[string]place{}} }

// holds says whether the account is signed in in this place, not in a newer one.
func (p *places) holds(no string, here place) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.of[no]
	if !ok {
		here.since = time.Now()
		p.of[no] = here
		return true
	}
	return known.session == here.session
}

// take makes this the account's place and returns the one that it had, without session when it had none.
func (p *places) take(no string, here place) (lost place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lost = p.of[no]
	p.of[no] = here
	return lost
}

// free notes that the account signed out of a place.
func (p *places) free(no, session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of[no].session == session {
		p.of[no] = place{}
	}
}

// displace ends a session that lost to a newer one, and tells its page. Nothing is left of the session but that.
func (h *Handler) displace(ctx context.Context, no string, lost place) {
	old, err := h.sessions.Load(context.Background(), lost.token) // ctx holds the new one
	if err == nil {
		_ = h.sessions.Clear(old)
		h.sessions.Put(old, "displaced", true)
		_, _, err = h.sessions.Commit(old)
	}
	if err != nil {
		h.log.Error("a session that was taken over cannot be ended", "agent", no, "err", err)
	}
	h.o.Hub.TakeOver(lost.session)
	h.leave(lost.session)
	h.auditIfPossible(ctx, AuditEntry{Who: no, Action: ActionTakeOver, Object: no, Address: lost.address})
}
