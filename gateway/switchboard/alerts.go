package switchboard

import (
	"slices"
	"time"

	"hotline/agent"
)

// The kinds of alert.
const (
	AlertHelp   = "help"           // an agent calls for a supervisor
	AlertOneKey = "one_key_failed" // an emergency service was not reached by any route
	AlertAbuse  = "abuse"          // a number has as many marked calls as the policy bears
)

// mostAlerts bounds the list; older ones are forgotten.
const mostAlerts = 50

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

// tellAlerts sends each supervisor the alerts of his groups.
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
