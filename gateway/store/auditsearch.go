package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// selectAuditPage finds rows by what is indexed; of the others a page is soon found among the newest.
const selectAuditPage = `
SELECT seq, at, kept_at, who, action, object, detail, address FROM audit
WHERE ($1 = '' OR who = $1) AND ($2 = '' OR action = $2 OR starts_with(action, $2 || '.')) AND ($3 = '' OR object = $3)
  AND ($4 = '' OR detail ? 'number_hash' AND detail ->> 'number_hash' = $4)
  AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6) AND ($7 = 0 OR seq < $7)
ORDER BY seq DESC LIMIT $8`

// AuditFilter chooses rows of the audit; zero fields do not restrict.
type AuditFilter struct {
	Who    string
	Action string // "recording.play", or "recording" for all that begin so
	Object string
	Number string // that was looked for, in clear
	From   time.Time
	To     time.Time
	Before int64 // Seq of the last row of the page before
	Limit  int   // 1–200; 0 means 50
}

// AuditRow is one row of the audit.
type AuditRow struct {
	AuditEntry
	Seq    int64
	KeptAt time.Time // PostgreSQL's clock as it was written
}

// SearchAudit returns the rows a filter chooses, newest first.
func (s *Store) SearchAudit(ctx context.Context, f AuditFilter) ([]AuditRow, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	rows, err := query(ctx, s.pool, scanAuditRow, selectAuditPage, key(f.Who), key(f.Action), key(f.Object), s.NumberHash(f.Number),
		instant(f.From), instant(f.To), f.Before, min(limit, maxCalls))
	return rows, wrap(err, "search the audit")
}

func scanAuditRow(row pgx.CollectableRow) (r AuditRow, err error) {
	return r, row.Scan(&r.Seq, into(&r.At), into(&r.KeptAt), &r.Who, &r.Action, &r.Object, &r.Detail, &r.Address)
}
