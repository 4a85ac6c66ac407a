package switchboard

import (
	"cmp"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/caller"
)

// What supervisors (班长) do, and what they see. Each oversees the agents of his own group; one without a group
// oversees all.

// The kinds of alert.
const (
	AlertHelp   = "help"           // an agent calls for a supervisor
	AlertOneKey = "one_key_failed" // an emergency service was not reached by any route
)

// mostAlerts bounds the list; older ones are forgotten.
const mostAlerts = 50

// superviseRing is how long a supervisor's telephone, which answers by itself, may ring.
const superviseRing = 10 * time.Second

func newID() string { return ulid.Make().String() }

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

// ---- alerts

// cmdHelp calls for a supervisor, or takes it back.
func (s *Switchboard) cmdHelp(now time.Time, seat *seat, c Command) error {
	args, err := arguments[HelpArgs](c)
	if err != nil {
		return err
	}
	if args.On && seat.agent.State() == agent.SignedOut {
		return &Error{CodeNotSignedIn, "sign in first", false}
	}
	if args.On && !seat.help {
		seat.help = true
		alert := Alert{Kind: AlertHelp, Agent: seat.agent.No}
		if seat.call != nil {
			alert.Call = seat.call.ID()
		}
		s.alert(now, alert)
		s.deed(now, seat, "agent.help", string(alert.Call), nil)
	}
	if !args.On {
		s.noHelp(seat)
	}
	s.cfg.Audience.Event(seat.agent.No, KindAgentState, s.desk(seat))
	return nil
}

// noHelp ends an agent's call for help.
func (s *Switchboard) noHelp(seat *seat) {
	if !seat.help {
		return
	}
	seat.help = false
	s.alerts = slices.DeleteFunc(s.alerts, func(a Alert) bool {
		return a.Kind == AlertHelp && a.Agent == seat.agent.No && a.AckBy == ""
	})
}

func (s *Switchboard) alert(now time.Time, a Alert) {
	a.ID, a.At, a.Name = newID(), now, s.nameOf(a.Agent)
	s.cfg.Log.Warn("alert", "kind", a.Kind, "agent", a.Agent, "call", a.Call, "subject", a.Subject)
	s.alerts = slices.Insert(s.alerts, 0, a)
	s.alerts = s.alerts[:min(len(s.alerts), mostAlerts)]
	s.tellAlerts()
}

func (s *Switchboard) cmdAcknowledge(now time.Time, seat *seat, c Command) error {
	args, err := arguments[AckArgs](c)
	if err != nil {
		return err
	}
	for i := range s.alerts {
		a := &s.alerts[i]
		if a.ID != args.ID || !s.oversees(seat, a.Agent) {
			continue
		}
		if a.AckBy == "" {
			a.AckBy, a.AckAt = seat.agent.No, pointer(now)
			s.deed(now, seat, "alert.acknowledge", a.ID, map[string]any{"kind": a.Kind, "agent": a.Agent})
			s.tellAlerts()
		}
		return nil
	}
	return &Error{CodeNoSuchAgent, "there is no such alert", false}
}

// ---- what they see

func (s *Switchboard) supervisors(tell func(*seat)) {
	for _, seat := range s.seats {
		if seat.session != "" && seat.agent.Has(agent.RoleSupervisor) {
			tell(seat)
		}
	}
}

func (s *Switchboard) tellAlerts() {
	s.supervisors(func(seat *seat) {
		list := Alerts{Alerts: []Alert{}}
		for _, a := range s.alerts {
			if s.oversees(seat, a.Agent) {
				list.Alerts = append(list.Alerts, a)
			}
		}
		s.cfg.Audience.Tick(seat.agent.No, "alerts", list)
	})
}

// tellFloor sends each supervisor the agents of his groups and the calls; those of one group get the same.
func (s *Switchboard) tellFloor(now time.Time) {
	floors := map[string]Floor{}
	s.supervisors(func(seat *seat) {
		group := s.set.Groups[seat.agent.No]
		if _, made := floors[group]; !made {
			floors[group] = s.floor(now, seat)
		}
		s.cfg.Audience.Tick(seat.agent.No, "floor", floors[group])
	})
	s.tellAlerts()
	open := 0
	for _, a := range s.alerts {
		if a.AckBy == "" {
			open++
		}
	}
	s.cfg.Meter.Alerts(open)
}

func (s *Switchboard) floor(now time.Time, supervisor *seat) Floor {
	f := Floor{At: now, Agents: []FloorAgent{}, Calls: []FloorCall{}}
	for no, seat := range s.seats {
		if s.oversees(supervisor, no) {
			f.Agents = append(f.Agents, s.floorAgent(seat))
		}
	}
	slices.SortFunc(f.Agents, func(a, b FloorAgent) int { return cmp.Compare(a.No, b.No) })
	titles := make(map[string]string, len(s.set.Queues))
	for i := range s.set.Queues {
		titles[s.set.Queues[i].Name] = s.set.Queues[i].Title
	}
	for _, c := range s.calls {
		if c.State() != call.Ended && (c.Agent() == "" || s.oversees(supervisor, c.Agent())) {
			f.Calls = append(f.Calls, floorCall(c, titles))
		}
	}
	slices.SortFunc(f.Calls, func(a, b FloorCall) int { return a.ArrivedAt.Compare(b.ArrivedAt) })
	return f
}

func (s *Switchboard) floorAgent(seat *seat) FloorAgent {
	a := seat.agent
	f := FloorAgent{
		No: a.No, Name: a.Name, Group: s.set.Groups[a.No], State: a.Shown(), Reason: a.Reason(), Since: a.Since(), PhoneOK: seat.phoneOK,
		Help: seat.help, Today: seat.today,
	}
	if seat.call != nil {
		f.Call, f.Phase = seat.call.ID(), phase(seat.call, a)
		if seat.call.Agent() == a.No {
			f.Supervisor, f.How, _ = seat.call.Supervisor()
		}
	}
	return f
}

func floorCall(c *live, titles map[string]string) FloorCall {
	r := c.Record()
	f := FloorCall{
		ID: r.ID, Number: caller.Number(r.Number).String(), Line: DeskLine{r.DNIS, r.Line}, Queue: cmp.Or(titles[r.Queue], r.Queue), State: r.State, Agent: c.Agent(),
		ArrivedAt: r.ArrivedAt, QueuedAt: pointer(r.QueuedAt), TalkingAt: pointer(r.TalkingAt), Priority: r.Priority, Parties: []DeskParty{},
	}
	for _, t := range c.Thirds() {
		f.Parties = append(f.Parties, partyOf(t))
	}
	return f
}

// deskSupervising shows a supervisor with whom he is.
func (s *Switchboard) deskSupervising(seat *seat) *DeskSupervising {
	if seat.watching == nil {
		return nil
	}
	_, how, since := seat.watching.Supervisor()
	no := seat.watching.Agent()
	return &DeskSupervising{Call: seat.watching.ID(), Agent: no, Name: s.nameOf(no), How: how, Since: pointer(since)}
}
