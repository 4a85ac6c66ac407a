package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

const (
	historyTimeout = 800 * time.Millisecond // waiting for a connection included

	selectEarlierCalls = `
SELECT c.id, c.arrived_at, c.line, c.agent, c.result,
       COALESCE(EXTRACT(EPOCH FROM c.ended_at - c.talking_at), 0)::bigint,
       COALESCE(d.kind, ''), CASE WHEN NOT c.secret THEN d.note_sealed END
FROM call c
LEFT JOIN LATERAL (
    SELECT kind, note_sealed FROM disposition WHERE call = c.id ORDER BY at DESC NULLS LAST LIMIT 1
) d ON TRUE
WHERE c.number_hash = $1 AND c.id <> $2
  AND c.arrived_at <= COALESCE((SELECT arrived_at FROM call WHERE id = $2), 'infinity')
ORDER BY c.arrived_at DESC
LIMIT $3`
)

// EarlierCalls returns up to limit calls of the same number that arrived before the call named, newest first, and
// implements switchboard.History. A withheld number (empty) has no history. It takes at most 0.8 s.
func (s *Store) EarlierCalls(ctx context.Context, number string, before call.ID, limit int) ([]switchboard.EarlierCall, error) {
	if number == "" || limit <= 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	calls, err := query(ctx, s.pool, s.scanEarlierCall, selectEarlierCalls, s.numberHash(number), key(before), min(limit, maxCalls))
	return calls, wrap(err, "read the earlier calls of the caller of %s", key(before))
}

func (s *Store) scanEarlierCall(row pgx.CollectableRow) (c switchboard.EarlierCall, err error) {
	return c, row.Scan(&c.ID, into(&c.At), &c.Line, &c.Agent, &c.Result, &c.TalkSeconds, &c.Disposition, s.opened(purposeNote, &c.Note))
}

var _ switchboard.History = (*Store)(nil)
