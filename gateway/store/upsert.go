package store

import (
	"cmp"
	"context"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
)

// Every statement of the journal may be repeated, and may come late: a call never goes back to an older version,
// and a leg or offer never loses an end it had.
const (
	upsertCall = `
INSERT INTO call AS c (id, number_sealed, dnis, line, queue, unknown_no, recorded, state, version, arrived_at, answered_at,
                       queued_at, talking_at, ended_at, agent, result, ended_by, recording, released_at,
                       overflowed_at, overflow_to, callback_sealed, priority, rating, refused, lost_why, direction, callback_id, reach,
                       came_from_sealed, language, number_hash, secret, pauses)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34)
ON CONFLICT (id) DO UPDATE SET
    number_hash = EXCLUDED.number_hash, number_sealed = EXCLUDED.number_sealed, dnis = EXCLUDED.dnis, line = EXCLUDED.line, queue = EXCLUDED.queue,
    unknown_no = EXCLUDED.unknown_no, recorded = EXCLUDED.recorded, state = EXCLUDED.state,
    version = EXCLUDED.version, arrived_at = EXCLUDED.arrived_at, answered_at = EXCLUDED.answered_at,
    queued_at = EXCLUDED.queued_at, talking_at = EXCLUDED.talking_at, ended_at = EXCLUDED.ended_at,
    agent = EXCLUDED.agent, result = EXCLUDED.result, ended_by = EXCLUDED.ended_by, recording = EXCLUDED.recording,
    released_at = EXCLUDED.released_at, overflowed_at = EXCLUDED.overflowed_at, overflow_to = EXCLUDED.overflow_to,
    callback_sealed = EXCLUDED.callback_sealed, priority = EXCLUDED.priority, rating = EXCLUDED.rating,
    refused = EXCLUDED.refused, lost_why = EXCLUDED.lost_why,
    direction = EXCLUDED.direction, callback_id = EXCLUDED.callback_id, reach = EXCLUDED.reach,
    came_from_sealed = COALESCE(EXCLUDED.came_from_sealed, c.came_from_sealed), language = EXCLUDED.language, secret = EXCLUDED.secret,
    pauses = COALESCE(EXCLUDED.pauses, c.pauses)
WHERE c.version <= EXCLUDED.version`

	upsertLeg = `
INSERT INTO call_leg AS l (call, id, role, agent, created_at, up_at, gone_at, cause, together)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (call, id) DO UPDATE SET
    role = EXCLUDED.role, agent = EXCLUDED.agent, created_at = COALESCE(EXCLUDED.created_at, l.created_at),
    up_at = COALESCE(EXCLUDED.up_at, l.up_at), gone_at = COALESCE(EXCLUDED.gone_at, l.gone_at),
    cause = CASE WHEN EXCLUDED.gone_at IS NULL THEN l.cause ELSE EXCLUDED.cause END,
    together = COALESCE(EXCLUDED.together, l.together)`

	upsertOffer = `
INSERT INTO offer AS o (call, n, agent, at, ended_at, outcome, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (call, n) DO UPDATE SET
    agent = EXCLUDED.agent, at = EXCLUDED.at, ended_at = EXCLUDED.ended_at,
    outcome = EXCLUDED.outcome, reason = EXCLUDED.reason
WHERE o.ended_at IS NULL OR EXCLUDED.ended_at IS NOT NULL`

	upsertDisposition = `
INSERT INTO disposition AS d (call, agent, kind, note_sealed, at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (call, agent) DO UPDATE SET kind = EXCLUDED.kind, note_sealed = EXCLUDED.note_sealed, at = EXCLUDED.at
WHERE d.at IS NULL OR d.at <= EXCLUDED.at`
)

// writeRows writes rows in one transaction: all of them or none.
func (s *Store) writeRows(ctx context.Context, rows []parsed) error {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	var batch pgx.Batch
	var changes changes
	for _, row := range rows {
		if !changes.take(row.line) {
			s.queue(&batch, row.line)
		}
	}
	changes.queue(&batch)
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &batch).Close() })
	return s.note(wrap(err, "write %d journal entries", len(rows)))
}

func (s *Store) queue(b *pgx.Batch, l line) {
	switch {
	case l.Call != nil:
		s.queueCall(b, l.Call)
	case l.Leg != nil:
		queueLeg(b, l.Leg)
	case l.Offer != nil:
		queueOffer(b, l.Offer)
	case l.Disposition != nil:
		s.queueDisposition(b, l.Disposition)
	case l.Transfer != nil:
		s.queueTransfer(b, l.Transfer)
	case l.Deed != nil:
		s.queueDeed(b, l.ID, l.Deed)
	case l.Abuse != nil:
		s.queueAbuse(b, l.Abuse)
	case l.Hit != nil:
		queueHit(b, l.Hit)
	}
}

func (s *Store) queueCall(b *pgx.Batch, r *call.Record) {
	b.Queue(upsertCall, key(r.ID), s.seal(purposeNumber, key(r.Number)), key(r.DNIS), key(r.Line), key(r.Queue), r.UnknownNo, r.Recorded,
		key(r.State), r.Version, instant(r.ArrivedAt), instant(r.AnsweredAt), instant(r.QueuedAt),
		instant(r.TalkingAt), instant(r.EndedAt), key(r.Agent), key(r.Result), key(r.EndedBy), text(r.Recording),
		instant(r.ReleasedAt), instant(r.OverflowedAt), key(r.OverflowTo), s.seal(purposeNumber, key(r.Callback)), key(r.Priority), r.Rating,
		r.Refused, key(r.LostWhy), key(cmp.Or(r.Direction, call.Inbound)), key(r.CallbackID), key(r.Reach),
		s.origin(r.CameFrom), key(r.Language), s.numberHash(r.Number), r.Secret, spans(r.Pauses).document())
}

func queueLeg(b *pgx.Batch, r *call.LegRecord) {
	b.Queue(upsertLeg, key(r.Call), key(r.ID), key(r.Role), key(r.Agent),
		instant(r.CreatedAt), instant(r.UpAt), instant(r.GoneAt), r.Cause, spans(r.Together).document())
}

func queueOffer(b *pgx.Batch, r *call.OfferRecord) {
	b.Queue(upsertOffer, key(r.Call), r.N, key(r.Agent), instant(r.At), instant(r.EndedAt), key(r.Outcome), text(r.Reason))
}

func (s *Store) queueDisposition(b *pgx.Batch, r *call.Disposition) {
	b.Queue(upsertDisposition, key(r.Call), key(r.Agent), key(r.Kind), s.seal(purposeNote, text(r.Note)), instant(r.At))
}
