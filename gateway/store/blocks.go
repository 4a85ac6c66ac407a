package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/oklog/ulid/v2"

	"hotline/gateway/blocklist"
)

// Errors of the block list beside the store's own.
var (
	ErrSamePerson  = errors.New("who proposed an entry cannot approve it")
	ErrTrusted     = errors.New("this number cannot be blocked")
	ErrNotEvidence = errors.New("a call of the evidence is not of this number")
)

const (
	// loadAtOnce is how many entries one question for all of them returns.
	loadAtOnce = 50_000

	maxBlocks = 500

	selectBlocked = `
SELECT id, number_hash, line, until FROM block_entry
WHERE state = 'approved' AND until > $1 AND id > $2 ORDER BY id LIMIT $3`

	blockColumns = `b.id, b.number_hash, b.number_sealed, b.line, b.reason_sealed, b.calls, b.days, b.state, b.proposed_by, b.proposed_at,
    b.decided_by, b.decided_at, b.decided_note_sealed, b.until, b.lifted_by, b.lifted_at, b.lifted_note_sealed`

	selectBlocks = `
SELECT ` + blockColumns + `, h.phone, h.online, h.last FROM block_entry b
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE channel = 'phone') AS phone, count(*) FILTER (WHERE channel <> 'phone') AS online, max(at) AS last
    FROM block_hit WHERE entry = b.id
) h
WHERE CASE $1
    WHEN 'proposed' THEN b.state = 'proposed'
    WHEN 'approved' THEN b.state = 'approved' AND b.until > $2
    WHEN 'review' THEN b.state = 'approved' AND b.until > $2 AND b.until < $3
    ELSE b.state IN ('rejected', 'lifted') OR b.state = 'approved' AND b.until <= $2
END
ORDER BY CASE WHEN $1 = 'review' THEN b.until END, b.proposed_at DESC, b.id DESC LIMIT $4`

	selectBlock = `
SELECT ` + blockColumns + `, 0::bigint, 0::bigint, NULL::timestamptz FROM block_entry b WHERE b.id = $1`

	selectBlockSource = `
SELECT number_hash, number_sealed FROM call WHERE $1 <> '' AND id = $1 AND number_hash IS NOT NULL
UNION ALL (SELECT number_hash, number_sealed FROM call WHERE number_hash = $2 LIMIT 1)
UNION ALL SELECT number_hash, number_sealed FROM block_entry WHERE $3 <> '' AND id = $3
LIMIT 1`

	countEvidence = `
SELECT count(*) FROM call WHERE id = ANY($1) AND number_hash = $2`

	insertBlock = `
INSERT INTO block_entry (id, number_hash, number_sealed, line, reason_sealed, calls, days, state, proposed_by, proposed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9)`

	replaceBlock = `
UPDATE block_entry b SET state = 'lifted', lifted_by = $2, lifted_at = $3
FROM block_entry n WHERE n.id = $1 AND b.id <> n.id AND b.state = 'approved' AND b.number_hash = n.number_hash AND b.line = n.line
RETURNING b.id`

	approveBlock = `
UPDATE block_entry SET state = 'approved', decided_by = $2, decided_at = $3::timestamptz, decided_note_sealed = $4, until = $3::timestamptz + days * interval '1 day'
WHERE id = $1 AND state = 'proposed'`

	rejectBlock = `
UPDATE block_entry SET state = 'rejected', decided_by = $2, decided_at = $3, decided_note_sealed = $4
WHERE id = $1 AND state = 'proposed'`

	withdrawBlock = `
UPDATE block_entry SET state = 'rejected', decided_at = $2, decided_note_sealed = $3 WHERE id = $1 AND state = 'proposed'`

	liftBlock = `
UPDATE block_entry SET state = 'lifted', lifted_by = $2, lifted_at = $3, lifted_note_sealed = $4
WHERE id = $1 AND state = 'approved'`

	insertHit = `
INSERT INTO block_hit (id, entry, channel, call, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO NOTHING`

	closeBlockedCallbacks = `
UPDATE callback t SET state = 'closed', outcome = 'blocked', closed_at = $1, closed_by = 'system', closed_reason = 'block list: ' || b.id
FROM block_entry b
WHERE t.state = 'open' AND b.state = 'approved' AND b.until > $1 AND b.number_hash = t.number_hash
  AND (b.line = '' OR b.line = t.dnis) AND NOT t.number_hash = ANY($2)`
)

