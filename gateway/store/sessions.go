package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"
)

const (
	expireEvery = time.Minute
	lastChance  = 2 * time.Second // to write what is left when Run ends

	selectSessions = `
SELECT token_hash, data, expires_at FROM web_session WHERE expires_at > now()`

	upsertSession = `
INSERT INTO web_session (token_hash, data, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (token_hash) DO UPDATE SET data = EXCLUDED.data, expires_at = EXCLUDED.expires_at`

	deleteSession = `
DELETE FROM web_session WHERE token_hash = $1`

	deleteExpiredSessions = `
DELETE FROM web_session WHERE expires_at <= now()`
)

// Sessions keeps the web page's sessions, for alexedwards/scs. All live ones are in memory, so that consoles work
// on and reconnect while PostgreSQL is away; changes are written behind. Tokens are known by their hash alone.
type Sessions struct {
	store *Store
	log   *slog.Logger
	woken signal

	mu     sync.Mutex
	loaded bool
	live   map[tokenHash]session
	dirty  map[tokenHash]struct{} // differ from PostgreSQL
}

type tokenHash [sha256.Size]byte

type session struct {
	data    []byte
	expires time.Time
}

// NewSessions prepares the sessions; Run reads and writes them.
func NewSessions(s *Store) *Sessions {
	return &Sessions{store: s, log: s.log, woken: newSignal(),
		live: make(map[tokenHash]session), dirty: make(map[tokenHash]struct{})}
}

// FindCtx returns a live session's data. Until the sessions of an earlier run were read an unknown token is
// ErrUnavailable and not "not found": nobody is signed out because PostgreSQL was away when the gateway started.
func (s *Sessions) FindCtx(_ context.Context, token string) (data []byte, found bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := hashToken(token)
	if one, ok := s.live[h]; ok {
		return one.data, time.Now().Before(one.expires), nil
	}
	if _, gone := s.dirty[h]; !s.loaded && !gone {
		return nil, false, fmt.Errorf("find a web session: %w", ErrUnavailable)
	}
	return nil, false, nil
}

// CommitCtx keeps a session at once in memory and soon in PostgreSQL. It never fails.
func (s *Sessions) CommitCtx(_ context.Context, token string, data []byte, expires time.Time) error {
	s.set(hashToken(token), session{data: data, expires: expires})
	return nil
}

// DeleteCtx ends a session. It never fails.
func (s *Sessions) DeleteCtx(_ context.Context, token string) error {
	s.set(hashToken(token), session{})
	return nil
}

// Find is FindCtx without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// set keeps one, or removes it when it has no expiry.
func (s *Sessions) set(h tokenHash, one session) {
	s.mu.Lock()
	if one.expires.IsZero() {
		delete(s.live, h)
	} else {
		s.live[h] = one
	}
	s.dirty[h] = struct{}{}
	s.mu.Unlock()
	s.woken.raise()
}

// Run reads the sessions of earlier runs, writes changes as they come and removes what expired, until ctx ends;
// then it writes what is left, for at most 2 s. While PostgreSQL is away it tries again.
func (s *Sessions) Run(ctx context.Context) error {
	tick := time.NewTicker(expireEvery)
	defer tick.Stop()
	var pause backoff
	for ctx.Err() == nil {
		if err := s.turn(ctx); err != nil {
			s.log.Debug("web sessions wait for PostgreSQL", "err", err)
			pause.sleep(ctx)
			continue
		}
		pause.reset()
		select {
		case <-s.woken:
		case <-tick.C:
			s.expire(ctx)
		case <-ctx.Done():
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastChance)
	defer cancel()
	return s.writeDirty(last)
}

func (s *Sessions) turn(ctx context.Context) error {
	if err := s.Load(ctx); err != nil {
		return err
	}
	return s.writeDirty(ctx)
}

// Load reads the sessions of earlier runs, once; Run does it too. What has changed since the start stays as it is.
func (s *Sessions) Load(ctx context.Context) error {
	s.mu.Lock()
	loaded := s.loaded
	s.mu.Unlock()
	if loaded {
		return nil
	}
	rows, err := query(ctx, s.store.pool, scanSession, selectSessions)
	if err != nil {
		return wrap(err, "read the web sessions")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows {
		_, known := s.live[row.hash]
		if _, changed := s.dirty[row.hash]; !known && !changed {
			s.live[row.hash] = row.session
		}
	}
	s.loaded = true
	return nil
}

type sessionRow struct {
	hash tokenHash
	session
}

func scanSession(row pgx.CollectableRow) (r sessionRow, err error) {
	var hash []byte
	err = row.Scan(&hash, &r.data, into(&r.expires))
	copy(r.hash[:], hash)
	return r, err
}

// writeDirty brings PostgreSQL up to date; what it could not write stays dirty.
func (s *Sessions) writeDirty(ctx context.Context) error {
	dirty, batch := s.takeDirty()
	if len(dirty) == 0 {
		return nil
	}
	err := pgx.BeginFunc(ctx, s.store.pool, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() })
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for h := range dirty {
		s.dirty[h] = struct{}{}
	}
	return wrap(err, "write %d web sessions", len(dirty))
}

func (s *Sessions) takeDirty() (map[tokenHash]struct{}, *pgx.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dirty, batch := s.dirty, &pgx.Batch{}
	s.dirty = make(map[tokenHash]struct{})
	for h := range dirty {
		if one, ok := s.live[h]; ok {
			batch.Queue(upsertSession, h[:], one.data, one.expires)
		} else {
			batch.Queue(deleteSession, h[:])
		}
	}
	return dirty, batch
}

// expire forgets what has expired, here and there.
func (s *Sessions) expire(ctx context.Context) {
	s.mu.Lock()
	now := time.Now()
	for h, one := range s.live {
		if !now.Before(one.expires) {
			delete(s.live, h)
		}
	}
	s.mu.Unlock()
	if _, err := s.store.pool.Exec(ctx, deleteExpiredSessions); err != nil {
		s.log.Debug("expired web sessions wait for PostgreSQL", "err", err)
	}
}

func hashToken(token string) tokenHash { return sha256.Sum256([]byte(token)) }

var _ scs.CtxStore = (*Sessions)(nil)
