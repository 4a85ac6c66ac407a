package switchboard

import (
	"maps"
	"slices"

	"hotline/agent"
)

var (
	seated      = []agent.Role{agent.RoleAgent, agent.RoleExpert, agent.RoleSupervisor}
	supervisors = []agent.Role{agent.RoleSupervisor}
)

// rights is who may give which command; endpoints have theirs in gateway/web/access.go. A command without a row is
// refused to everybody, and a test fails. A supervisor's reach is bounded by his group besides (overseen).
var rights = map[string][]agent.Role{
	CmdSignIn:     seated,
	CmdSignOut:    seated,
	CmdReady:      seated,
	CmdNotReady:   seated,
	CmdRest:       seated,
	CmdRegistered: seated,
	CmdRefuse:     seated,
	CmdHangUp:     seated,
	CmdHold:       seated,
	CmdResume:     seated,
	CmdMute:       seated,
	CmdDial:       seated,
	CmdSave:       seated,
	CmdFinish:     seated,

	CmdOneKey:   seated,
	CmdBring:    seated,
	CmdDrop:     seated,
	CmdMerge:    seated,
	CmdSwap:     seated,
	CmdLeave:    seated,
	CmdTakeBack: seated,
	CmdHelp:     seated,

	CmdMark:         seated,
	CmdWarn:         seated,
	CmdLoggedHangUp: seated,
	CmdSecret:       seated,
	CmdTag:          seated, // nuisance is a supervisor's tag

	CmdSupervise:    supervisors,
	CmdSuperviseEnd: supervisors,
	CmdTakeOver:     supervisors,
	CmdForceHangUp:  supervisors,
	CmdForceState:   supervisors,
	CmdAcknowledge:  supervisors,
}

// Rights is who may give which command. The map is the caller's.
func Rights() map[string][]agent.Role { return maps.Clone(rights) }

// forbidden refuses a command that the roles of who sits there do not allow. What does not exist, and nobody's seat,
// are refused elsewhere.
func (s *Switchboard) forbidden(c Command) *Error {
	seat := s.seats[c.Agent]
	_, known := commandTable[c.Name]
	if !known || seat == nil || slices.ContainsFunc(rights[c.Name], seat.agent.Has) {
		return nil
	}
	return &Error{CodeForbidden, "your roles do not allow this", false}
}
