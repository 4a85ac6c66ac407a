package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/figures"
)

const (
	// A report is read a day at a time: each statement stays short, and one that is given up stops soon.
	figuresAtOnce = 24 * time.Hour

	prepareFigures = `SET LOCAL jit = off; SET LOCAL statement_timeout = '60s'`

	// Raw facts only. What they mean is figures.Settings.Judge's to say. Hold is what left it minus what entered it;
	// a wrap-up lasts until the agent's next change.
	selectFigureCalls = `
SELECT c.id, c.number_sealed, c.line, c.queue, c.agent,
       c.arrived_at, c.queued_at, c.overflowed_at, c.talking_at, c.released_at, c.ended_at,
       c.result, c.refused, c.lost_why, c.rating, f.failed, h.hold, w.wrap, p.arrived_at
FROM call c
LEFT JOIN LATERAL (
    SELECT count(*) AS failed FROM offer
    WHERE call = c.id AND outcome IN ('no_answer', 'refused', 'unreachable')
) f ON TRUE
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN to_state = 'held' THEN c.arrived_at - at ELSE at - c.arrived_at END) AS hold
    FROM call_change
    WHERE c.ended_at IS NOT NULL AND call = c.id AND (from_state = 'held' OR to_state = 'held')
) h ON TRUE
LEFT JOIN LATERAL (
    SELECT sum(n.at - u.at) AS wrap
    FROM agent_change u
    CROSS JOIN LATERAL (
        SELECT at FROM agent_change WHERE agent = u.agent AND (at, id) > (u.at, u.id) ORDER BY at, id LIMIT 1
    ) n
    WHERE c.talking_at IS NOT NULL AND u.call = c.id AND u.call <> '' AND u.state = 'wrap_up'
) w ON TRUE
LEFT JOIN LATERAL (
    SELECT arrived_at FROM call
    WHERE number_hash = c.number_hash AND direction = 'inbound' AND arrived_at <= c.arrived_at AND (arrived_at, id) < (c.arrived_at, c.id)
    ORDER BY arrived_at DESC LIMIT 1
) p ON TRUE
WHERE c.arrived_at >= $1 AND c.arrived_at < $2 AND c.direction = 'inbound' AND ($3 = '' OR c.line = $3) AND ($4 = '' OR c.queue = $4)
ORDER BY c.arrived_at, c.id`

	// The states that agents were in as a period began, and their changes within it.
	selectStays = `
WITH RECURSIVE agents AS (
    SELECT min(agent) AS agent FROM agent_change
    UNION ALL
    SELECT (SELECT min(agent) FROM agent_change WHERE agent > a.agent) FROM agents a WHERE a.agent IS NOT NULL
), changes AS (
    SELECT b.agent, b.at, b.id, b.state, b.call
    FROM agents a
    CROSS JOIN LATERAL (
        SELECT agent, at, id, state, call FROM agent_change
        WHERE agent = a.agent AND at < $1 ORDER BY at DESC, id DESC LIMIT 1
    ) b
    UNION ALL
    SELECT agent, at, id, state, call FROM agent_change WHERE at >= $1 AND at < $2
)
SELECT agent, state, call, GREATEST(at, $1), COALESCE(lead(at) OVER (PARTITION BY agent ORDER BY at, id), $2)
FROM changes`
)

// FigureCalls reads the calls that arrived from q.From until q.To, of one line or queue if q names one, in order of
// arrival, also those that go on (no result).
func (s *Store) FigureCalls(ctx context.Context, q figures.Query, each func(figures.Call)) error {
	err := s.byDay(ctx, q.From, q.To, func(tx pgx.Tx, from, to time.Time) error {
		rows, err := tx.Query(ctx, selectFigureCalls, from, to, key(q.Line), key(q.Queue))
		if err != nil {
			return err
		}
		var c figures.Call
		var hold, wrapUp *time.Duration
		_, err = pgx.ForEachRow(rows, []any{
			&c.ID, s.opened(purposeNumber, &c.Number), &c.Line, &c.Queue, &c.Agent, into(&c.ArrivedAt), into(&c.QueuedAt), into(&c.OverflowedAt),
			into(&c.TalkingAt), into(&c.ReleasedAt), into(&c.EndedAt), &c.Result, &c.Refused, &c.LostWhy, &c.Rating, &c.FailedOffers, &hold,
			&wrapUp, into(&c.LastAt),
		}, func() error {
			c.Hold, c.Wrap = length(hold), length(wrapUp)
			each(c)
			return nil
		})
		return err
	})
	return wrap(err, "read the calls of a report")
}

// FigureStays reads what agents did from one instant to another. A state that lasts counts until to, which should
// not be later than now.
func (s *Store) FigureStays(ctx context.Context, from, to time.Time, each func(figures.Stay)) error {
	err := s.byDay(ctx, from, to, func(tx pgx.Tx, from, to time.Time) error {
		rows, err := tx.Query(ctx, selectStays, from, to)
		if err != nil {
			return err
		}
		var stay figures.Stay
		_, err = pgx.ForEachRow(rows, []any{&stay.Agent, &stay.State, &stay.Call, into(&stay.From), into(&stay.To)}, func() error {
			each(stay)
			return nil
		})
		return err
	})
	return wrap(err, "read the agents' time of a report")
}

// byDay reads a period a day at a time, all of it as it is at one instant.
func (s *Store) byDay(ctx context.Context, from, to time.Time, read func(tx pgx.Tx, from, to time.Time) error) error {
	return s.snapshot(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, prepareFigures); err != nil {
			return err
		}
		for from.Before(to) {
			next := from.Add(figuresAtOnce)
			if next.After(to) {
				next = to
			}
			if err := read(tx, from, next); err != nil {
				return err
			}
			from = next
		}
		return nil
	})
}

// length is a sum of times, zero where there was nothing to add.
func length(d *time.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return max(0, *d)
}
