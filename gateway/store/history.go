package store

import (
	"time"

	"github.com/jackc/pgx/v5"

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

func (s *Store) scanEarlierCall(row pgx.CollectableRow) (c switchboard.EarlierCall, err error) {
	return c, row.Scan(&c.ID, into(&c.At), &c.Line, &c.Agent, &c.Result, &c.TalkSeconds, &c.Disposition, s.opened(purposeNote, &c.Note))
}

var _ switchboard.History = (*Store)(nil)
