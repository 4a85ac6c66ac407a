package switchboard

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"hotline/gateway/abuse"
	"hotline/gateway/call"
	"hotline/ivr"
)

// mostAbuse bounds what is noted of one call.
const mostAbuse = 50

// abuseAt is the call at the agent's desk in which he talks or talked; what he notes of it is not too late when the call
// has moved on.
func abuseAt(seat *seat, c Command) (*live, error) {
	switch {
	case seat.call == nil || seat.call.ID() != c.Call:
		return nil, &Error{CodeNoSuchCall, "this call is not at your desk", false}
	case seat.call.Record().TalkingAt.IsZero():
		return nil, &Error{CodeWrongState, "nobody talked in this call yet", false}
	case len(seat.call.abuse) >= mostAbuse:
		return nil, &Error{CodeTooMany, "so much is noted of this call that no more is kept", false}
	}
	return seat.call, nil
}

// noted keeps an entry and shows it.
func (s *Switchboard) noted(now time.Time, seat *seat, l *live, e abuse.Entry, action string) {
	i := slices.IndexFunc(l.abuse, func(old abuse.Entry) bool { return old.ID == e.ID })
	if i < 0 {
		l.abuse = append(l.abuse, e)
		s.cfg.Meter.Abuse(e.Act, e.Kind)
	} else {
		l.abuse[i] = e
	}
	s.cfg.Journal.Append(Entry{Abuse: &e})
	s.deed(now, seat, "abuse."+action, string(l.ID()), map[string]any{"kind": string(e.Kind), "act": string(e.Act)})
	s.cfg.Audience.Event(seat.agent.No, KindSaved, s.desk(seat))
}

func (s *Switchboard) newEntry(now time.Time, seat *seat, l *live, act abuse.Act) abuse.Entry {
	return abuse.Entry{ID: newID(), Call: string(l.ID()), Agent: seat.agent.No, Act: act, At: now}
}

// cmdMark marks the call as abusive, changes the note of such a mark, or takes one back that was a slip.
func (s *Switchboard) cmdMark(now time.Time, seat *seat, c Command) error {
	args, err := arguments[MarkArgs](c)
	if err != nil {
		return err
	}
	if !args.Kind.Known() || utf8.RuneCountInString(args.Note) > abuse.MaxNote {
		return bad("a mark needs one of the kinds and a note of at most 500 characters")
	}
	l, err := abuseAt(seat, c)
	if err != nil {
		return err
	}
	e, marked := l.marked(args.Kind)
	switch {
	case args.Off && !marked:
		return nil
	case args.Off:
		e.Withdrawn = true
		s.noted(now, seat, l, e, "unmark")
		return nil
	case !marked:
		e = s.newEntry(now, seat, l, abuse.Marked)
		e.Kind = args.Kind
	}
	e.Note = args.Note
	s.noted(now, seat, l, e, "mark")
	s.countMarked(l)
	return nil
}

// marked is the mark of a kind that the call has.
func (l *live) marked(kind abuse.Kind) (abuse.Entry, bool) {
	for _, e := range l.abuse {
		if e.Act == abuse.Marked && e.Kind == kind && !e.Withdrawn {
			return e, true
		}
	}
	return abuse.Entry{}, false
}

// cmdWarn warns the caller by a prompt, or notes that the agent did.
func (s *Switchboard) cmdWarn(now time.Time, seat *seat, c Command) error {
	args, err := arguments[WarnArgs](c)
	if err != nil {
		return err
	}
	if _, err := s.ownCall(seat, Command{Call: c.Call}); err != nil {
		return err
	}
	l, err := abuseAt(seat, c)
	switch {
	case err != nil:
		return err
	case !talks(l):
		return &Error{CodeWrongState, "who is not in the call cannot be warned", false}
	case args.Played:
		if err := s.step(now, l, call.Event{Kind: call.Say, Media: []string{ivr.WarnAbuse}}); err != nil {
			return err
		}
		s.noted(now, seat, l, s.newEntry(now, seat, l, abuse.Played), "warn")
		return nil
	}
	s.noted(now, seat, l, s.newEntry(now, seat, l, abuse.Said), "warn")
	return nil
}

