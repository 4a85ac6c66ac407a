// Package agent is the person at the seat: who he is, what state he is in and how a state follows another.
// It is pure: no clock, no goroutine, no input or output.
package agent

import "slices"

// State is what an agent is doing.
type State string

// The states of an agent (座席状态).
const (
	SignedOut State = "signed_out" // 签出
	Ready     State = "ready"      // 示闲
	Reserved  State = "reserved"   // 振铃: exactly one call is offered to him
	Talking   State = "talking"    // 通话
	Held      State = "held"       // 保持
	WrapUp    State = "wrap_up"    // 话后整理
	NotReady  State = "not_ready"  // 示忙, with a reason
	Rest      State = "rest"       // 小休, with a reason and minutes

	Supervising State = "supervising" // 监听 密语 强插: with another agent
	Lost        State = "lost"        // 断线: console link lost in a call; shown, never stored as the working state
)

// Role is what an account may do.
type Role string

// The roles of an account.
const (
	RoleAgent      Role = "agent"
	RoleExpert     Role = "expert"
	RoleSupervisor Role = "supervisor"
	RoleQuality    Role = "quality"
	RoleEditor     Role = "editor"
	RoleReviewer   Role = "reviewer"
	RoleAdmin      Role = "administrator"
	RoleAuditor    Role = "auditor"
)

// Roles are all of them.
var Roles = []Role{
	RoleAgent, RoleExpert, RoleSupervisor, RoleQuality, RoleEditor, RoleReviewer, RoleAdmin, RoleAuditor,
}

// Phone is the kind of telephone at the seat.
type Phone string

// The kinds of telephone.
const (
	PhoneBrowser Phone = "browser" // WebRTC in the console
	PhoneDesk    Phone = "desk"    // a SIP telephone on the desk
)

// Profile is what is known of an agent apart from his state.
type Profile struct {
	No    string `json:"no"` // 工号
	Name  string `json:"name"`
	Phone Phone  `json:"phone"`
	Roles []Role `json:"roles"`
}

// Has tells whether he has a role.
func (p Profile) Has(role Role) bool { return slices.Contains(p.Roles, role) }
