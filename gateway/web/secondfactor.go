package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/totp"
)

// pendingWithin is how long one may take to put a new secret into one's app.
const pendingWithin = 10 * time.Minute

// factorIssuer is what the authenticator app calls this service.
const factorIssuer = "12345 Hotline"

// pendingFactors are secrets that were shown and not confirmed, by web session. They are in memory only: kept secrets
// are sealed.
type pendingFactors struct {
	mu sync.Mutex
	of map[string]pendingFactor
}

type pendingFactor struct {
	secret totp.Secret
	until  time.Time
}

func (p *pendingFactors) put(session string, secret totp.Secret, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[string]pendingFactor{}
	}
	for other, x := range p.of {
		if now.After(x.until) {
			delete(p.of, other)
		}
	}
	p.of[session] = pendingFactor{secret, now.Add(pendingWithin)}
}

// get is empty when nothing was begun, or too long ago.
func (p *pendingFactors) get(session string, now time.Time) totp.Secret {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x, ok := p.of[session]; ok && now.Before(x.until) {
		return x.secret
	}
	return ""
}

func (p *pendingFactors) forget(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, session)
}

type beginFactorIn struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"256"`
		Code     string `json:"code,omitempty" maxLength:"32" doc:"of the present second factor, where there is one"`
	}
}

type beginFactorOut struct {
	Body struct {
		Secret string `json:"secret" doc:"for typing into the app, base32"`
		URI    string `json:"uri" doc:"otpauth://"`
		QR     []byte `json:"qr" doc:"the same as a PNG"`
	}
}

type confirmFactorIn struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"16" doc:"that the app shows now"`
	}
}

type confirmFactorOut struct {
	Body struct {
		Recovery []string `json:"recovery" doc:"each signs in once without the app; shown only now"`
	}
}

func (h *Handler) registerFactor() {
	register(h, huma.Operation{
		OperationID: "second-factor-begin", Method: http.MethodPost, Path: "/api/me/second-factor",
		Summary: "Begin to set up one's second factor, or another in its place", Errors: []int{401, 429, 503},
	}, h.beginFactor)
	register(h, huma.Operation{
		OperationID: "second-factor-confirm", Method: http.MethodPut, Path: "/api/me/second-factor",
		Summary: "Confirm it by a code, from which moment it is asked for", Errors: []int{401, 409, 503},
	}, h.confirmFactor)
}

// beginFactor asks for the password again: an open page alone must not be enough to change who may sign in.
func (h *Handler) beginFactor(ctx context.Context, in *beginFactorIn) (*beginFactorOut, error) {
	who := whoIs(ctx)
	if _, err := h.verify(ctx, who.No, in.Body.Password, in.Body.Code); err != nil {
		return nil, err
	}
	e, err := totp.Enrol(factorIssuer, who.No)
	if err != nil {
		return nil, err
	}
	h.pending.put(who.Session, e.Secret, time.Now())
	out := &beginFactorOut{}
	out.Body.Secret, out.Body.URI, out.Body.QR = string(e.Secret), e.URI, e.QR
	return out, nil
}

func (h *Handler) confirmFactor(ctx context.Context, in *confirmFactorIn) (*confirmFactorOut, error) {
	who, now := whoIs(ctx), time.Now()
	secret := h.pending.get(who.Session, now)
	if secret == "" {
		return nil, errNotBegun
	}
	step := secret.Step(in.Body.Code, now)
	if step == 0 {
		return nil, errWrongCode
	}
	err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionSetFactor, Object: who.No, Address: who.Address})
	if err != nil {
		return nil, err
	}
	asked, cancel := ask(ctx)
	defer cancel()
	codes, err := h.o.Accounts.SetFactor(asked, who.No, secret, step)
	if err != nil {
		return nil, err
	}
	h.pending.forget(who.Session)
	h.sessions.Put(ctx, "due", false)
	out := &confirmFactorOut{}
	out.Body.Recovery = codes
	return out, nil
}
