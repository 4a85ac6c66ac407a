package web

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/oklog/ulid/v2"

	"hotline/agent"
)

// Identity is who sends a request. No is empty when nobody is signed in.
type Identity struct {
	agent.Profile
	Session string // names the web session; not a secret
	Address string // where the request came from

	due       bool // must set up a second factor before anything else
	displaced bool // the account signed in in another place since; No is empty
}

type identityKey struct{}

func whoIs(ctx context.Context) Identity {
	who, _ := ctx.Value(identityKey{}).(Identity)
	return who
}

func newSessions(o Options, fault func(http.ResponseWriter, *http.Request, error)) *scs.SessionManager {
	m := scs.New()
	m.IdleTimeout, m.Lifetime = cmp.Or(o.Idle, idleTimeout), cmp.Or(o.Lifetime, lifetime)
	m.Cookie.Name, m.Cookie.SameSite, m.Cookie.Secure = cookieName, http.SameSiteStrictMode, o.Secure
	m.ErrorFunc = fault
	if o.Sessions != nil {
		m.Store = o.Sessions
	}
	return m
}

// identity reads who is signed in from a context that holds the session.
func (h *Handler) identity(ctx context.Context) Identity {
	s := h.sessions
	who := Identity{
		Profile: agent.Profile{
			No: s.GetString(ctx, "no"), Name: s.GetString(ctx, "name"), Phone: agent.Phone(s.GetString(ctx, "phone")),
		},
		Session: s.GetString(ctx, "session"),
		due:     s.GetBool(ctx, "due"),
	}
	if s.GetBool(ctx, "displaced") || !h.o.ManySessions && who.No != "" && !h.places.holds(who.No, place{session: who.Session, token: s.Token(ctx)}) {
		return Identity{displaced: true}
	}
	for _, r := range strings.Fields(s.GetString(ctx, "roles")) {
		who.Roles = append(who.Roles, agent.Role(r))
	}
	return who
}

// identify reads who is signed in from a request's cookie, for routes that become WebSockets.
func (h *Handler) identify(r *http.Request) (Identity, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return Identity{}, nil
	}
	ctx, err := h.sessions.Load(r.Context(), cookie.Value)
	if err != nil {
		return Identity{}, err
	}
	who := h.identity(ctx)
	who.Address = addressOf(r.RemoteAddr)
	return who, nil
}

// still says whether the session a request came with has not ended since.
func (h *Handler) still(r *http.Request, who Identity) bool {
	now, err := h.identify(r)
	return err != nil || now.Session == who.Session
}

// person is the answer of the session's operations.
type person struct {
	No    string       `json:"no"`
	Name  string       `json:"name"`
	Phone agent.Phone  `json:"phone" enum:"browser,desk"`
	Roles []agent.Role `json:"roles"`

	SecondFactorDue bool      `json:"second_factor_due" doc:"nothing else may be done before a second factor is set up"`
	Elsewhere       *lostView `json:"elsewhere,omitempty" doc:"at a sign-in: the place where this account was signed in and is no more"`
}

// lostView is a place that lost its session to a newer one.
type lostView struct {
	Since   time.Time `json:"since"`
	Address string    `json:"address"`
}

type personOut struct{ Body person }

func personOf(p agent.Profile, due bool) *personOut {
	return &personOut{person{No: p.No, Name: p.Name, Phone: p.Phone, Roles: p.Roles, SecondFactorDue: due}}
}

