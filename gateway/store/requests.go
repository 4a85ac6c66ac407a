package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/caller"
)

const (
	// What was said later stands, whenever it comes.
	upsertRequest = `
INSERT INTO request AS r (order_no, number_hash, kind, unit, state, words_sealed, made_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (order_no) DO UPDATE SET
    number_hash = EXCLUDED.number_hash, kind = EXCLUDED.kind, unit = EXCLUDED.unit, state = EXCLUDED.state,
    words_sealed = EXCLUDED.words_sealed, made_at = EXCLUDED.made_at, changed_at = EXCLUDED.changed_at
WHERE r.changed_at <= EXCLUDED.changed_at`

	deleteRequest = `
DELETE FROM request WHERE order_no = $1`

	selectRequests = `
SELECT order_no, kind, unit, state, words_sealed, made_at, changed_at FROM request
WHERE number_hash = $1 ORDER BY state = 'open' DESC, changed_at DESC, order_no LIMIT $2`
)

// requestWords are what people wrote in a request. They may name somebody and are kept sealed.
type requestWords struct {
	Title  string `json:"title"`
	Answer string `json:"answer,omitempty"`
	Basis  string `json:"basis,omitempty"`
}

// PutRequest keeps what another system says of a request of a number. What it said later stands already: kept is false.
func (s *Store) PutRequest(ctx context.Context, number string, r caller.Request) (kept bool, err error) {
	hash := s.numberHash(number)
	if hash == nil {
		return false, fmt.Errorf("keep request %s: no number: %w", key(r.OrderNo), ErrInvalid)
	}
	words, err := json.Marshal(requestWords{text(r.Title), text(r.Answer), text(r.Basis)})
	if err != nil {
		return false, err
	}
	done, err := s.pool.Exec(ctx, upsertRequest, key(r.OrderNo), hash, key(r.Kind), key(r.Unit), key(r.State),
		s.seal(purposeNote, string(words)), instant(r.MadeAt), instant(r.ChangedAt))
	return done.RowsAffected() > 0, wrap(err, "keep request %s", key(r.OrderNo))
}

// DeleteRequest forgets one; one that is not there is ErrNotFound.
func (s *Store) DeleteRequest(ctx context.Context, orderNo string) error {
	done, err := s.pool.Exec(ctx, deleteRequest, key(orderNo))
	if err == nil && done.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return wrap(err, "forget request %s", key(orderNo))
}

func (s *Store) scanRequest(row pgx.CollectableRow) (r caller.Request, err error) {
	var sealed string
	err = row.Scan(&r.OrderNo, &r.Kind, &r.Unit, &r.State, s.opened(purposeNote, &sealed), into(&r.MadeAt), into(&r.ChangedAt))
	if err != nil {
		return r, err
	}
	var words requestWords
	err = json.Unmarshal([]byte(sealed), &words)
	r.Title, r.Answer, r.Basis = words.Title, words.Answer, words.Basis
	return r, err
}
