package web

import (
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
}

type identityKey struct{}

func whoIs(ctx context.Context) Identity {
	who, _ := ctx.Value(identityKey{}).(Identity)
	return who
}

func newSessions(o Options, fault func(http.ResponseWriter, *http.Request, error)) *scs.SessionManager {
	m := scs.New()
	m.IdleTimeout, m.Lifetime = idleTimeout, lifetime
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
}

type personOut struct{ Body person }

func personOf(p agent.Profile) *personOut {
	return &personOut{person{No: p.No, Name: p.Name, Phone: p.Phone, Roles: p.Roles}}
}

type signInIn struct {
	Body struct {
		AgentNo  string `json:"agent_no" minLength:"1" maxLength:"16"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

func (h *Handler) registerSession() {
	register(h, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/api/session", Summary: "Sign in",
		Errors: []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *signInIn) (*personOut, error) {
		return h.signIn(ctx, in.Body.AgentNo, in.Body.Password)
	})
	register(h, huma.Operation{
		OperationID: "session", Method: http.MethodGet, Path: "/api/session", Summary: "Who is signed in",
	}, func(ctx context.Context, _ *struct{}) (*personOut, error) {
		who := whoIs(ctx)
		return personOf(who.Profile), nil
	})
	register(h, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/session", Summary: "Sign out",
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) { return nil, h.signOut(ctx) })
}

func (h *Handler) signIn(ctx context.Context, agentNo, password string) (*personOut, error) {
	address := whoIs(ctx).Address
	try, wait := h.throttle.begin(agentNo, address, time.Now())
	if wait > 0 {
		h.o.Meter.SignIn("locked")
		return nil, lockedError{wait}
	}
	account, err := h.check(ctx, agentNo, password)
	switch {
	case err == nil:
		try.succeeded()
	case h.isWrong(err):
		h.o.Meter.SignIn("wrong")
		h.log.Warn("sign-in failed", "agent", agentNo, "address", address)
		h.auditIfPossible(ctx, AuditEntry{Who: agentNo, Action: ActionSignInFails, Object: agentNo, Address: address})
		return nil, err
	default:
		try.undecided()
		h.o.Meter.SignIn("unavailable")
		return nil, err
	}
	if err := h.begin(ctx, account, address); err != nil {
		h.o.Meter.SignIn("error")
		return nil, err
	}
	h.o.Meter.SignIn("ok")
	return personOf(account.Profile), nil
}

func (h *Handler) isWrong(err error) bool {
	return h.o.Errors.Credentials != nil && errors.Is(err, h.o.Errors.Credentials)
}

func (h *Handler) check(ctx context.Context, agentNo, password string) (Account, error) {
	ctx, cancel := ask(ctx)
	defer cancel()
	return h.o.Accounts.SignIn(ctx, agentNo, password)
}

// begin puts a fresh session in the place of whatever the cookie named.
func (h *Handler) begin(ctx context.Context, a Account, address string) error {
	no := a.Profile.No
	if err := h.audit(ctx, AuditEntry{Who: no, Action: ActionSignIn, Object: no, Address: address}); err != nil {
		return err
	}
	old := h.sessions.GetString(ctx, "session")
	if err := h.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := h.sessions.RenewToken(ctx); err != nil {
		return err
	}
	if old != "" {
		h.leave(old)
	}
	roles := make([]string, len(a.Profile.Roles))
	for i, r := range a.Profile.Roles {
		roles[i] = string(r)
	}
	h.sessions.Put(ctx, "session", ulid.Make().String())
	h.sessions.Put(ctx, "no", no)
	h.sessions.Put(ctx, "name", a.Profile.Name)
	h.sessions.Put(ctx, "phone", string(a.Profile.Phone))
	h.sessions.Put(ctx, "roles", strings.Join(roles, " "))
	return nil
}

func (h *Handler) signOut(ctx context.Context) error {
	who := whoIs(ctx)
	if who.No == "" {
		return nil
	}
	if err := h.sessions.Destroy(ctx); err != nil {
		return err
	}
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
