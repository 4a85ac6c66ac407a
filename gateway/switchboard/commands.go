package switchboard

import (
	"context"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"hotline/agent"
	"hotline/gateway/call"
)

// Limits of what a console may send.
const (
	reasonLimit = 32     // characters
	noteLimit   = 10_000 // characters
	restLimit   = 120    // minutes
)

// dispositions are the kinds of request an agent may record.
var dispositions = map[string]bool{
	"consultation": true, "help": true, "complaint": true, "report": true, "suggestion": true, "praise": true,
}

// Command hands over what a console asks for; the answer comes through Audience.Reply. It reports false, and
// nothing comes, when the loop is too far behind to take it.
func (s *Switchboard) Command(c Command) bool {
	select {
	case s.inbox <- func(now time.Time) { s.command(now, c) }:
		return true
	default:
		return false
	}
}

// commandTable says what each command does; a command that is not here does not exist.
var commandTable = map[string]func(*Switchboard, time.Time, *seat, Command) error{
	CmdSignIn:     (*Switchboard).cmdSignIn,
	CmdSignOut:    (*Switchboard).cmdSignOut,
	CmdReady:      (*Switchboard).cmdReady,
	CmdNotReady:   (*Switchboard).cmdNotReady,
	CmdRest:       (*Switchboard).cmdRest,
	CmdRegistered: (*Switchboard).cmdRegistered,
	CmdRefuse:     (*Switchboard).cmdRefuse,
	CmdHangUp:     (*Switchboard).cmdHangUp,
	CmdHold:       (*Switchboard).cmdHold,
	CmdResume:     (*Switchboard).cmdResume,
	CmdMute:       (*Switchboard).cmdMute,
	CmdDial:       (*Switchboard).cmdDial,
	CmdSave:       (*Switchboard).cmdSave,
	CmdFinish:     (*Switchboard).cmdFinish,

	CmdOneKey:   (*Switchboard).cmdOneKey,
	CmdBring:    (*Switchboard).cmdBring,
	CmdDrop:     (*Switchboard).cmdDrop,
	CmdMerge:    (*Switchboard).cmdMerge,
	CmdSwap:     (*Switchboard).cmdSwap,
	CmdLeave:    (*Switchboard).cmdLeave,
	CmdTakeBack: (*Switchboard).cmdTakeBack,
	CmdHelp:     (*Switchboard).cmdHelp,
	CmdSecret:   (*Switchboard).cmdSecret,

	CmdMark:         (*Switchboard).cmdMark,
	CmdWarn:         (*Switchboard).cmdWarn,
	CmdLoggedHangUp: (*Switchboard).cmdLoggedHangUp,

	CmdSupervise:    (*Switchboard).cmdSupervise,
	CmdSuperviseEnd: (*Switchboard).cmdSuperviseEnd,
	CmdTakeOver:     (*Switchboard).cmdTakeOver,
	CmdForceHangUp:  (*Switchboard).cmdForceHangUp,
	CmdForceState:   (*Switchboard).cmdForceState,
	CmdAcknowledge:  (*Switchboard).cmdAcknowledge,
}

func (s *Switchboard) command(now time.Time, c Command) {
	s.cfg.Audience.Reply(c.Agent, c.ID, struct{}{}, s.run(now, c))
}

// Do carries a command out for another program than a console; the error is an *Error, or ctx's.
func (s *Switchboard) Do(ctx context.Context, c Command) error {
	refused, err := askLoop(ctx, s, func() *Error { return s.run(time.Now(), c) })
	if refused != nil {
		return refused
	}
	return err
}

func (s *Switchboard) run(now time.Time, c Command) *Error {
	run, known := commandTable[c.Name]
	seat := s.seats[c.Agent]
	switch {
	case !known:
		return &Error{CodeUnknownCommand, "no such command", false}
	case seat == nil:
		return &Error{CodeNotSignedIn, "this agent is not at a desk", false}
	}
	return s.codeOf(c, run(s, now, seat, c))
}

