package switchboard

import (
	"hotline/agent"
	"hotline/gateway/abuse"
	"hotline/gateway/call"
)

// The commands of a console, by name. Commands not listed with arguments take {}.
const (
	CmdSignIn     = "agent.sign_in"    // 签入: the page unlocked sound and microphone
	CmdSignOut    = "agent.sign_out"   // refused in a call
	CmdReady      = "agent.ready"      //
	CmdNotReady   = "agent.not_ready"  // NotReadyArgs; in a call it holds from the call's end
	CmdRest       = "agent.rest"       // RestArgs; in a call it holds from the call's end
	CmdRegistered = "phone.registered" // the page's telephone is registered and can be dialled
	CmdRefuse     = "call.refuse"      // RefuseArgs
	CmdHangUp     = "call.hangup"      //
	CmdHold       = "call.hold"        //
	CmdResume     = "call.resume"      //
	CmdMute       = "call.mute"        // MuteArgs
	CmdDial       = "callback.dial"    // DialArgs; the agent's own telephone rings first
	CmdSave       = "wrap_up.save"     // WrapUpArgs, in a call or in wrap-up
	CmdFinish     = "wrap_up.finish"   // WrapUpArgs; the disposition must be set

	CmdOneKey   = "call.one_key"   // OneKeyArgs: dials an emergency service at once; never too late, so no version is compared
	CmdBring    = "call.bring"     // BringArgs: a third party, or a transfer
	CmdDrop     = "call.drop"      // PartyArgs: takes a third party back out, 撤销 while it rings
	CmdMerge    = "call.merge"     // everybody into one conversation
	CmdSwap     = "call.swap"      // PartyArgs: talks to him instead of the caller, or the other way round
	CmdLeave    = "call.leave"     // leaves the caller to the third parties
	CmdTakeBack = "call.take_back" // in wrap-up: a caller who was handed over and still talks
	CmdHelp     = "agent.help"     // HelpArgs: 求助班长
	CmdSecret   = "call.secret"    // SecretArgs: 保密, in a call or in wrap-up

	// Of abusive calls.
	CmdMark         = "call.mark"          // MarkArgs, in a call or in wrap-up
	CmdWarn         = "call.warn"          // WarnArgs
	CmdLoggedHangUp = "call.logged_hangup" // LoggedHangUpArgs: 记录后挂断, where the policy allows it

	// Of supervisors, about agents of their groups.
	CmdSupervise    = "floor.supervise" // SuperviseArgs: lets the supervisor in, or changes how he is in
	CmdSuperviseEnd = "floor.leave"     //
	CmdTakeOver     = "floor.take_over" // 接管: the call that he is in
	CmdForceHangUp  = "floor.hangup"    // FloorArgs: 强制挂断
	CmdForceState   = "floor.force"     // ForceArgs
	CmdAcknowledge  = "floor.ack"       // AckArgs: an alert
)

// OneKeyArgs are the arguments of call.one_key.
type OneKeyArgs struct {
	Service string `json:"service"` // DNIS of a line of mode emergency: "110"
	Reason  string `json:"reason"`  // at most 200 characters; may be empty
}

// TargetKey names a target as GET /api/targets lists it; kind "number" is an outside number.
type TargetKey struct {
	Kind string `json:"kind" jsonschema:"enum=emergency,enum=sub_centre,enum=utility,enum=region,enum=line,enum=queue,enum=expert,enum=agent,enum=number"`
	Key  string `json:"key"`
}

// BringArgs are the arguments of call.bring.
type BringArgs struct {
	How    call.TransferKind `json:"how" jsonschema:"enum=three_way,enum=consult,enum=confirmed,enum=blind"`
	To     TargetKey         `json:"to"`
	Reason string            `json:"reason"` // at most 200 characters; may be empty
}

// PartyArgs are the arguments of call.drop and call.swap.
type PartyArgs struct {
	N int `json:"n"` // of DeskParty
}

// HelpArgs are the arguments of agent.help.
type HelpArgs struct {
	On bool `json:"on"`
}

// MarkArgs are the arguments of call.mark.
type MarkArgs struct {
	Kind abuse.Kind `json:"kind" jsonschema:"enum=abuse,enum=vulgar,enum=harassment,enum=silent,enum=no_request,enum=false_report,enum=occupying"`
	Note string     `json:"note"` // at most 500 characters; may be empty
	Off  bool       `json:"off"`  // takes the mark back
}

// WarnArgs are the arguments of call.warn.
type WarnArgs struct {
	Played bool `json:"played"` // by a prompt; else the agent says that he warned the caller himself
}

// LoggedHangUpArgs are the arguments of call.logged_hangup.
type LoggedHangUpArgs struct {
	Kind abuse.Kind `json:"kind" jsonschema:"enum=abuse,enum=vulgar,enum=harassment,enum=silent,enum=no_request,enum=false_report,enum=occupying"`
	Note string     `json:"note"` // 1–500 characters
}

// SuperviseArgs are the arguments of floor.supervise.
type SuperviseArgs struct {
	Agent string           `json:"agent"`
	How   call.Supervision `json:"how" jsonschema:"enum=listen,enum=whisper,enum=barge"`
}

// FloorArgs are the arguments of floor.hangup.
type FloorArgs struct {
	Agent string `json:"agent"`
}

// ForceArgs are the arguments of floor.force.
type ForceArgs struct {
	Agent string      `json:"agent"`
	State agent.State `json:"state" jsonschema:"enum=ready,enum=not_ready,enum=signed_out"`
}

// AckArgs are the arguments of floor.ack.
type AckArgs struct {
	ID string `json:"id"` // of the alert
}

// NotReadyArgs are the arguments of agent.not_ready.
type NotReadyArgs struct {
	Reason string `json:"reason"` // free code of the deployment's list, 1–32 characters
}

// RestArgs are the arguments of agent.rest.
type RestArgs struct {
	Reason  string `json:"reason"`
	Minutes int    `json:"minutes"` // 1–120
}

// RefuseArgs are the arguments of call.refuse.
type RefuseArgs struct {
	Reason string `json:"reason"`
}

// DialArgs are the arguments of callback.dial.
type DialArgs struct {
	ID string `json:"id"` // of the call-back
}

// MuteArgs are the arguments of call.mute.
type MuteArgs struct {
	On bool `json:"on"`
}

// WrapUpArgs are the arguments of wrap_up.save and wrap_up.finish.
type WrapUpArgs struct {
	Disposition string `json:"disposition" jsonschema:"enum=,enum=consultation,enum=help,enum=complaint,enum=report,enum=suggestion,enum=praise"`
	Note        string `json:"note"` // at most 10,000 characters
}
