package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"hotline/agent/console"
	"hotline/gateway/ari"
	"hotline/gateway/evidence"
	"hotline/gateway/figures"
	"hotline/gateway/metrics"
	"hotline/gateway/push"
	"hotline/gateway/seal"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
	"hotline/gateway/vault"
	"hotline/gateway/web"
	"hotline/ivr"
	"hotline/ivr/prompts"
)

// Build is the program's version.
type Build string

// Times of the start.
const (
	recoverTime = 3 * time.Second  // for reading what an earlier run left
	recallTime  = 24 * time.Hour   // how far back agents' states are taken up
	leaseRetry  = time.Second      // between attempts to take the lease
	migrateTime = 30 * time.Second // of one attempt to bring the database up to date
)

// Serve is `hotline serve`.
type Serve struct {
	Config
	ServeConfig
	RetentionConfig
}

// Run serves until ctx ends.
func (s *Serve) Run(ctx context.Context, build Build) error {
	if err := errors.Join(s.Config.Check(), s.ServeConfig.Check()); err != nil {
		return err
	}
	ari.PoolConnections()
	boundMemory()
	g := &gateway{config: s, build: build, log: s.Logger()}
	return g.run(ctx)
}

// gateway is the running program: its parts and how they are wired.
type gateway struct {
	config  *Serve
	build   Build
	log     *slog.Logger
	meter   *metrics.Metrics
	store   *store.Store
	journal *store.Journal
	ari     *ari.Client
	board   *switchboard.Switchboard
	hub     *push.Hub
	desks   *desks
	running *running
	first   settings.Snapshot // of a first start
	voice   prompts.Options
	flows   map[string]*ivr.Flow
	orders  switchboard.Orders
	blocks  *blocks
	figures *counter
	vault   *vault.Vault
	keys    *seal.KeyRing
	leading atomic.Bool

	policies atomic.Pointer[settings.Policies]
}

func (g *gateway) run(ctx context.Context) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	defer g.store.Close()
	ops, err := web.Listen(g.config.MetricsListen, "", "", g.operations(), g.log)
	if err != nil {
		return err
	}
	early := parts{log: g.log}
	early.add("metrics", ops.Run)
	early.add("gateway", g.lead)
	return early.run(ctx)
}

// open makes what needs no network.
func (g *gateway) open(ctx context.Context) (err error) {
	c := g.config
	g.meter = metrics.New(string(g.build))
	g.ari = c.ARI(g.meter, g.log)
	if err := os.MkdirAll(c.SpoolDir, 0o700); err != nil {
		return fmt.Errorf("HOTLINE_SPOOL_DIR: %w", err)
	}
	if g.keys, err = c.ring(); err != nil {
		return err
	}
	if g.store, err = c.open(ctx, c.DatabaseURL, g.log); err != nil {
		return err
	}
	if g.first, err = c.firstSettings(); err != nil {
		return err
	}
	if g.voice, err = c.voice(); err != nil {
		return err
	}
	if g.flows, err = c.flows(); err != nil {
		return err
	}
	if g.orders, err = c.orders(g.voice); err != nil {
		return err
	}
	g.journal, err = store.NewJournal(g.store, c.SpoolDir, store.JournalOptions{
		Log: g.log, OnDropped: g.meter.JournalDropped,
	})
	if err != nil {
		return err
	}
	g.meter.WatchJournal(g.journal.Pending, g.journal.Rejected)
	g.figures = newCounter(g.journal, g.store, g.meter, figures.Default(), g.log)
	g.desks = &desks{}
	g.hub = push.NewHub(push.Options{Desks: g.desks, Build: string(g.build), Log: g.log, Meter: g.meter})
	return nil
}

// desks lets the hub be made before the switchboard, each of which needs the other.
type desks struct{ *switchboard.Switchboard }

