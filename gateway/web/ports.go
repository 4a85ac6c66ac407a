package web

import (
	"context"
	"errors"
	"io"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
	"hotline/gateway/target"
)

// Accounts knows who may sign in.
type Accounts interface {
	// SignIn returns the account whose password this is, or Errors.Credentials.
	SignIn(ctx context.Context, agentNo, password string) (Account, error)
	// All are all accounts.
	All(ctx context.Context) ([]Account, error)
}

// Account is a person who may sign in.
type Account struct {
	Profile agent.Profile
}

// Calls finds calls of the past and of now.
type Calls interface {
	Calls(ctx context.Context, f Filter) (Page, error)
	Call(ctx context.Context, id call.ID) (CallDetail, error)
}

// Filter chooses calls; zero fields do not restrict.
type Filter struct {
	Agent  string    // agent_no of the last agent who talked
	Number string    // caller's number as normalised
	From   time.Time // arrived at or after
	To     time.Time // arrived before
	Before string    // Page.Next of the page before
	Limit  int       // 1–200
}

// CallRow is one call of a list.
type CallRow struct {
	Call        call.Record
	Disposition *call.Disposition // the latest, nil when none
}

// Page is a part of a list, newest first.
type Page struct {
	Calls []CallRow
	Next  string // for Filter.Before; empty on the last page
}

// CallDetail is all that is known of one call.
type CallDetail struct {
	Call        call.Record
	Legs        []call.LegRecord
	Changes     []call.Change
	Offers      []call.OfferRecord
	Transfers   []call.Transfer
	Disposition *call.Disposition
}

// Commands carries out in a call what an agent could do at his console.
type Commands interface {
	// Do returns when it is done. A refusal is a *switchboard.Error.
	Do(ctx context.Context, c switchboard.Command) error
}

// Callbacks are those who reached nobody and are called back.
type Callbacks interface {
	// OpenCallbacks returns the tasks that are not closed, the first due first.
	OpenCallbacks(ctx context.Context, limit int) ([]Callback, error)
	// CloseCallback closes one by hand; one that is closed already is Errors.Exists.
	CloseCallback(ctx context.Context, id, who, reason string) error
}

// Callback is one task.
type Callback struct {
	ID        string // id of the first call that was missed
	Number    string
	DNIS      string
	Line      string
	Queue     string
	Reason    call.Result // result of that call
	Missed    int         // calls that were missed so far
	KeptPlace bool        // he asked for it and keeps his place
	MissedAt  time.Time   // end of the latest call that was missed
	DueAt     time.Time   // zero: no hour is open for call-backs
	Attempts  int
	Dialling  bool   // an agent is dialling or talking
	LastReach string // what came of the last attempt
	LastAgent string
	Secret    bool // he asked for secrecy
}

// TargetStates knows which transfer targets can be reached now.
type TargetStates interface {
	// TargetStates returns by PJSIP endpoint whether a trunk is up, where that is known, and by agent_no the states of
	// all agents who ever signed in. The maps are the caller's.
	TargetStates(ctx context.Context) (trunks map[string]bool, agents map[string]agent.State, err error)
}

// Favourites keeps the transfer targets that each agent wants at the top of his list.
type Favourites interface {
	Favourites(ctx context.Context, agentNo string) ([]target.Key, error)
	// AddFavourite keeps one; kept is false when the agent has as many others as he may.
	AddFavourite(ctx context.Context, agentNo string, k target.Key) (kept bool, err error)
	// RemoveFavourite forgets one; what is not there is no error.
	RemoveFavourite(ctx context.Context, agentNo string, k target.Key) error
}

// Auditor keeps who looked at what. It returns when the entry is safe; what it cannot keep is not shown.
type Auditor interface {
	Audit(ctx context.Context, e AuditEntry) error
}

// AuditEntry says who did or looked at what.
type AuditEntry struct {
	At      time.Time // zero: now
	Who     string    // agent_no
	Action  string    // one of the actions below
	Object  string    // a call's id, an agent_no
	Detail  map[string]any
	Address string // where the request came from
}

// The actions that are audited here.
const (
	ActionSignIn      = "sign_in"
	ActionSignInFails = "sign_in.failed"
	ActionSignOut     = "sign_out"
	ActionListCalls   = "call.list"
	ActionViewCall    = "call.view"
	ActionPlay        = "recording.play"
	ActionUnmask      = "call.unmask"
	ActionSearchAudit = "audit.search"
	ActionHold        = "hold.set"
	ActionLift        = "hold.lift"
	ActionExport      = "export"

	ActionChangeSetting = "setting.change"
	ActionRemoveSetting = "setting.remove"
	ActionImportLines   = "lines.import"

	ActionListAbuse    = "abuse.list"
	ActionViewAbuse    = "abuse.view"
	ActionEvidence     = "evidence.export"
	ActionListBlocks   = "block.list"
	ActionProposeBlock = "block.propose"
	ActionApproveBlock = "block.approve"
	ActionRejectBlock  = "block.reject"
	ActionLiftBlock    = "block.lift"

	ActionListCallbacks = "callback.list"
	ActionCloseCallback = "callback.close"
)

// PhoneAccounts makes agents' SIP accounts in Asterisk.
type PhoneAccounts interface {
	// Make gives the agent's telephone an account with a fresh secret; an earlier secret stops working.
	Make(ctx context.Context, p agent.Profile) (PhoneAccount, error)
}

// PhoneAccount is what a telephone registers with.
type PhoneAccount struct {
	URI      string
	Username string
	Password string
	Realm    string
}

// Recordings opens stored recordings (WAV).
type Recordings interface {
	// Open returns a recording from its beginning and its size in bytes, -1 when unknown.
	Open(ctx context.Context, name string) (io.ReadCloser, int64, error)
}

// Meter counts. It is safe from any goroutine.
type Meter interface {
	SignIn(result string) // "ok", "wrong", "locked", "unavailable", "error"
}

// Errors are the ports' errors that are told apart, each nil when a port has none of that kind. Every other error
// is a fault of the gateway and answered with 500.
type Errors struct {
	Credentials error
	NotFound    error
	Exists      error // it was done already
	Invalid     error
	Unavailable error

	SamePerson  error // who proposed cannot approve
	Trusted     error // the number cannot be blocked
	NotEvidence error // a call is of another number
}

// The errors of this package's own.
var (
	errNoSession  = errors.New("sign in first")
	errForbidden  = errors.New("your roles do not allow this")
	errNoTicket   = errors.New("the ticket is unknown, used or too old")
	errOrigin     = errors.New("opened by a page of another place")
	errNotFound   = errors.New("not found")
	errWrong      = errors.New("wrong agent number or password")
	errAuditFails = errors.New("the audit cannot be written, so this is not shown")
	errRecording  = errors.New("the recordings' store does not answer")
	errFavourites = errors.New("you have as many favourites as are kept: remove one first")
	errBlocksOff  = errors.New("this hotline blocks nobody: the policy is off")
	errPhone      = errors.New("the telephone system does not answer")
)
