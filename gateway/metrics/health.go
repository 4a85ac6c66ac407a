package metrics

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// aliveWithin is how soon the loop must answer; the other parts have as long.
const aliveWithin = 5 * time.Second

// Health says whether the gateway is well. Each check returns nil when its part is, and must obey its context.
type Health struct {
	Loop     func(context.Context) error // the switchboard's loop answered
	Asterisk func(context.Context) error
	Database func(context.Context) error
	Journal  func(context.Context) error
}

// part is the answer about one part.
type part struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// report is the answer of /readyz. Callers can be served while ready; degraded says that something is missing that
// will be made good later.
type report struct {
	Ready    bool            `json:"ready"`
	Degraded bool            `json:"degraded"`
	Parts    map[string]part `json:"parts"`
}

// Mux serves /metrics, /healthz and /readyz. It is for the operators' listener, never for the browsers'.
func Mux(m *Metrics, h Health) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.HandleFunc("GET /healthz", h.alive)
	mux.HandleFunc("GET /readyz", h.ready)
	return mux
}

// alive answers 200 while the loop goes round; a gateway that does not should be restarted.
func (h Health) alive(w http.ResponseWriter, r *http.Request) {
	p := check(r.Context(), h.Loop)
	code := http.StatusOK
	if !p.OK {
		code = http.StatusServiceUnavailable
	}
	answer(w, code, p)
}

// ready answers 200 while callers can be served, with the state of each part.
func (h Health) ready(w http.ResponseWriter, r *http.Request) {
	checks := map[string]func(context.Context) error{
		"loop": h.Loop, "asterisk": h.Asterisk, "database": h.Database, "journal": h.Journal,
	}
	rep := report{Parts: make(map[string]part, len(checks))}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, f := range checks {
		wg.Go(func() {
			p := check(r.Context(), f)
			mu.Lock()
			defer mu.Unlock()
			rep.Parts[name] = p
		})
	}
	wg.Wait()
	rep.Ready = rep.Parts["loop"].OK && rep.Parts["asterisk"].OK
	rep.Degraded = !rep.Ready || !rep.Parts["database"].OK || !rep.Parts["journal"].OK
	code := http.StatusOK
	if !rep.Ready {
		code = http.StatusServiceUnavailable
	}
	answer(w, code, rep)
}

func check(ctx context.Context, f func(context.Context) error) part {
	if f == nil {
		return part{OK: true}
	}
	ctx, cancel := context.WithTimeout(ctx, aliveWithin)
	defer cancel()
	if err := f(ctx); err != nil {
		return part{Error: err.Error()}
	}
	return part{OK: true}
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(body)
}
