// Package web is the gateway's HTTP side: signing in, the API, the console's page, the console's WebSocket and the
// proxy of the browser telephone's SIP WebSocket. What it needs of others are the ports of ports.go.
package web

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hotline/gateway/push"
)

// Options configure the handler. All down to Hub are required.
type Options struct {
	Accounts     Accounts
	Calls        Calls
	Callbacks    Callbacks
	Commands     Commands
	Audit        Auditor
	Phones       PhoneAccounts
	Recordings   Recordings
	AuditLog     AuditLog
	Holds        Holds
	Settings     Settings
	Running      Running
	Figures      Figures
	Favourites   Favourites
	Abuses       Abuses
	Blocks       Blocks
	Hub          *push.Hub
	Errors       Errors    // the ports' errors, told apart with errors.Is
	Sessions     scs.Store // web sessions; in memory when nil
	Console      fs.FS     // the page's files, index.html at the top; none when nil
	SIP          string    // Asterisk's WebSocket, "ws://127.0.0.1:8088/ws"; no proxy when empty
	Secure       bool      // people reach the gateway over TLS: cookies are sent over nothing else
	Version      string
	Log          *slog.Logger
	Meter        Meter
	TargetStates TargetStates // transfer targets' states are unknown when nil
}

// Limits of a web session and of a request.
const (
	cookieName   = "hotline_session"
	idleTimeout  = 12 * time.Hour
	lifetime     = 24 * time.Hour
	maxBody      = 64 << 10
	portTimeout  = 5 * time.Second // of one question to a port
	ticketWithin = 30 * time.Second
)

// Handler serves everything. Close ends the SIP WebSockets, which outlive their requests.
type Handler struct {
	o        Options
	log      *slog.Logger
	sessions *scs.SessionManager
	api      huma.API
	mux      *http.ServeMux
	routes   []string // "GET /ws": those that are not the API's operations
	throttle *throttle
	tickets  *tickets
	sip      sipProxy
	editing  sync.Mutex // held while a setting is changed and handed over
	targets  targetList
	chain    http.Handler
}

// New makes the handler.
func New(o Options) *Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	h := &Handler{o: o, log: o.Log, mux: http.NewServeMux(), throttle: newThrottle(), tickets: newTickets()}
	h.sessions = newSessions(o, h.sessionFault)
	h.sip = sipProxy{url: o.SIP, log: o.Log, open: map[*sipPair]struct{}{}}
	h.makeAPI()
	h.handle("GET /ws", h.console)
	h.handle("GET /sip", h.telephone)
	h.mux.Handle("/", newFiles(o.Console, o.Log))
	h.chain = h.wrap(h.mux)
	return h
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.chain.ServeHTTP(w, r) }

// Close ends the SIP WebSockets and waits for them, at most until ctx ends. Conversations go on: their sound does
// not pass through here.
func (h *Handler) Close(ctx context.Context) error { return h.sip.close(ctx) }

// makeAPI registers the API's operations. They share a session, the table of roles and one way to tell errors.
func (h *Handler) makeAPI() {
	api := http.NewServeMux()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: "Hotline", Version: h.o.Version},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)},
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
	}
	h.api = humago.New(api, config)
	h.api.UseMiddleware(h.admitOperation)
	h.registerSession()
	h.registerConsole()
	h.registerCalls()
	h.registerUnmask()
	h.registerAudit()
	h.registerHolds()
	h.registerRecording()
	h.registerTransfers()
	h.registerSettings()
	h.registerFigures()
	h.registerCallbacks()
	h.registerTargets()
	h.registerAbuse()
	h.registerBlocks()
	h.registerOpenAPI()
	api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusNotFound, "this API has no such address and method")
	})
	h.mux.Handle("/api/", h.sessions.LoadAndSave(api))
}

// handle registers a route that is no operation of the API, under the same table of roles.
func (h *Handler) handle(route string, serve func(http.ResponseWriter, *http.Request, Identity)) {
	h.routes = append(h.routes, route)
	h.mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
		who, err := h.identify(r)
		if err != nil {
			h.fail(w, r, err)
			return
		}
		if err := allowed(route, who); err != nil {
			h.fail(w, r, err)
			return
		}
		serve(w, r, who)
	})
}

// ask is a context for one question to a port.
func ask(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, portTimeout)
}

// register adds an operation with the limits all share.
func register[I, O any](h *Handler, op huma.Operation, serve func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes = max(op.MaxBodyBytes, maxBody)
	op.BodyReadTimeout = 10 * time.Second
	huma.Register(h.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := serve(ctx, in)
		if err != nil {
			return nil, h.fault(op.Method+" "+op.Path, err)
		}
		return out, nil
	})
}

// registerOpenAPI serves the description of the API itself.
func (h *Handler) registerOpenAPI() {
	text := sync.OnceValues(func() ([]byte, error) { return h.api.OpenAPI().MarshalJSON() })
	type out struct {
		ContentType string `header:"Content-Type"`
		Body        []byte
	}
	register(h, huma.Operation{
		OperationID: "openapi", Method: http.MethodGet, Path: "/api/openapi.json", Summary: "This description", Hidden: true,
	}, func(context.Context, *struct{}) (*out, error) {
		data, err := text()
		return &out{"application/json", data}, err
	})
}

type noMeter struct{}

func (noMeter) SignIn(string) {}
