// Package store keeps the past in PostgreSQL: calls and everything about them, agents' days, accounts, web
// sessions, the audit. All SQL of the project is here.
//
// Telephony never waits for PostgreSQL. What happens in calls goes through the Journal, which spools to disk and
// catches up by itself; everything else is asked for by people and answers ErrUnavailable while PostgreSQL is away.
package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hotline/gateway/seal"
)

const (
	maxConns       = 16
	connectTimeout = 3 * time.Second
	watchEvery     = time.Second
	pingTimeout    = 2 * time.Second
)

// Store is the way to PostgreSQL. Its methods may be called from any goroutine.
type Store struct {
	pool    *pgxpool.Pool
	keys    *seal.KeyRing   // what numbers and names are sealed with
	owner   *pgx.ConnConfig // who owns the tables; nil: the pool's own role
	log     *slog.Logger
	healthy atomic.Bool
	hashing chan struct{} // one token per password hash being computed
	stop    context.CancelFunc
	stopped sync.WaitGroup
}

// Open prepares the way to PostgreSQL. It does not wait for the server, which may be away: only a malformed dsn
// (URL or keyword=value form) is an error. A pool_max_conns in the dsn overrides the limit of 16 connections. What
// names a person is sealed with keys before it is kept.
func Open(ctx context.Context, dsn string, keys *seal.KeyRing, log *slog.Logger) (*Store, error) {
	cfg, err := poolConfig(dsn)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the connection pool: %w", err)
	}
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Store{pool: pool, keys: keys, log: log, hashing: make(chan struct{}, hashesAtOnce), stop: stop}
	s.stopped.Go(func() { s.watch(watch) })
	return s, nil
}

func poolConfig(dsn string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		cfg.MaxConns = maxConns
	}
	cfg.MinConns = 1
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.HealthCheckPeriod = 15 * time.Second
	cfg.PingTimeout = pingTimeout
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	for name, value := range map[string]string{
		"application_name":                    "hotline",
		"timezone":                            "UTC",
		"statement_timeout":                   "10s",
		"lock_timeout":                        "5s",
		"idle_in_transaction_session_timeout": "30s",
	} {
		if _, given := cfg.ConnConfig.RuntimeParams[name]; !given {
			cfg.ConnConfig.RuntimeParams[name] = value
		}
	}
	return cfg, nil
}

// Close gives all connections back. Journal and Sessions must have ended before.
func (s *Store) Close() {
	s.stop()
	s.stopped.Wait()
	s.pool.Close()
}

// Ping asks PostgreSQL for an answer.
func (s *Store) Ping(ctx context.Context) error {
	return s.note(wrap(s.pool.Ping(ctx), "ping"))
}

// Healthy tells whether PostgreSQL answered when last asked, at most about a second ago.
func (s *Store) Healthy() bool { return s.healthy.Load() }

// watch keeps healthy true to the facts and says once when PostgreSQL goes and when it comes back.
func (s *Store) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for first := true; ; first = false {
		before := s.healthy.Load()
		err := s.pingOnce(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && (before || first):
			s.log.Error("PostgreSQL is away; the journal keeps everything on disk until it is back", "err", err)
		case err == nil && !before:
			s.log.Info("PostgreSQL answers")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Store) pingOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return s.Ping(ctx)
}

// note remembers what err says about PostgreSQL and returns it.
func (s *Store) note(err error) error {
	if err == nil {
		s.healthy.Store(true)
	} else if isUnavailable(err) {
		s.healthy.Store(false)
	}
	return err
}
