package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
)

const (
	selectOpenCalls = `
SELECT ` + callColumns + ` FROM call c WHERE c.ended_at IS NULL ORDER BY c.arrived_at, c.id`

	selectLegs = `
SELECT ` + legColumns + ` FROM call_leg WHERE call = ANY($1) ORDER BY created_at, id`

	selectOffers = `
SELECT ` + offerColumns + ` FROM offer WHERE call = ANY($1) ORDER BY call, n`

	selectDispositions = `
SELECT ` + dispositionColumns + ` FROM disposition WHERE call = ANY($1) ORDER BY at`

	selectLastAgentStates = `
SELECT DISTINCT ON (ch.agent) ch.agent, ch.at, ch.state, ch.reason, ch.call, ch.cause, a.name, a.phone, a.roles
FROM agent_change ch JOIN account a ON a.agent_no = ch.agent
WHERE ch.at >= $1
ORDER BY ch.agent, ch.at DESC, ch.id DESC`

	selectAgentToday = `
SELECT count(*), COALESCE(sum(EXTRACT(EPOCH FROM ended_at - talking_at)), 0)::bigint
FROM call WHERE agent = $1 AND talking_at >= $2`
)

// OpenCall is a call that had not ended when it was last recorded, with all that is known of it.
type OpenCall struct {
	Call        call.Record
	Legs        []call.LegRecord   // oldest first
	Offers      []call.OfferRecord // by N; the last one may still be open
	Transfers   []call.Transfer    // by N
	Disposition *call.Disposition  // the latest, nil when none
}

// OpenCalls returns the calls that have not ended, oldest first. Before it, Flush the journal: what an earlier run
// left in the spool is newer than the tables.
func (s *Store) OpenCalls(ctx context.Context) ([]OpenCall, error) {
	var open []OpenCall
	err := s.snapshot(ctx, func(tx pgx.Tx) error {
		calls, err := query(ctx, tx, s.scanCall, selectOpenCalls)
		if err != nil {
			return err
		}
		open = make([]OpenCall, len(calls))
		for i, c := range calls {
			open[i].Call = c
		}
		return s.fillOpenCalls(ctx, tx, open)
	})
	return open, wrap(err, "read the open calls")
}

func (s *Store) fillOpenCalls(ctx context.Context, tx pgx.Tx, open []OpenCall) error {
	ids := make([]string, len(open))
	at := make(map[call.ID]*OpenCall, len(open))
	for i := range open {
		ids[i] = string(open[i].Call.ID)
		at[open[i].Call.ID] = &open[i]
	}
	legs, err := query(ctx, tx, scanLeg, selectLegs, ids)
	if err != nil {
		return err
	}
	offers, err := query(ctx, tx, scanOffer, selectOffers, ids)
	if err != nil {
		return err
	}
	transfers, err := query(ctx, tx, s.scanTransfer, selectTransfers, ids)
	if err != nil {
		return err
	}
	dispositions, err := query(ctx, tx, s.scanDisposition, selectDispositions, ids)
	for _, l := range legs {
		at[l.Call].Legs = append(at[l.Call].Legs, l)
	}
	for _, o := range offers {
		at[o.Call].Offers = append(at[o.Call].Offers, o)
	}
	for _, t := range transfers {
		at[t.Call].Transfers = append(at[t.Call].Transfers, t)
	}
	for _, d := range dispositions {
		at[d.Call].Disposition = &d
	}
	return err
}

// LastAgentStates returns the last change since a time of every agent who has an account, by agent number.
func (s *Store) LastAgentStates(ctx context.Context, since time.Time) ([]AgentState, error) {
	states, err := query(ctx, s.pool, scanAgentState, selectLastAgentStates, since)
	for i := range states {
		states[i].Profile.No = states[i].Change.Agent
	}
	return states, wrap(err, "read the agents' last states")
}

// AgentToday returns how many calls the agent answered since dayStart, the present one included, and the seconds
// talked in those that ended.
func (s *Store) AgentToday(ctx context.Context, agentNo string, dayStart time.Time) (answered, talkSeconds int, err error) {
	err = s.pool.QueryRow(ctx, selectAgentToday, key(agentNo), dayStart).Scan(&answered, &talkSeconds)
	return answered, talkSeconds, wrap(err, "read the day of agent %s", agentNo)
}