// lead waits until this gateway may lead, takes up what an earlier one left, and serves.
func (g *gateway) lead(ctx context.Context) error {
	lease, err := g.takeLease(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	if lease != nil {
		defer lease.Release()
	}
	g.begin(ctx)
	g.leading.Store(true)
	sessions := store.NewSessions(g.store)
	journal := parts{log: g.log}
	journal.add("journal", g.journal.Run)
	journal.add("web sessions", sessions.Run)
	journal.add("gateway", func(ctx context.Context) error { return g.serve(ctx, lease, sessions) })
	return journal.run(ctx)
}

func (g *gateway) serve(ctx context.Context, lease *store.Lease, sessions *store.Sessions) error {
	g.takeUp(ctx)
	var err error
	g.vault, err = vault.New(vault.Options{Dir: g.config.recordingsDir(), Keys: g.keys, Source: studio{g.ari, g.board}, Log: g.log})
	if err != nil {
		return fmt.Errorf("HOTLINE_RECORDINGS_DIR: %w", err)
	}
	handler, server, err := g.consoles(sessions)
	if err != nil {
		return err
	}
	p := parts{log: g.log}
	p.add("figures", g.figures.Run)
	p.add("switchboard", g.board.Run)
	p.add("settings", g.running.Run)
	p.add("call-backs", g.gatherer().Run)
	p.add("block list", g.blocks.Run)
	p.add("recordings", g.vault.Run)
	p.add("consoles", server.Run)
	p.add("asterisk", func(ctx context.Context) error {
		return g.ari.Listen(ctx, &events{ctx: ctx, board: g.board})
	})
	p.add("lease", func(ctx context.Context) error { return g.keepLease(ctx, lease) })
	p.add("console links", func(ctx context.Context) error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return errors.Join(g.hub.Close(last), handler.Close(last))
	})
	g.log.Info("serving", "consoles", server.Addr().String(), "version", g.build)
	return p.run(ctx)
}

// consoles makes the HTTP side.
func (g *gateway) consoles(sessions *store.Sessions) (*web.Handler, *web.Server, error) {
	c := g.config
	page, err := console.Files()
	if err != nil {
		return nil, nil, err
	}
	handler := web.New(web.Options{
		Accounts: accounts{g.store}, Calls: calls{g.store}, Callbacks: callbacks{g.store}, Commands: g.board, Audit: auditor{g.store}, AuditLog: auditor{g.store}, Holds: g.store,
		Phones: &sipAccounts{g.ari, c.MediaAddress}, Recordings: recordings{g.vault}, Figures: g.figures, Favourites: g.store, Hub: g.hub, Sessions: sessions,
		Settings: g.running, Running: g.running,
		Abuses: abuses{g.store, recordings{g.vault}, evidence.Key(g.keys.Hash)}, Blocks: g.blocks,
		Errors: web.Errors{
			Credentials: store.ErrCredentials, NotFound: store.ErrNotFound, Exists: store.ErrExists, Invalid: store.ErrInvalid, Unavailable: store.ErrUnavailable,
			SamePerson: store.ErrSamePerson, Trusted: store.ErrTrusted, NotEvidence: store.ErrNotEvidence,
		},
		Console: page, SIP: sipSocket(c.ARIURL), Secure: c.TLSCert != "", Version: string(g.build), Log: g.log, Meter: g.meter,
	})
	server, err := web.Listen(c.Listen, c.TLSCert, c.TLSKey, handler, g.log)
	return handler, server, err
}

// sipSocket is Asterisk's SIP WebSocket beside its REST interface.
func sipSocket(ariURL string) string {
	return "ws" + strings.TrimPrefix(strings.TrimSuffix(strings.TrimRight(ariURL, "/"), "/ari"), "http") + "/ws"
}

// operations serves /metrics, /healthz, /readyz and, for profiles, /debug/pprof/.
func (g *gateway) operations() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.Handle("/", metrics.Mux(g.meter, metrics.Health{
		Loop:     g.loopHealth,
		Asterisk: g.asteriskHealth,
		Database: g.store.Ping,
		Journal:  func(context.Context) error { return g.journal.LastError() },
	}))
	return mux
}

// errStandby is the health of a gateway that waits for the lease.
var errStandby = errors.New("standing by: another gateway leads")

func (g *gateway) loopHealth(ctx context.Context) error {
	if !g.leading.Load() {
		return nil // it has no loop yet, and is well
	}
	return g.board.Alive(ctx)
}

func (g *gateway) asteriskHealth(ctx context.Context) error {
	if !g.leading.Load() {
		return errStandby
	}
	return g.board.Synced(ctx)
}
