package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/abuse"
	"hotline/gateway/call"
)

const (
	upsertAbuse = `
INSERT INTO abuse_entry AS a (id, call, agent, act, kind, note_sealed, at, withdrawn)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET note_sealed = EXCLUDED.note_sealed, withdrawn = EXCLUDED.withdrawn`

	countMarkedCalls = `
SELECT count(DISTINCT a.call) FROM call c JOIN abuse_entry a ON a.call = c.id
WHERE c.number_hash = $1 AND c.id <> $2 AND a.act IN ('mark', 'hang_up') AND NOT a.withdrawn AND a.at >= $3`

	selectOffenders = `
WITH marked AS (
    SELECT call FROM abuse_entry WHERE act IN ('mark', 'hang_up') AND NOT withdrawn AND at >= $1 GROUP BY call
)
SELECT c.number_hash, (array_agg(c.number_sealed ORDER BY c.arrived_at DESC))[1], count(*), min(c.arrived_at), max(c.arrived_at),
       COALESCE(sum(EXTRACT(EPOCH FROM c.released_at - c.talking_at)), 0)::bigint, sum(e.warnings)::bigint, sum(e.hang_ups)::bigint
FROM marked m JOIN call c ON c.id = m.call
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE act IN ('warning_played', 'warning_said')) AS warnings, count(*) FILTER (WHERE act = 'hang_up') AS hang_ups
    FROM abuse_entry WHERE call = c.id AND NOT withdrawn
) e
WHERE c.number_hash IS NOT NULL
GROUP BY c.number_hash HAVING count(*) >= $2
ORDER BY count(*) DESC, max(c.arrived_at) DESC LIMIT $3`

	selectKinds = `
SELECT c.number_hash, a.kind, count(DISTINCT a.call) FROM call c JOIN abuse_entry a ON a.call = c.id
WHERE c.number_hash = ANY($1) AND a.act IN ('mark', 'hang_up') AND NOT a.withdrawn AND a.at >= $2
GROUP BY c.number_hash, a.kind`

	selectBlockStates = `
SELECT number_hash, state FROM block_entry
WHERE number_hash = ANY($1) AND (state = 'proposed' OR state = 'approved' AND until > $2)
ORDER BY state DESC`

	maxOffenders = 500
)

func (s *Store) queueAbuse(b *pgx.Batch, e *abuse.Entry) {
	b.Queue(upsertAbuse, key(e.ID), key(e.Call), key(e.Agent), key(e.Act), key(e.Kind), s.seal(purposeNote, text(e.Note)),
		instant(e.At), e.Withdrawn)
}

// Offender is a number whose calls were marked.
type Offender struct {
	Key         string // hexadecimal hash of the number
	Number      string
	Calls       int // that were marked
	First, Last time.Time
	TalkSeconds int
	Warnings    int
	HangUps     int
	Kinds       map[abuse.Kind]int // calls by kind
	Block       string             // "proposed", "approved", empty when neither
}

// Offenders returns the numbers with at least so many calls that were marked since an instant, the most first.
func (s *Store) Offenders(ctx context.Context, since time.Time, least, limit int) ([]Offender, error) {
	var list []Offender
	err := s.snapshot(ctx, func(tx pgx.Tx) (err error) {
		list, err = query(ctx, tx, s.scanOffender, selectOffenders, since, least, max(1, min(limit, maxOffenders)))
		if err != nil {
			return err
		}
		hashes, at := make([][]byte, len(list)), make(map[string]*Offender, len(list))
		for i := range list {
			hashes[i], _ = hex.DecodeString(list[i].Key)
			at[list[i].Key] = &list[i]
		}
		if err := eachOf(ctx, tx, selectKinds, func(hash []byte, kind string, n int) {
			at[hex.EncodeToString(hash)].Kinds[abuse.Kind(kind)] = n
		}, hashes, since); err != nil {
			return err
		}
		return eachPair(ctx, tx, selectBlockStates, func(hash []byte, state string) {
			at[hex.EncodeToString(hash)].Block = state // an approved one comes last
		}, hashes, time.Now())
	})
	return list, wrap(err, "list the numbers whose calls were marked")
}

func (s *Store) scanOffender(row pgx.CollectableRow) (o Offender, err error) {
	var hash []byte
	o.Kinds = map[abuse.Kind]int{}
	err = row.Scan(&hash, s.opened(purposeNumber, &o.Number), &o.Calls, into(&o.First), into(&o.Last), &o.TalkSeconds, &o.Warnings, &o.HangUps)
	o.Key = hex.EncodeToString(hash)
	return o, err
}

func eachOf(ctx context.Context, db querier, sql string, each func(hash []byte, word string, n int), args ...any) error {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	var hash []byte
	var word string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&hash, &word, &n}, func() error { each(hash, word, n); return nil })
	return err
}

func eachPair(ctx context.Context, db querier, sql string, each func(hash []byte, word string), args ...any) error {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	var hash []byte
	var word string
	_, err = pgx.ForEachRow(rows, []any{&hash, &word}, func() error { each(hash, word); return nil })
	return err
}

// MarkedCalls is how many other calls of a number were marked since an instant. It implements switchboard.Offenders.
func (s *Store) MarkedCalls(ctx context.Context, number string, except call.ID, since time.Time) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	err = s.pool.QueryRow(ctx, countMarkedCalls, s.numberHash(number), key(except), since).Scan(&n)
	return n, wrap(err, "count the marked calls of a number")
}

// keyHash reads a key as Offender has it.
func keyHash(s string) ([]byte, error) {
	hash, err := hex.DecodeString(s)
	if err != nil || len(hash) != 16 {
		return nil, fmt.Errorf("a number's key: %w", ErrInvalid)
	}
	return hash, nil
}
