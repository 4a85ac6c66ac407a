package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"hotline/agent"
)

// passive are requests that pages make by themselves: they do not keep a session alive.
var passive = map[string]bool{"GET /api/figures/live": true}

// withSession reads the session before a request and keeps it after, which begins its idle time anew.
func (h *Handler) withSession(next http.Handler) http.Handler {
	active := h.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !passive[r.Method+" "+r.URL.Path] {
			active.ServeHTTP(w, r)
			return
		}
		token := ""
		if cookie, err := r.Cookie(cookieName); err == nil {
			token = cookie.Value
		}
		ctx, err := h.sessions.Load(r.Context(), token)
		if err != nil {
			h.sessionFault(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// openSeats are the web sessions that opened a console, with their tokens. Who sits at a desk makes no requests for
// hours: his open console keeps his session alive until it is too old.
type openSeats struct {
	mu     sync.Mutex
	tokens map[string]sitting // by web session
}

type sitting struct{ no, token string }

func (s *openSeats) add(session, no, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[string]sitting{}
	}
	s.tokens[session] = sitting{no, token}
}

func (s *openSeats) remove(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, session)
}

func (s *openSeats) all() map[string]sitting {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]sitting, len(s.tokens))
	for session, one := range s.tokens {
		all[session] = one
	}
	return all
}

// Run holds web sessions to their limits until ctx ends.
func (h *Handler) Run(ctx context.Context) error {
	t := time.NewTicker(min(time.Minute, h.sessions.IdleTimeout/3))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			h.watchSeats(ctx)
		}
	}
}

// watchSeats keeps the sessions of open consoles alive, and closes the consoles of those that ended. Nobody is sent
// away in a call: he is when it is over.
func (h *Handler) watchSeats(ctx context.Context) {
	var states map[string]agent.State
	if h.o.TargetStates != nil {
		asked, cancel := ask(ctx)
		_, states, _ = h.o.TargetStates.TargetStates(asked)
		cancel()
	}
	for session, seat := range h.seats.all() {
		if !h.o.Hub.Open(session) {
			h.seats.remove(session)
			continue
		}
		loaded, err := h.sessions.Load(ctx, seat.token)
		switch {
		case err != nil: // not known: the database is away
		case h.sessions.GetString(loaded, "session") == session:
			_, _, _ = h.sessions.Commit(loaded)
		case !busy[states[seat.no]]:
			h.log.Info("web session ended while its console was open", "agent", seat.no)
			h.places.free(seat.no, session)
			h.leave(session)
			h.seats.remove(session)
		}
	}
}

// busy are the states in which an agent is with a caller.
var busy = map[agent.State]bool{
	agent.Reserved: true, agent.Talking: true, agent.Held: true, agent.WrapUp: true, agent.Supervising: true, agent.Lost: true,
}
