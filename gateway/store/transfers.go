package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/caller"
	"hotline/gateway/switchboard"
	"hotline/gateway/target"
)

const (
	upsertTransfer = `
INSERT INTO call_transfer AS t (call, n, kind, by_agent, to_kind, to_key, title, agent, sealed, routes, tried, leg, aside,
                                at, ringing_at, answered_at, handed_at, ended_at, result, why)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (call, n) DO UPDATE SET
    kind = EXCLUDED.kind, by_agent = EXCLUDED.by_agent, to_kind = EXCLUDED.to_kind, to_key = EXCLUDED.to_key,
    title = EXCLUDED.title, agent = EXCLUDED.agent, sealed = EXCLUDED.sealed, routes = EXCLUDED.routes,
    tried = EXCLUDED.tried, leg = EXCLUDED.leg, aside = EXCLUDED.aside, at = EXCLUDED.at,
    ringing_at = EXCLUDED.ringing_at, answered_at = EXCLUDED.answered_at, handed_at = EXCLUDED.handed_at,
    ended_at = EXCLUDED.ended_at, result = EXCLUDED.result, why = EXCLUDED.why
WHERE t.ended_at IS NULL OR EXCLUDED.ended_at IS NOT NULL`

	insertDeed = `
INSERT INTO audit (at, who, action, object, detail, address, journal) VALUES ($1, $2, $3, $4, $5, '', $6)
ON CONFLICT (journal) WHERE journal IS NOT NULL DO NOTHING`

	transferColumns = `call, n, kind, by_agent, to_kind, to_key, title, agent, sealed, routes, tried, leg, aside,
    at, ringing_at, answered_at, handed_at, ended_at, result, why`

	selectTransfers = `
SELECT ` + transferColumns + ` FROM call_transfer WHERE call = ANY($1) ORDER BY call, n`
)

// sealedTransfer is what a transfer says of a person: why he is handed over and, of an outside number, which it is.
type sealedTransfer struct {
	Reason string   `json:"reason,omitempty"`
	Key    string   `json:"key,omitempty"`
	Title  string   `json:"title,omitempty"`
	Routes []string `json:"routes,omitempty"`
}

// document is nil when there is nothing to seal.
func (t sealedTransfer) document() string {
	raw, _ := json.Marshal(t) // texts always can
	if string(raw) == "{}" {
		return ""
	}
	return string(raw)
}

func (s *Store) queueTransfer(b *pgx.Batch, r *call.Transfer) {
	routes := make([]string, len(r.Routes))
	for i, route := range r.Routes {
		routes[i] = key(route)
	}
	hidden, toKey, title := sealedTransfer{Reason: text(r.Reason)}, key(r.ToKey), text(r.Title)
	if target.Kind(r.ToKind) == target.Number {
		hidden.Key, hidden.Title, hidden.Routes = toKey, title, routes
		toKey, title, routes = caller.Number(toKey).String(), "", []string{}
	}
	b.Queue(upsertTransfer, key(r.Call), r.N, key(r.Kind), key(r.By), key(r.ToKind), toKey, title,
		key(r.Agent), s.seal(purposeTransfer, hidden.document()), routes, r.Tried, key(r.Leg), r.Aside, instant(r.At), instant(r.RingingAt),
		instant(r.AnsweredAt), instant(r.HandedAt), instant(r.EndedAt), key(r.Result), key(r.Why))
}

func (s *Store) scanTransfer(row pgx.CollectableRow) (r call.Transfer, err error) {
	var hidden *sealedTransfer
	err = row.Scan(&r.Call, &r.N, &r.Kind, &r.By, &r.ToKind, &r.ToKey, &r.Title, &r.Agent, documentIn(s, purposeTransfer, &hidden),
		&r.Routes, &r.Tried, &r.Leg, &r.Aside, into(&r.At), into(&r.RingingAt), into(&r.AnsweredAt), into(&r.HandedAt),
		into(&r.EndedAt), &r.Result, &r.Why)
	if hidden != nil {
		r.Reason = hidden.Reason
	}
	if hidden != nil && hidden.Key != "" {
		r.ToKey, r.Title, r.Routes = hidden.Key, hidden.Title, hidden.Routes
	}
	if len(r.Routes) == 0 {
		r.Routes = nil
	}
	return r, err
}

// queueDeed writes what a person did into the audit. One that has no id of its own has its journal line's.
func (s *Store) queueDeed(b *pgx.Batch, id string, d *switchboard.Deed) {
	detail, err := s.cleanDetail(d.Detail)
	if err != nil { // cannot be: it went through the spool as JSON
		detail = []byte("{}")
	}
	b.Queue(insertDeed, instant(d.At), key(d.Who), key(d.Action), caller.Scrub(key(d.Object)), detail, key(cmp.Or(d.ID, id)))
}

// spans are the times in which a leg was in the conversation, as a column of JSON holds them.
type spans []call.Span

type storedSpan struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to"` // null: still
}

// document is nil, which leaves the column as it is, when there are none.
func (s spans) document() []byte {
	if len(s) == 0 {
		return nil
	}
	stored := make([]storedSpan, len(s))
	for i, one := range s {
		stored[i].From = one.From.UTC().Truncate(time.Microsecond)
		if !one.To.IsZero() {
			to := one.To.UTC().Truncate(time.Microsecond)
			stored[i].To = &to
		}
	}
	raw, _ := json.Marshal(stored) // times of this age always can
	return raw
}

// Scan reads what document wrote.
func (s *spans) Scan(column any) error {
	*s = nil
	text, there := column.([]byte)
	if !there { // NULL
		return nil
	}
	var stored []storedSpan
	if err := json.Unmarshal(text, &stored); err != nil {
		return fmt.Errorf("read times: %w", err)
	}
	for _, one := range stored {
		span := call.Span{From: one.From}
		if one.To != nil {
			span.To = *one.To
		}
		*s = append(*s, span)
	}
	return nil
}

// origin is what another system said of a call, sealed; nil leaves the column as it is.
func (s *Store) origin(d *calldata.Data) []byte {
	if d == nil {
		return nil
	}
	raw, err := cleanJSON(d)
	if err != nil { // cannot be: it holds nothing but text
		return nil
	}
	return s.seal(purposeOrigin, string(raw))
}