// Block is one entry of the block list with what it did.
type Block struct {
	ID         string
	Key        string // hexadecimal hash of the number
	Number     string
	Line       string // dialled number, empty: all
	Reason     string
	Calls      []string // the evidence
	Days       int
	State      blocklist.State
	ProposedBy string
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Decision   string // what he said
	Until      time.Time
	LiftedBy   string
	LiftedAt   time.Time
	LiftedWhy  string
	ByPhone    int // calls that were kept out
	Online     int // times that another channel kept him out
	LastHit    time.Time
}

// Entry is the block as it is looked up; ok is false for one that blocks nobody.
func (b Block) Entry() (e blocklist.Entry, ok bool) {
	raw, _ := hex.DecodeString(b.Key)
	hash, ok := blocklist.HashOf(raw)
	return blocklist.Entry{ID: b.ID, Number: hash, Line: b.Line, Until: b.Until}, ok && b.State == blocklist.Approved
}

// BlockProposal is what somebody wants on the list. Exactly one of Call, Key and Entry says whom.
type BlockProposal struct {
	Call   string // of the caller
	Key    string // of his number
	Entry  string // to be renewed
	Line   string
	Reason string
	Calls  []string
	Days   int
	Who    string
	Trusts func(number string) bool // such cannot be blocked
}

func (s *Store) scanBlock(row pgx.CollectableRow) (b Block, err error) {
	var hash []byte
	err = row.Scan(&b.ID, &hash, s.opened(purposeNumber, &b.Number), &b.Line, s.opened(purposeNote, &b.Reason), &b.Calls, &b.Days, &b.State,
		&b.ProposedBy, into(&b.ProposedAt), &b.DecidedBy, into(&b.DecidedAt), s.opened(purposeNote, &b.Decision), into(&b.Until),
		&b.LiftedBy, into(&b.LiftedAt), s.opened(purposeNote, &b.LiftedWhy), &b.ByPhone, &b.Online, into(&b.LastHit))
	b.Key = hex.EncodeToString(hash)
	return b, err
}

// Blocked reads every entry that blocks somebody at now.
func (s *Store) Blocked(ctx context.Context, now time.Time) (*blocklist.List, error) {
	list, after := blocklist.New(0), ""
	for {
		entries, err := query(ctx, s.pool, scanBlocked, selectBlocked, now, after, loadAtOnce)
		if err != nil {
			return nil, wrap(err, "read the block list")
		}
		for _, e := range entries {
			list.Put(e)
			after = e.ID
		}
		if len(entries) < loadAtOnce {
			return list, nil
		}
	}
}

func scanBlocked(row pgx.CollectableRow) (e blocklist.Entry, err error) {
	var hash []byte
	err = row.Scan(&e.ID, &hash, &e.Line, into(&e.Until))
	e.Number, _ = blocklist.HashOf(hash)
	return e, err
}

// Blocks returns entries, at most 500: those "proposed", "approved", up for "review" before an instant, or "over".
func (s *Store) Blocks(ctx context.Context, which string, now, reviewUntil time.Time) ([]Block, error) {
	list, err := query(ctx, s.pool, s.scanBlock, selectBlocks, which, now, reviewUntil, maxBlocks)
	return list, wrap(err, "list the block list")
}

// Block returns one entry, or ErrNotFound.
func (s *Store) Block(ctx context.Context, id string) (Block, error) {
	return s.block(ctx, s.pool, id)
}

func (s *Store) block(ctx context.Context, db querier, id string) (Block, error) {
	list, err := query(ctx, db, s.scanBlock, selectBlock, key(id))
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Block{}, wrap(err, "read entry %s of the block list", key(id))
	}
	return list[0], nil
}