// codeOf gives every error of a command its code.
func (s *Switchboard) codeOf(c Command, err error) *Error {
	var coded *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &coded):
		return coded
	case errors.Is(err, call.ErrUnexpected), errors.Is(err, agent.ErrWrongState):
		return &Error{CodeWrongState, err.Error(), false}
	}
	s.cfg.Log.Error("command", "name", c.Name, "agent", c.Agent, "error", err)
	return &Error{CodeInternal, "the command failed", false}
}

func arguments[T any](c Command) (T, error) {
	var args T
	if err := json.Unmarshal(c.Args, &args); err != nil {
		return args, &Error{CodeBadRequest, "arguments: " + err.Error(), false}
	}
	return args, nil
}

func bad(message string) error { return &Error{CodeBadRequest, message, false} }

// callAt is the call at the agent's desk, provided it is the one the console means and it has not moved on.
func (s *Switchboard) callAt(seat *seat, c Command) (*live, error) {
	switch {
	case seat.call == nil || seat.call.ID() != c.Call:
		return nil, &Error{CodeNoSuchCall, "this call is not at your desk", false}
	case c.Ver != 0 && c.Name != CmdHangUp && c.Name != CmdOneKey && c.Ver != seat.call.Record().Version:
		return nil, &Error{CodeCallMovedOn, "the call has moved on since", false}
	case !s.linkUp:
		return nil, &Error{CodeUnavailable, "no connection to the telephone system", true}
	}
	return seat.call, nil
}

// ---- the agent's own state

func (s *Switchboard) cmdSignIn(now time.Time, seat *seat, _ Command) error {
	s.lookForPhone(seat)
	return s.stepAgent(now, seat, agent.Event{Kind: agent.SignIn}, CmdSignIn)
}

func (s *Switchboard) cmdSignOut(now time.Time, seat *seat, _ Command) error {
	return s.stepAgent(now, seat, agent.Event{Kind: agent.SignOut}, CmdSignOut)
}

func (s *Switchboard) cmdReady(now time.Time, seat *seat, _ Command) error {
	s.takeBackRest(seat)
	return s.stepAgent(now, seat, agent.Event{Kind: agent.BeReady}, CmdReady)
}

func (s *Switchboard) cmdNotReady(now time.Time, seat *seat, c Command) error {
	args, err := arguments[NotReadyArgs](c)
	if err != nil {
		return err
	}
	if args.Reason == "" || utf8.RuneCountInString(args.Reason) > reasonLimit {
		return bad("a reason of 1 to 32 characters is needed")
	}
	s.takeBackRest(seat)
	return s.stepAgent(now, seat, agent.Event{Kind: agent.BeNotReady, Reason: args.Reason}, CmdNotReady)
}

func (s *Switchboard) cmdRest(now time.Time, seat *seat, c Command) error {
	args, err := arguments[RestArgs](c)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(args.Reason) > reasonLimit || args.Minutes < 1 || args.Minutes > restLimit {
		return bad("rest needs 1 to 120 minutes and a reason of at most 32 characters")
	}
	rest := agent.Event{Kind: agent.BeResting, Reason: args.Reason, For: time.Duration(args.Minutes) * time.Minute}
	return s.askRest(now, seat, rest)
}

// cmdRegistered dials a page that was loaded anew in the middle of a call.
func (s *Switchboard) cmdRegistered(now time.Time, seat *seat, _ Command) error {
	seat.phoneOK = true
	c := seat.leg()
	if c != nil && (seat.legPage != seat.page || c.State() == call.Reconnecting && c.Agent() == seat.agent.No) {
		seat.legPage = seat.page
		return s.step(now, c, call.Event{Kind: call.ReplaceLeg, Agent: seat.agent.No})
	}
	s.cfg.Audience.Event(seat.agent.No, KindAgentState, s.desk(seat))
	return nil
}

// ---- the call at his desk

