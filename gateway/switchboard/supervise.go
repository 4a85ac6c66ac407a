package switchboard

import (
	"slices"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
)

// What supervisors (班长) do. Each oversees the agents of his own group; one without a group oversees all.

// superviseRing is how long a supervisor's telephone, which answers by itself, may ring.
const superviseRing = 10 * time.Second

func (s *Switchboard) oversees(supervisor *seat, no string) bool {
	group := s.set.Groups[supervisor.agent.No]
	return supervisor.agent.Has(agent.RoleSupervisor) && (group == "" || group == s.set.Groups[no])
}

// overseen is the seat of an agent of a supervisor's groups.
func (s *Switchboard) overseen(supervisor *seat, no string) (*seat, error) {
	if !supervisor.agent.Has(agent.RoleSupervisor) {
		return nil, &Error{CodeForbidden, "only supervisors do this", false}
	}
	seat := s.seats[no]
	if seat == nil || !s.oversees(supervisor, no) {
		return nil, &Error{CodeNoSuchAgent, "no such agent at a desk, or of another group", false}
	}
	return seat, nil
}

// overseenCall is the call that an overseen agent talks in.
func (s *Switchboard) overseenCall(supervisor *seat, no string) (*seat, *live, error) {
	seat, err := s.overseen(supervisor, no)
	if err != nil {
		return nil, nil, err
	}
	if l := seat.call; l != nil && l.Agent() == no && talks(l) {
		return seat, l, nil
	}
	return nil, nil, &Error{CodeWrongState, "this agent is in no call of his own", false}
}

// cmdSupervise lets a supervisor in, or changes how he is in.
func (s *Switchboard) cmdSupervise(now time.Time, seat *seat, c Command) error {
	args, err := arguments[SuperviseArgs](c)
	if err != nil {
		return err
	}
	if !slices.Contains([]call.Supervision{call.ListenTo, call.Whisper, call.Barge}, args.How) {
		return bad("how is listen, whisper or barge")
	}
	watched, l, err := s.overseenCall(seat, args.Agent)
	switch {
	case err != nil:
		return err
	case s.synced() != nil:
		return &Error{CodeUnavailable, "no connection to the telephone system", true}
	case seat.watching != nil && seat.watching != l:
		return &Error{CodeWrongState, "you are with another agent: leave him first", false}
	}
	if no, _, _ := l.Supervisor(); no != "" && no != seat.agent.No {
		return &Error{CodeSupervised, "another supervisor is with this agent", false}
	}
	if seat.watching == nil {
		if err := s.moveAgent(now, seat, agent.Event{Kind: agent.Supervise, Call: string(l.ID())}, CmdSupervise); err != nil {
			return err
		}
		seat.watching, seat.legPage = l, seat.page
	}
	err = s.step(now, l, call.Event{
		Kind: call.Supervise, Agent: seat.agent.No, Endpoint: Endpoint(seat.agent.No), RingFor: superviseRing,
		Browser: seat.agent.Phone == agent.PhoneBrowser, Supervision: args.How,
	})
	if err != nil {
		s.unwatched(now, l, seat.agent.No)
		return err
	}
	s.noHelp(watched)
	s.cfg.Meter.Supervised(args.How)
	s.deed(now, seat, "supervise."+string(args.How), string(l.ID()), map[string]any{"agent": args.Agent})
	return nil
}

func (s *Switchboard) cmdSuperviseEnd(now time.Time, seat *seat, _ Command) error {
	if seat.watching == nil {
		return &Error{CodeWrongState, "you are with no agent", false}
	}
	return s.step(now, seat.watching, call.Event{Kind: call.SuperviseEnd, Agent: seat.agent.No})
}

// unwatched notes that a supervisor is no longer in the call.
func (s *Switchboard) unwatched(now time.Time, c *live, no string) {
	seat := s.seats[no]
	if seat == nil || seat.watching != c {
		return
	}
	seat.watching = nil
	_ = s.moveAgent(now, seat, agent.Event{Kind: agent.Supervised, Call: string(c.ID())}, "supervise_end")
	s.cfg.Audience.Event(no, KindSupervising, s.desk(seat))
}

// cmdTakeOver makes the supervisor the agent of the call that he is in.
func (s *Switchboard) cmdTakeOver(now time.Time, seat *seat, _ Command) error {
	l := seat.watching
	if l == nil {
		return &Error{CodeWrongState, "listen to the call first", false}
	}
	from := l.Agent()
	if err := s.step(now, l, call.Event{Kind: call.TakeOver, Agent: seat.agent.No}); err != nil {
		return err
	}
	s.deed(now, seat, "supervise.take_over", string(l.ID()), map[string]any{"agent": from})
	s.cfg.Audience.Event(seat.agent.No, KindAnswered, s.desk(seat))
	return nil
}

func (s *Switchboard) cmdForceHangUp(now time.Time, seat *seat, c Command) error {
	args, err := arguments[FloorArgs](c)
	if err != nil {
		return err
	}
	_, l, err := s.overseenCall(seat, args.Agent)
	if err != nil {
		return err
	}
	s.deed(now, seat, "supervise.hangup", string(l.ID()), map[string]any{"agent": args.Agent})
	return s.step(now, l, call.Event{Kind: call.HangUpBy, By: call.BySupervisor})
}

// forcedStates are the events by which a supervisor changes an agent's state.
var forcedStates = map[agent.State]agent.Event{
	agent.Ready:     {Kind: agent.BeReady},
	agent.NotReady:  {Kind: agent.BeNotReady, Reason: agent.ReasonForced},
	agent.SignedOut: {Kind: agent.ForceOut},
}

func (s *Switchboard) cmdForceState(now time.Time, seat *seat, c Command) error {
	args, err := arguments[ForceArgs](c)
	if err != nil {
		return err
	}
	forced, err := s.overseen(seat, args.Agent)
	if err != nil {
		return err
	}
	e, known := forcedStates[args.State]
	if !known {
		return bad("state is ready, not_ready or signed_out")
	}
	s.takeBackRest(forced)
	if err := s.stepAgent(now, forced, e, agent.ReasonForced); err != nil {
		return err
	}
	s.deed(now, seat, "force."+string(args.State), args.Agent, nil)
	return nil
}
