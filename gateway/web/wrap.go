package web

import (
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"hotline/gateway/directory"
)

// policy lets the page load from this host alone. Styles may stand in elements, as the widgets of the page set them
// there; scripts may not.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
	"img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; worker-src 'self' blob:; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// wrap puts around everything what every request gets: log and recovery, headers, body limit, cross-origin check.
func (h *Handler) wrap(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.fail(w, r, errOrigin) }))
	return h.watched(h.withHeaders(limited(cross.Handler(next))))
}

func (h *Handler) withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
		if h.o.Secure && !atHome(r.Host) {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// atHome says whether a browser calls this machine localhost. That it is to be reached over TLS alone would hold for
// everything else on the browser's own machine, too.
func atHome(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxBody)
		if r.URL.Path == linesFile || r.URL.Path == scopeFile {
			most = directory.MaxFile
		}
		if r.ContentLength > most {
			problem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d KiB", most>>10))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// watched logs a request and answers a panic. Query strings are never logged: they hold numbers and tickets.
func (h *Handler) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &watcher{ResponseWriter: w}
		begun := time.Now()
		defer func() {
			if fault := recover(); fault != nil {
				if fault == http.ErrAbortHandler {
					panic(fault)
				}
				h.log.Error("panic", "method", r.Method, "path", r.URL.Path, "panic", fault, "stack", string(debug.Stack()))
				if seen.status == 0 {
					problem(seen, http.StatusInternalServerError, "the gateway failed; it is in its log")
				}
			}
			if strings.HasPrefix(r.URL.Path, "/api/") {
				h.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", seen.status, "took", time.Since(begun))
			}
		}()
		if websocketRoutes[r.URL.Path] {
			next.ServeHTTP(w, r) // must reach the connection itself
			return
		}
		next.ServeHTTP(seen, r)
	})
}

var websocketRoutes = map[string]bool{"/ws": true, "/sip": true}

// watcher remembers the status of an answer.
type watcher struct {
	http.ResponseWriter
	status int
}

func (w *watcher) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *watcher) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }
