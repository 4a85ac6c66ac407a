package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
)

const (
	maxCalls = 200

	selectCalls = `
SELECT ` + callColumns + `, d.agent, d.kind, d.note_sealed, d.at
FROM call c
LEFT JOIN LATERAL (
    SELECT agent, kind, note_sealed, at FROM disposition WHERE call = c.id ORDER BY at DESC NULLS LAST LIMIT 1
) d ON TRUE
WHERE ($1 = '' OR c.agent = $1)
  AND ($2::bytea IS NULL OR c.number_hash = $2 AND NOT c.secret)
  AND ($3::timestamptz IS NULL OR c.arrived_at >= $3)
  AND ($4::timestamptz IS NULL OR c.arrived_at < $4)
  AND ($5::timestamptz IS NULL OR (c.arrived_at, c.id) < ($5, $6))
ORDER BY c.arrived_at DESC, c.id DESC
LIMIT $7`

	selectCall = `
SELECT ` + callColumns + ` FROM call c WHERE c.id = $1`

	selectChanges = `
SELECT ` + changeColumns + ` FROM call_change WHERE call = $1 ORDER BY seq`
)

// Filter chooses calls; zero fields do not restrict.
type Filter struct {
	Agent  string    // agent_no of the last agent who talked
	Number string    // caller's number as normalised
	From   time.Time // arrived at or after
	To     time.Time // arrived before
	Before string    // Page.Next of the page before
	Limit  int       // 1–200; 0 means 50
}

// CallRow is one call of a list.
type CallRow struct {
	Call        call.Record
	Disposition *call.Disposition // the latest, nil when none
}

// Page is a part of a list, newest first.
type Page struct {
	Calls []CallRow
	Next  string // for Filter.Before; empty on the last page
}

// CallDetail is all that is known of one call.
type CallDetail struct {
	Call        call.Record
	Legs        []call.LegRecord   // oldest first
	Changes     []call.Change      // by Seq
	Offers      []call.OfferRecord // by N
	Transfers   []call.Transfer    // by N
	Disposition *call.Disposition  // the latest, nil when none
}

// Calls returns the calls a filter chooses, newest first. A cursor that is none is ErrInvalid.
func (s *Store) Calls(ctx context.Context, f Filter) (Page, error) {
	at, id, err := parseCursor(f.Before)
	if err != nil {
		return Page{}, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, maxCalls)
	rows, err := query(ctx, s.pool, s.scanCallRow, selectCalls,
		key(f.Agent), s.numberHash(f.Number), instant(f.From), instant(f.To), instant(at), id, limit+1)
	if err != nil {
		return Page{}, wrap(err, "list calls")
	}
	if len(rows) <= limit {
		return Page{Calls: rows}, nil
	}
	last := rows[limit-1].Call
	return Page{Calls: rows[:limit], Next: cursor(last.ArrivedAt, last.ID)}, nil
}

func (s *Store) scanCallRow(row pgx.CollectableRow) (r CallRow, err error) {
	var agentNo, kind *string
	var d call.Disposition
	if err := row.Scan(append(s.callTargets(&r.Call), &agentNo, &kind, s.opened(purposeNote, &d.Note), into(&d.At))...); err != nil {
		return r, err
	}
	if agentNo != nil {
		d.Call, d.Agent, d.Kind = r.Call.ID, *agentNo, *kind
		r.Disposition = &d
	}
	return r, nil
}

func cursor(at time.Time, id call.ID) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", at.UnixMicro(), id))
}

func parseCursor(s string) (at time.Time, id string, err error) {
	if s == "" {
		return time.Time{}, "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	micros, id, found := strings.Cut(string(raw), " ")
	n, numErr := strconv.ParseInt(micros, 10, 64)
	if err != nil || numErr != nil || !found {
		return time.Time{}, "", fmt.Errorf("read the cursor %q: %w", s, ErrInvalid)
	}
	return time.UnixMicro(n).UTC(), key(id), nil
}

// Call returns one call with everything about it, or ErrNotFound.
func (s *Store) Call(ctx context.Context, id call.ID) (CallDetail, error) {
	var d CallDetail
	err := s.snapshot(ctx, func(tx pgx.Tx) error {
		calls, err := query(ctx, tx, s.scanCall, selectCall, key(id))
		if err != nil {
			return err
		}
		if len(calls) == 0 {
			return pgx.ErrNoRows
		}
		open := []OpenCall{{Call: calls[0]}}
		if err := s.fillOpenCalls(ctx, tx, open); err != nil {
			return err
		}
		o := open[0]
		d = CallDetail{Call: o.Call, Legs: o.Legs, Offers: o.Offers, Transfers: o.Transfers, Disposition: o.Disposition}
		d.Changes, err = query(ctx, tx, scanChange, selectChanges, key(id))
		return err
	})
	return d, wrap(err, "read call %s", key(id))
}
