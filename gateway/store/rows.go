package store

import (
	"github.com/jackc/pgx/v5"

	"hotline/agent"
	"hotline/gateway/call"
)

// The columns of each table in the order its scan function reads them.
const (
	callColumns = `c.id, c.number_sealed, c.dnis, c.line, c.queue, c.unknown_no, c.recorded, c.state, c.version,
    c.arrived_at, c.answered_at, c.queued_at, c.talking_at, c.ended_at, c.agent, c.result, c.ended_by, c.recording,
    c.released_at, c.overflowed_at, c.overflow_to, c.callback_sealed, c.priority, c.rating, c.refused, c.lost_why,
    c.direction, c.callback_id, c.reach, c.came_from_sealed, c.language, c.secret, c.pauses`
	legColumns         = `call, id, role, agent, created_at, up_at, gone_at, cause, together`
	changeColumns      = `call, seq, at, from_state, to_state, cause`
	offerColumns       = `call, n, agent, at, ended_at, outcome, reason`
	dispositionColumns = `call, agent, kind, note_sealed, at`
)

func (s *Store) callTargets(r *call.Record) []any {
	return []any{&r.ID, s.opened(purposeNumber, &r.Number), &r.DNIS, &r.Line, &r.Queue, &r.UnknownNo, &r.Recorded, &r.State, &r.Version,
		into(&r.ArrivedAt), into(&r.AnsweredAt), into(&r.QueuedAt), into(&r.TalkingAt), into(&r.EndedAt),
		&r.Agent, &r.Result, &r.EndedBy, &r.Recording,
		into(&r.ReleasedAt), into(&r.OverflowedAt), &r.OverflowTo, s.opened(purposeNumber, &r.Callback), &r.Priority, &r.Rating, &r.Refused, &r.LostWhy,
		&r.Direction, &r.CallbackID, &r.Reach, documentIn(s, purposeOrigin, &r.CameFrom), &r.Language, &r.Secret, (*spans)(&r.Pauses)}
}

func (s *Store) scanCall(row pgx.CollectableRow) (r call.Record, err error) {
	return r, row.Scan(s.callTargets(&r)...)
}

func scanLeg(row pgx.CollectableRow) (r call.LegRecord, err error) {
	return r, row.Scan(&r.Call, &r.ID, &r.Role, &r.Agent, into(&r.CreatedAt), into(&r.UpAt), into(&r.GoneAt), &r.Cause,
		(*spans)(&r.Together))
}

func scanChange(row pgx.CollectableRow) (r call.Change, err error) {
	return r, row.Scan(&r.Call, &r.Seq, into(&r.At), &r.From, &r.To, &r.Cause)
}

func scanOffer(row pgx.CollectableRow) (r call.OfferRecord, err error) {
	return r, row.Scan(&r.Call, &r.N, &r.Agent, into(&r.At), into(&r.EndedAt), &r.Outcome, &r.Reason)
}

func (s *Store) scanDisposition(row pgx.CollectableRow) (r call.Disposition, err error) {
	return r, row.Scan(&r.Call, &r.Agent, &r.Kind, s.opened(purposeNote, &r.Note), into(&r.At))
}

func scanAgentState(row pgx.CollectableRow) (a AgentState, err error) {
	c, p := &a.Change, &a.Profile
	return a, row.Scan(&c.Agent, into(&c.At), &c.State, &c.Reason, &c.Call, &c.Cause, &p.Name, &p.Phone, &p.Roles)
}

// AgentState is an agent's last known state and who he is.
type AgentState struct {
	Change  agent.Change
	Profile agent.Profile
}