// ProposeBlock keeps a proposal. One that waits already for the same number and line is ErrExists.
func (s *Store) ProposeBlock(ctx context.Context, p BlockProposal) (b Block, err error) {
	var hash []byte
	if p.Key != "" {
		if hash, err = keyHash(p.Key); err != nil {
			return b, err
		}
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var number string
		var sealed []byte
		if err := tx.QueryRow(ctx, selectBlockSource, key(p.Call), hash, key(p.Entry)).Scan(&hash, &sealed); err != nil {
			return err
		}
		if err := s.opened(purposeNumber, &number).ScanBytes(sealed); err != nil {
			return err
		}
		if p.Trusts(number) {
			return ErrTrusted
		}
		calls := slices.Compact(slices.Sorted(slices.Values(p.Calls)))
		var theirs int
		if err := tx.QueryRow(ctx, countEvidence, calls, hash).Scan(&theirs); err != nil {
			return err
		}
		if theirs != len(calls) {
			return ErrNotEvidence
		}
		id := ulid.Make().String()
		if _, err := tx.Exec(ctx, insertBlock, id, hash, s.seal(purposeNumber, number), key(p.Line), s.seal(purposeNote, text(p.Reason)),
			calls, p.Days, key(p.Who), time.Now()); err != nil {
			return err
		}
		b, err = s.block(ctx, tx, id)
		return err
	})
	return b, wrapBlock(err, "propose to block a number")
}

// DecideBlock approves or rejects a proposal; who made it may reject it alone, which withdraws it. replaced is the entry
// that an approved one takes the place of. One that is decided already is ErrExists.
func (s *Store) DecideBlock(ctx context.Context, id, who string, approve bool, note string, trusts func(string) bool) (b Block, replaced string, err error) {
	now := time.Now()
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		before, err := s.block(ctx, tx, id)
		if err != nil {
			return err
		}
		sql, args := rejectBlock, []any{key(id), key(who), now, s.seal(purposeNote, text(note))}
		switch {
		case before.State != blocklist.Proposed:
			return ErrExists
		case approve && before.ProposedBy == who:
			return ErrSamePerson
		case approve && trusts(before.Number):
			return ErrTrusted
		case approve:
			sql = approveBlock
			err := tx.QueryRow(ctx, replaceBlock, key(id), key(who), now).Scan(&replaced)
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
		case before.ProposedBy == who:
			sql, args = withdrawBlock, []any{key(id), now, s.seal(purposeNote, text(note))}
		}
		done, err := tx.Exec(ctx, sql, args...)
		if err == nil && done.RowsAffected() == 0 {
			return ErrExists
		}
		if err != nil {
			return err
		}
		b, err = s.block(ctx, tx, id)
		return err
	})
	return b, replaced, wrapBlock(err, "decide on entry %s of the block list", key(id))
}

// LiftBlock ends an entry before its time. One that is over already is ErrExists.
func (s *Store) LiftBlock(ctx context.Context, id, who, note string) (Block, error) {
	done, err := s.pool.Exec(ctx, liftBlock, key(id), key(who), time.Now(), s.seal(purposeNote, text(note)))
	if err != nil {
		return Block{}, wrap(err, "lift entry %s of the block list", key(id))
	}
	b, err := s.Block(ctx, id)
	if err == nil && done.RowsAffected() == 0 {
		err = fmt.Errorf("lift entry %s of the block list: %w", key(id), ErrExists)
	}
	return b, err
}

func wrapBlock(err error, format string, args ...any) error {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "23505": // a proposal or an approval in the same moment
		return fmt.Errorf(format+": %w", append(args, ErrExists)...)
	case errors.Is(err, ErrSamePerson), errors.Is(err, ErrTrusted), errors.Is(err, ErrNotEvidence), errors.Is(err, ErrExists), errors.Is(err, ErrNotFound):
		return fmt.Errorf(format+": %w", append(args, err)...)
	}
	return wrap(err, format, args...)
}

func queueHit(b *pgx.Batch, h *blocklist.Hit) {
	b.Queue(insertHit, key(h.ID), key(h.Entry), key(h.Channel), key(h.Call), instant(h.At))
}
