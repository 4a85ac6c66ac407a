package store

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"hotline/agent"
	"hotline/gateway/call"
)

const (
	insertCallChanges = `
INSERT INTO call_change (call, seq, at, from_state, to_state, cause)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (call, seq) DO NOTHING`

	insertAgentChanges = `
INSERT INTO agent_change (id, agent, at, state, reason, call, cause)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT (id) DO NOTHING`
)

// changes are the changes of state among a batch's rows, half of all. They are only ever added, so that one statement
// may write many, for a fraction of what as many statements cost.
type changes struct {
	calls struct {
		call, from, to, cause []string
		seq                   []int
		at                    []pgtype.Timestamptz
	}
	agents struct {
		id, agent, state, reason, call, cause []string
		at                                    []pgtype.Timestamptz
	}
}

// take adds a line that is a change of state; it reports false for any other.
func (c *changes) take(l line) bool {
	switch {
	case l.Change != nil:
		c.addCall(l.Change)
	case l.Agent != nil:
		c.addAgent(l.ID, l.Agent)
	default:
		return false
	}
	return true
}

func (c *changes) addCall(r *call.Change) {
	to := &c.calls
	to.call, to.seq, to.at = append(to.call, key(r.Call)), append(to.seq, r.Seq), append(to.at, timestamp(r.At))
	to.from, to.to, to.cause = append(to.from, key(r.From)), append(to.to, key(r.To)), append(to.cause, text(r.Cause))
}

func (c *changes) addAgent(id string, r *agent.Change) {
	to := &c.agents
	to.id, to.agent, to.at = append(to.id, id), append(to.agent, key(r.Agent)), append(to.at, timestamp(r.At))
	to.state, to.reason = append(to.state, key(r.State)), append(to.reason, text(r.Reason))
	to.call, to.cause = append(to.call, key(r.Call)), append(to.cause, text(r.Cause))
}

func (c *changes) queue(b *pgx.Batch) {
	if of := &c.calls; len(of.call) > 0 {
		b.Queue(insertCallChanges, of.call, of.seq, of.at, of.from, of.to, of.cause)
	}
	if of := &c.agents; len(of.id) > 0 {
		b.Queue(insertAgentChanges, of.id, of.agent, of.at, of.state, of.reason, of.call, of.cause)
	}
}

func timestamp(t time.Time) pgtype.Timestamptz {
	value, _ := instant(t).TimestamptzValue() // never fails
	return value
}