type signInIn struct {
	Body struct {
		AgentNo  string `json:"agent_no" minLength:"1" maxLength:"16"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
		Code     string `json:"code,omitempty" maxLength:"32" doc:"of the authenticator app, or a recovery code"`
	}
}

func (h *Handler) registerSession() {
	register(h, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/api/session", Summary: "Sign in",
		Errors: []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *signInIn) (*personOut, error) {
		return h.signIn(ctx, in.Body.AgentNo, in.Body.Password, in.Body.Code)
	})
	register(h, huma.Operation{
		OperationID: "session", Method: http.MethodGet, Path: "/api/session", Summary: "Who is signed in",
	}, func(ctx context.Context, _ *struct{}) (*personOut, error) {
		who := whoIs(ctx)
		return personOf(who.Profile, who.due), nil
	})
	register(h, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/session", Summary: "Sign out",
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) { return nil, h.signOut(ctx) })
}

func (h *Handler) signIn(ctx context.Context, agentNo, password, code string) (*personOut, error) {
	account, err := h.verify(ctx, agentNo, password, code)
	if err != nil {
		return nil, err
	}
	return h.begin(ctx, account, whoIs(ctx).Address)
}

// verify returns the account whose password and code these are. Guessing is slowed, counted and audited.
func (h *Handler) verify(ctx context.Context, agentNo, password, code string) (Account, error) {
	address := whoIs(ctx).Address
	try, wait := h.tries(ctx, agentNo, address)
	if wait > 0 {
		h.o.Meter.SignIn("locked")
		return Account{}, Locked{time.Now().Add(wait)}
	}
	asked, cancel := ask(ctx)
	defer cancel()
	account, err := h.o.Accounts.SignIn(asked, agentNo, password, code)
	var locked Locked
	switch {
	case err == nil:
		try.succeeded()
	case h.isWrong(err):
		h.o.Meter.SignIn("wrong")
		h.log.Warn("sign-in failed", "agent", agentNo, "address", address)
		h.auditIfPossible(ctx, AuditEntry{Who: agentNo, Action: ActionSignInFails, Object: agentNo, Address: address})
	case h.o.Errors.NeedsCode != nil && errors.Is(err, h.o.Errors.NeedsCode):
		try.undecided()
		h.o.Meter.SignIn("code")
	case errors.As(err, &locked):
		h.o.Meter.SignIn("locked")
		h.auditIfPossible(ctx, AuditEntry{Who: agentNo, Action: ActionSignInFails, Object: agentNo, Address: address, Detail: map[string]any{"locked": true}})
	default:
		try.undecided()
		h.o.Meter.SignIn("unavailable")
	}
	return account, err
}

// tries begins a try, or says how long to wait. An account that was unlocked since its last wrong try waits no more.
func (h *Handler) tries(ctx context.Context, agentNo, address string) (try, time.Duration) {
	t, wait := h.throttle.begin(agentNo, address, time.Now())
	if wait == 0 {
		return t, 0
	}
	asked, cancel := ask(ctx)
	defer cancel()
	if at, err := h.o.Accounts.UnlockedAt(asked, agentNo); err == nil && h.throttle.unlocked(agentNo, at) {
		return h.throttle.begin(agentNo, address, time.Now())
	}
	return t, wait
}

func (h *Handler) isWrong(err error) bool {
	return h.o.Errors.Credentials != nil && errors.Is(err, h.o.Errors.Credentials)
}

// begin puts a fresh session in the place of whatever the cookie named, and of any that the account has elsewhere.
func (h *Handler) begin(ctx context.Context, a Account, address string) (*personOut, error) {
	no := a.Profile.No
	if err := h.audit(ctx, AuditEntry{Who: no, Action: ActionSignIn, Object: no, Address: address}); err != nil {
		h.o.Meter.SignIn("error")
		return nil, err
	}
	old := h.sessions.GetString(ctx, "session")
	if err := errors.Join(h.sessions.Clear(ctx), h.sessions.RenewToken(ctx)); err != nil {
		h.o.Meter.SignIn("error")
		return nil, err
	}
	if old != "" {
		h.leave(old)
	}
	due := !a.Factor && Identity{Profile: a.Profile}.has(h.o.SecondFactor...)
	now := place{session: ulid.Make().String(), token: h.sessions.Token(ctx), since: time.Now(), address: address}
	h.fill(ctx, a.Profile, now.session, due)
	out := personOf(a.Profile, due)
	if lost := h.places.take(no, now); !h.o.ManySessions && lost.session != "" && lost.session != old {
		h.displace(ctx, no, lost)
		out.Body.Elsewhere = &lostView{lost.since, lost.address}
	}
	h.o.Meter.SignIn("ok")
	return out, nil
}

// fill writes who is signed in into the session.
func (h *Handler) fill(ctx context.Context, p agent.Profile, session string, due bool) {
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = string(r)
	}
	h.sessions.Put(ctx, "session", session)
	h.sessions.Put(ctx, "no", p.No)
	h.sessions.Put(ctx, "name", p.Name)
	h.sessions.Put(ctx, "phone", string(p.Phone))
	h.sessions.Put(ctx, "roles", strings.Join(roles, " "))
	h.sessions.Put(ctx, "due", due)
}

func (h *Handler) signOut(ctx context.Context) error {
	who := whoIs(ctx)
	if who.No == "" {
		return nil
	}
	if err := h.sessions.Destroy(ctx); err != nil {
		return err
	}
	h.places.free(who.No, who.Session)
	h.leave(who.Session)
	h.auditIfPossible(ctx, AuditEntry{Who: who.No, Action: ActionSignOut, Object: who.No, Address: who.Address})
	return nil
}

// leave ends what a web session has open. The session is gone from the store by then, so that a socket that is
// being opened meanwhile finds out by itself (still).
func (h *Handler) leave(session string) {
	h.o.Hub.SignOut(session)
	h.sip.signOut(session)
	h.tickets.forget(session)
	h.pending.forget(session)
}

// audit keeps an entry, or says why what it is about must not happen.
func (h *Handler) audit(ctx context.Context, e AuditEntry) error {
	ctx, cancel := ask(ctx)
	defer cancel()
	if err := h.o.Audit.Audit(ctx, e); err != nil {
		return errors.Join(errAuditFails, err)
	}
	return nil
}

// auditIfPossible keeps an entry about what has happened already.
func (h *Handler) auditIfPossible(ctx context.Context, e AuditEntry) {
	ctx, cancel := ask(context.WithoutCancel(ctx))
	defer cancel()
	if err := h.o.Audit.Audit(ctx, e); err != nil {
		h.log.Error("audit entry lost", "who", e.Who, "action", e.Action, "err", err)
	}
}

// addressOf is the address of a request's sender; an IPv6 one is cut to its network, for the rest is for the asking.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	network, _ := ip.Prefix(64)
	return network.String()
}
