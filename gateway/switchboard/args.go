package switchboard

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
)

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
