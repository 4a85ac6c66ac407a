package store

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/abuse"
	"hotline/gateway/evidence"
)

const (
	evidenceColumns = `c.id, c.dnis, c.line, c.agent, c.result, c.ended_by, c.arrived_at, c.talking_at,
    COALESCE(c.released_at, c.ended_at), c.recording`

	selectMarkedCalls = `
SELECT ` + evidenceColumns + ` FROM call c
WHERE c.number_hash = $1 AND (c.arrived_at, c.id) > ($2, $3) AND c.arrived_at < $4
  AND EXISTS (SELECT FROM abuse_entry a WHERE a.call = c.id AND a.act IN ('mark', 'hang_up') AND NOT a.withdrawn)
ORDER BY c.arrived_at, c.id LIMIT $5`

	selectEvidenceCall = `
SELECT ` + evidenceColumns + ` FROM call c WHERE c.id = $1`

	selectAbuse = `
SELECT id, call, agent, act, kind, note_sealed, at, withdrawn FROM abuse_entry WHERE call = ANY($1) ORDER BY at, id`

	selectHandOvers = `
SELECT call, to_key, by_agent, at, answered_at, result FROM call_transfer
WHERE call = ANY($1) AND to_kind = 'emergency' ORDER BY call, n`

	selectNumberOf = `
SELECT number_sealed FROM call WHERE number_hash = $1 LIMIT 1`

	selectNumberOfCall = `
SELECT number_sealed FROM call WHERE id = $1`

	// evidenceAtOnce is how many calls are in memory at a time.
	evidenceAtOnce = 200
)

// NumberOf is the number that a key stands for, or ErrNotFound.
func (s *Store) NumberOf(ctx context.Context, key string) (number string, err error) {
	hash, err := keyHash(key)
	if err != nil {
		return "", err
	}
	err = s.pool.QueryRow(ctx, selectNumberOf, hash).Scan(s.opened(purposeNumber, &number))
	return number, wrap(err, "find a number by its key")
}

// MarkedCallsOf goes through a number's calls that were marked and arrived within from and to, oldest first. It reads them
// in parts: nothing in PostgreSQL waits for who reads slowly.
func (s *Store) MarkedCallsOf(ctx context.Context, numberKey string, from, to time.Time) iter.Seq2[evidence.Call, error] {
	return func(yield func(evidence.Call, error) bool) {
		hash, err := keyHash(numberKey)
		if err != nil {
			yield(evidence.Call{}, err)
			return
		}
		at, id := from.Add(-time.Microsecond), "\U0010FFFF"
		for {
			calls, err := s.evidenceOf(ctx, selectMarkedCalls, hash, at, id, to, evidenceAtOnce)
			if err != nil {
				yield(evidence.Call{}, err)
				return
			}
			for _, c := range calls {
				if !yield(c, nil) {
					return
				}
			}
			if len(calls) < evidenceAtOnce {
				return
			}
			last := calls[len(calls)-1]
			at, id = last.ArrivedAt, last.ID
		}
	}
}

// EvidenceOfCall is one call as evidence and the number of its caller, or ErrNotFound.
func (s *Store) EvidenceOfCall(ctx context.Context, id string) (c evidence.Call, number string, err error) {
	if err := s.pool.QueryRow(ctx, selectNumberOfCall, key(id)).Scan(s.opened(purposeNumber, &number)); err != nil {
		return c, "", wrap(err, "read call %s", key(id))
	}
	calls, err := s.evidenceOf(ctx, selectEvidenceCall, key(id))
	if err == nil && len(calls) == 0 {
		err = wrap(pgx.ErrNoRows, "read call %s", key(id))
	}
	if err != nil {
		return c, "", err
	}
	return calls[0], number, nil
}

func (s *Store) evidenceOf(ctx context.Context, sql string, args ...any) (calls []evidence.Call, err error) {
	err = s.snapshot(ctx, func(tx pgx.Tx) error {
		if calls, err = query(ctx, tx, scanEvidence, sql, args...); err != nil {
			return err
		}
		ids, at := make([]string, len(calls)), make(map[string]*evidence.Call, len(calls))
		for i := range calls {
			ids[i], at[calls[i].ID] = calls[i].ID, &calls[i]
		}
		notes, err := query(ctx, tx, s.scanAbuse, selectAbuse, ids)
		if err != nil {
			return err
		}
		for _, e := range notes {
			at[e.Call].Notes = append(at[e.Call].Notes, e)
		}
		rows, err := tx.Query(ctx, selectHandOvers, ids)
		if err != nil {
			return err
		}
		var id string
		var h evidence.HandOver
		_, err = pgx.ForEachRow(rows, []any{&id, &h.Service, &h.By, into(&h.At), into(&h.Answered), &h.Result}, func() error {
			at[id].HandOvers = append(at[id].HandOvers, h)
			return nil
		})
		return err
	})
	return calls, wrap(err, "read calls as evidence")
}

func scanEvidence(row pgx.CollectableRow) (c evidence.Call, err error) {
	return c, row.Scan(&c.ID, &c.DNIS, &c.Line, &c.Agent, &c.Result, &c.EndedBy, into(&c.ArrivedAt), into(&c.TalkingAt),
		into(&c.EndedAt), &c.Recording)
}

func (s *Store) scanAbuse(row pgx.CollectableRow) (e abuse.Entry, err error) {
	return e, row.Scan(&e.ID, &e.Call, &e.Agent, &e.Act, &e.Kind, s.opened(purposeNote, &e.Note), into(&e.At), &e.Withdrawn)
}
