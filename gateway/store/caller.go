package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/switchboard"
)

const (
	// The latest thousand calls of a month are counted, out of the index alone: whoever called more often costs no more.
	selectCounts = `
WITH here AS MATERIALIZED (SELECT COALESCE((SELECT arrived_at FROM call WHERE id = $2), now()) AS at)
SELECT count(*) FILTER (WHERE arrived_at > (SELECT at FROM here) - INTERVAL '24 hours'),
       count(*) FILTER (WHERE arrived_at > (SELECT at FROM here) - INTERVAL '48 hours'),
       count(*) FILTER (WHERE arrived_at > (SELECT at FROM here) - INTERVAL '7 days'),
       count(*)
FROM (
    SELECT arrived_at FROM call
    WHERE number_hash = $1 AND arrived_at > (SELECT at FROM here) - INTERVAL '30 days' AND arrived_at <= (SELECT at FROM here)
      AND direction = 'inbound' AND id <> $2
    ORDER BY arrived_at DESC LIMIT $3) recent`

	selectTags = `
SELECT tag FROM caller_tag WHERE number_hash = $1 AND is_on`

	// A change that comes late, or twice, never undoes a later one.
	upsertTag = `
INSERT INTO caller_tag AS t (number_hash, tag, is_on, set_by, set_at, call)
SELECT number_hash, $2, $3, $4, $5, id FROM call WHERE id = $1 AND number_hash IS NOT NULL
ON CONFLICT (number_hash, tag) DO UPDATE SET
    is_on = EXCLUDED.is_on, set_by = EXCLUDED.set_by, set_at = EXCLUDED.set_at, call = EXCLUDED.call
WHERE t.set_at <= EXCLUDED.set_at`
)

// Caller returns what is known of a number from before the call named, with at most limit of its calls, the latest
// first, and implements switchboard.History. Of a withheld number (empty) nothing is known. It asks PostgreSQL once and
// takes at most 0.8 s.
func (s *Store) Caller(ctx context.Context, number string, before call.ID, limit int) (switchboard.Known, error) {
	var known switchboard.Known
	if number == "" || limit <= 0 {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	hash, id, p := s.numberHash(number), key(before), &known.Profile
	var asked pgx.Batch
	into := func(calls []switchboard.EarlierCall) { known.Calls = calls }
	asked.Queue(selectEarlierCalls, hash, id, min(limit, maxCalls)).Query(collect(s.scanEarlierCall, into))
	asked.Queue(selectCounts, hash, id, caller.MostCounted).Query(func(rows pgx.Rows) error {
		_, err := pgx.CollectOneRow(rows, func(row pgx.CollectableRow) (_ struct{}, err error) {
			return struct{}{}, row.Scan(&p.Counts.Hours24, &p.Counts.Hours48, &p.Counts.Days7, &p.Counts.Days30)
		})
		return err
	})
	asked.Queue(selectTags, hash).Query(collect(pgx.RowTo[caller.Tag], func(tags []caller.Tag) {
		for _, t := range tags {
			p.Tags = caller.With(p.Tags, t, true)
		}
	}))
	asked.Queue(selectRequests, hash, caller.MostRequests).Query(collect(s.scanRequest, func(r []caller.Request) { p.Requests = r }))
	err := s.pool.SendBatch(ctx, &asked).Close()
	if err != nil {
		known = switchboard.Known{}
	}
	return known, wrap(err, "read what is known of the caller of %s", id)
}

// collect hands over the rows of one query of a batch.
func collect[T any](scan pgx.RowToFunc[T], into func([]T)) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, scan)
		if err == nil && len(all) > 0 {
			into(all)
		}
		return err
	}
}

// SetTag tags the caller of a call, or takes the tag away. A call without a number is ErrNotFound.
func (s *Store) SetTag(ctx context.Context, id call.ID, tag caller.Tag, on bool, who string) error {
	done, err := s.pool.Exec(ctx, upsertTag, key(id), key(tag), on, key(who), time.Now())
	if err == nil && done.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return wrap(err, "tag the caller of %s", key(id))
}

func queueTag(b *pgx.Batch, t *switchboard.TagChange) {
	b.Queue(upsertTag, key(t.Call), key(t.Tag), t.On, key(t.By), instant(t.At))
}