func (s *Switchboard) cmdRefuse(now time.Time, seat *seat, c Command) error {
	args, err := arguments[RefuseArgs](c)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(args.Reason) > reasonLimit {
		return bad("the reason is longer than 32 characters")
	}
	l, err := s.callAt(seat, c)
	if err != nil {
		return err
	}
	return s.step(now, l, call.Event{Kind: call.Refuse, Agent: seat.agent.No, Reason: args.Reason})
}

func (s *Switchboard) cmdHangUp(now time.Time, seat *seat, c Command) error {
	l, err := s.callAt(seat, c)
	if err != nil {
		return err
	}
	if t, guest := guestOf(l, seat); guest {
		return s.step(now, l, call.Event{Kind: call.DropThird, N: t.N})
	}
	return s.step(now, l, call.Event{Kind: call.HangUpBy, By: call.ByAgent})
}

func (s *Switchboard) cmdHold(now time.Time, seat *seat, c Command) error {
	return s.stepOwn(now, seat, c, call.Event{Kind: call.Hold})
}

func (s *Switchboard) cmdResume(now time.Time, seat *seat, c Command) error {
	return s.stepOwn(now, seat, c, call.Event{Kind: call.Resume})
}

// stepOwn plays what an agent asks for into the call, which must be his own.
func (s *Switchboard) stepOwn(now time.Time, seat *seat, c Command, e call.Event) error {
	l, err := s.ownCall(seat, c)
	if err != nil {
		return err
	}
	return s.step(now, l, e)
}

// ownCall is the call at the agent's desk, provided he has it and was not brought into it.
func (s *Switchboard) ownCall(seat *seat, c Command) (*live, error) {
	l, err := s.callAt(seat, c)
	switch {
	case err != nil || l.Agent() == seat.agent.No:
		return l, err
	case l.Agent() == "":
		return nil, &Error{CodeWrongState, "you have handed this caller on already", false}
	}
	return nil, &Error{CodeWrongState, "this call is another agent's", false}
}

func (s *Switchboard) cmdMute(now time.Time, seat *seat, c Command) error {
	args, err := arguments[MuteArgs](c)
	if err != nil {
		return err
	}
	l, err := s.ownCall(seat, c)
	if err != nil {
		return err
	}
	if err := s.step(now, l, call.Event{Kind: call.MuteTo, On: args.On}); err != nil {
		return err
	}
	s.cfg.Audience.Event(seat.agent.No, KindMuted, s.desk(seat))
	return nil
}

// ---- what he writes down

func (s *Switchboard) cmdSave(now time.Time, seat *seat, c Command) error {
	if err := s.save(now, seat, c, false); err != nil {
		return err
	}
	s.cfg.Audience.Event(seat.agent.No, KindSaved, s.desk(seat))
	return nil
}

func (s *Switchboard) cmdFinish(now time.Time, seat *seat, c Command) error {
	if seat.agent.State() != agent.WrapUp {
		return &Error{CodeWrongState, "the call is not in wrap-up", false}
	}
	if err := s.save(now, seat, c, true); err != nil {
		return err
	}
	return s.stepAgent(now, seat, agent.Event{Kind: agent.WrapUpDone}, CmdFinish)
}

func (s *Switchboard) save(now time.Time, seat *seat, c Command, whole bool) error {
	args, err := arguments[WrapUpArgs](c)
	if err != nil {
		return err
	}
	switch {
	case seat.call == nil || seat.call.ID() != c.Call:
		return &Error{CodeNoSuchCall, "this call is not at your desk", false}
	case args.Disposition != "" && !dispositions[args.Disposition]:
		return bad("no such disposition")
	case whole && args.Disposition == "":
		return bad("the disposition is missing")
	case utf8.RuneCountInString(args.Note) > noteLimit:
		return bad("the note is longer than 10,000 characters")
	}
	seat.call.disposition, seat.call.note = args.Disposition, args.Note
	s.cfg.Journal.Append(Entry{Disposition: &call.Disposition{
		Call: seat.call.ID(), Agent: seat.agent.No, Kind: args.Disposition, Note: args.Note, At: now,
	}})
	return nil
}
