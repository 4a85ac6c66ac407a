package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/caller"
)

const (
	insertAudit = `
INSERT INTO audit (at, who, action, object, detail, address) VALUES ($1, $2, $3, $4, $5, $6)`

	selectAudit = `
SELECT at, who, action, object, detail, address FROM audit
WHERE ($1 = '' OR object = $1) AND ($2 = '' OR who = $2)
ORDER BY id DESC LIMIT $3`
)

// AuditEntry says who did or looked at what.
type AuditEntry struct {
	At      time.Time      // zero: now
	Who     string         // agent_no, or "system"
	Action  string         // "recording.play", "call.view", "sign_in"
	Object  string         // what it was about: a call's id, an agent_no
	Detail  map[string]any // further facts that JSON can hold; may be nil
	Address string         // where the request came from
}

// Audit writes e and returns when it is committed. What must leave a trace is refused when Audit fails.
func (s *Store) Audit(ctx context.Context, e AuditEntry) error {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	detail, err := s.cleanDetail(e.Detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	_, err = s.pool.Exec(ctx, insertAudit, e.At, key(e.Who), key(e.Action), caller.Scrub(key(e.Object)), detail, key(e.Address))
	return wrap(err, "audit %s", e.Action)
}

// AuditLog returns the latest entries, newest first, about an object and of a person; empty means any.
func (s *Store) AuditLog(ctx context.Context, object, who string, limit int) ([]AuditEntry, error) {
	entries, err := query(ctx, s.pool, scanAudit, selectAudit, key(object), key(who), limit)
	return entries, wrap(err, "read the audit")
}

func scanAudit(row pgx.CollectableRow) (e AuditEntry, err error) {
	return e, row.Scan(into(&e.At), &e.Who, &e.Action, &e.Object, &e.Detail, &e.Address)
}

// cleanDetail is detail as JSON that jsonb takes: it refuses NUL inside strings. No number is in it in clear.
func (s *Store) cleanDetail(detail map[string]any) ([]byte, error) {
	if detail == nil {
		return []byte("{}"), nil
	}
	raw, err := cleanJSON(detail)
	if err != nil {
		return nil, err
	}
	return s.scrubDetail(raw)
}

func cleanJSON(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return nil, err
	}
	return json.Marshal(cleanValue(plain))
}

func cleanValue(v any) any {
	switch v := v.(type) {
	case string:
		return text(v)
	case []any:
		for i := range v {
			v[i] = cleanValue(v[i])
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for name, value := range v {
			clean[text(name)] = cleanValue(value)
		}
		return clean
	}
	return v
}
