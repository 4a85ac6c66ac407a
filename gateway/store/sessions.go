package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
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

func hashToken(token string) tokenHash { return sha256.Sum256([]byte(token)) }

var _ scs.CtxStore = (*Sessions)(nil)