// warningLost takes a warning back that could not be played: it counts for nothing.
func (s *Switchboard) warningLost(now time.Time, l *live, cmd call.Command) {
	if cmd.Verb != call.Announce || !slices.Equal(cmd.Media, []string{ivr.WarnAbuse}) {
		return
	}
	for i, e := range slices.Backward(l.abuse) {
		if seat := s.seats[e.Agent]; e.Act == abuse.Played && !e.Withdrawn && seat != nil {
			e = l.abuse[i]
			e.Withdrawn = true
			s.noted(now, seat, l, e, "warning_lost")
			return
		}
	}
}

// cmdLoggedHangUp ends an abusive call where the policy allows it: 记录后挂断.
func (s *Switchboard) cmdLoggedHangUp(now time.Time, seat *seat, c Command) error {
	args, err := arguments[LoggedHangUpArgs](c)
	if err != nil {
		return err
	}
	l, err := s.ownCall(seat, Command{Name: c.Name, Call: c.Call})
	if err != nil {
		return err
	}
	if !s.set.Policies.Abuse.HangUp {
		return &Error{CodeForbidden, abuse.ErrNotAllowed.Error(), false}
	}
	if err := s.set.Policies.Abuse.Rule().Check(now, l.Record().TalkingAt, l.abuse, args.Kind, args.Note); err != nil {
		return refusedHangUp(err)
	}
	if err := s.step(now, l, call.Event{Kind: call.CloseWith, Media: []string{ivr.ClosingAbuse}}); err != nil {
		return err
	}
	e := s.newEntry(now, seat, l, abuse.HungUp)
	e.Kind, e.Note = args.Kind, args.Note
	s.noted(now, seat, l, e, "hang_up")
	s.countMarked(l)
	return nil
}

func refusedHangUp(err error) error {
	code := CodeBadRequest
	switch {
	case errors.Is(err, abuse.ErrNotWarned), errors.Is(err, abuse.ErrTooSoon):
		code = CodeWrongState
	case errors.Is(err, abuse.ErrNotAllowed):
		code = CodeForbidden
	}
	return &Error{code, err.Error(), code == CodeWrongState}
}

// countMarked alerts the supervisors when a number has as many marked calls as the policy bears. It does so once a call.
func (s *Switchboard) countMarked(l *live) {
	p, number, id := s.set.Policies.Abuse, l.Record().Number, l.ID()
	if p.AlertAt == 0 || number == "" || l.alerted || s.cfg.Offenders == nil {
		return
	}
	l.alerted = true
	agentNo := l.Record().Agent
	since := s.cfg.Now().AddDate(0, 0, -p.AlertDays)
	s.ask(func(ctx context.Context) {
		others, err := s.cfg.Offenders.MarkedCalls(ctx, number, id, since)
		if err != nil {
			s.cfg.Log.Warn("marked calls", "call", id, "error", err)
			return
		}
		if n := others + 1; n >= p.AlertAt {
			s.post(func(now time.Time) { s.alert(now, Alert{Kind: AlertAbuse, Agent: agentNo, Call: id, Count: n}) })
		}
	})
}

// deskAbuse is what an agent sees of it.
func (s *Switchboard) deskAbuse(l *live) DeskAbuse {
	p, r := s.set.Policies.Abuse, l.Record()
	d := DeskAbuse{Marks: []DeskMark{}, Warnings: abuse.Warnings(l.abuse), HangUp: p.HangUp, WarnFirst: max(1, p.Warnings)}
	if !r.TalkingAt.IsZero() {
		d.HangUpFrom = pointer(r.TalkingAt.Add(p.Least.Duration()))
	}
	for _, e := range l.abuse {
		if e.Withdrawn {
			continue
		}
		m := DeskMark{Act: e.Act, Kind: e.Kind, Note: e.Note, At: e.At}
		if into, ok := abuse.InRecording(e.At, r.TalkingAt, r.ReleasedAt); ok {
			m.Into = into.Seconds()
		} else {
			m.Into = -1
		}
		d.Marks = append(d.Marks, m)
	}
	return d
}
