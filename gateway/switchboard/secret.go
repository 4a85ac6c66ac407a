package switchboard

import (
	"time"

	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/caller"
)

// SecretArgs are the arguments of call.secret.
type SecretArgs struct {
	On bool `json:"on"`
}

// cmdSecret hides who calls from everybody, as he asked for; the agent who did it too. It leaves a trace.
func (s *Switchboard) cmdSecret(now time.Time, seat *seat, c Command) error {
	args, err := arguments[SecretArgs](c)
	if err != nil {
		return err
	}
	if seat.call == nil || seat.call.ID() != c.Call {
		return &Error{CodeNoSuchCall, "this call is not at your desk", false}
	}
	l := seat.call
	if l.Record().Secret != args.On {
		l.SetSecret(args.On)
		record := l.Record()
		s.cfg.Journal.Append(Entry{Call: &record})
		s.deed(now, seat, CmdSecret, string(l.ID()), map[string]any{"on": args.On})
	}
	for _, other := range s.seats { // whoever was brought in, too
		if other.call == l {
			s.cfg.Audience.Event(other.agent.No, KindSaved, s.desk(other))
		}
	}
	return nil
}

// shownNumber is the number as consoles may show it.
func shownNumber(r call.Record) string {
	if r.Secret {
		return caller.Hidden
	}
	return r.Number
}

// shownData is the same of what another hotline said.
func shownData(r call.Record) *calldata.Data {
	if r.CameFrom == nil || !r.Secret {
		return r.CameFrom
	}
	hidden := r.CameFrom.Hidden()
	return &hidden
}
