package store

import (
	"context"
	"time"

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
