package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Provider signs people in elsewhere.
type Provider interface {
	// Begin returns where the browser is sent, and what it must bring back.
	Begin(ctx context.Context) (url string, l Login, err error)
	// Finish returns the account of whom the provider vouches for. The error is one of SignInFaults' or another.
	Finish(ctx context.Context, l Login, state, code string) (Account, error)
}

// Login is one sign-in under way; it stays in the browser that began it.
type Login struct{ State, Nonce, Verifier string }

// The faults of a sign-in elsewhere that people are told of, each by a word of its own.
var (
	ErrProviderAway = errors.New("away")    // does not answer
	ErrNoRole       = errors.New("no_role") // has no role here
	ErrNotHis       = errors.New("not_his") // the number is another's account
	errDenied       = errors.New("denied")  // he was refused there, or went back
	errExpired      = errors.New("expired") // begun in another browser, too long ago, or tampered with
	errFailed       = errors.New("failed")
)

// A login's cookie must come along when the provider sends the browser back, which a cookie of mode strict does not.
const (
	loginCookie = "hotline_login"
	loginPath   = "/api/oidc"
	loginWithin = 10 * time.Minute
)

type waysOut struct {
	Body struct {
		OIDC bool `json:"oidc" doc:"people can sign in at the city's OpenID provider: GET /api/oidc"`
	}
}

type redirectOut struct {
	Status   int
	Location string      `header:"Location"`
	Cookie   http.Cookie `header:"Set-Cookie"`
}

type callbackIn struct {
	Login string `cookie:"hotline_login" maxLength:"512"`
	State string `query:"state" maxLength:"512"`
	Code  string `query:"code" maxLength:"4096"`
	Error string `query:"error" maxLength:"512"`
}

func (h *Handler) registerOIDC() {
	register(h, huma.Operation{
		OperationID: "sign-in-ways", Method: http.MethodGet, Path: "/api/sign-in", Summary: "How one can sign in",
	}, func(context.Context, *struct{}) (*waysOut, error) {
		out := &waysOut{}
		out.Body.OIDC = h.o.Provider != nil
		return out, nil
	})
	register(h, huma.Operation{
		OperationID: "oidc", Method: http.MethodGet, Path: loginPath, Summary: "Go and sign in at the OpenID provider",
		DefaultStatus: http.StatusFound,
	}, h.beginLogin)
	register(h, huma.Operation{
		OperationID: "oidc-callback", Method: http.MethodGet, Path: loginPath + "/callback",
		Summary: "Where the provider sends the browser back to", DefaultStatus: http.StatusFound,
	}, h.finishLogin)
}

func (h *Handler) beginLogin(ctx context.Context, _ *struct{}) (*redirectOut, error) {
	if h.o.Provider == nil {
		return nil, errNotFound
	}
	asked, cancel := ask(ctx)
	defer cancel()
	url, l, err := h.o.Provider.Begin(asked)
	if err != nil {
		return h.sentBack(err), nil
	}
	cookie := h.loginCookie(strings.Join([]string{l.State, l.Nonce, l.Verifier}, "."), int(loginWithin/time.Second))
	return &redirectOut{http.StatusFound, url, cookie}, nil
}

// finishLogin signs in whom the provider vouches for. Whatever happens, the login is spent.
func (h *Handler) finishLogin(ctx context.Context, in *callbackIn) (*redirectOut, error) {
	parts := strings.Split(in.Login, ".")
	switch {
	case h.o.Provider == nil:
		return nil, errNotFound
	case in.Error != "":
		return h.sentBack(errDenied), nil
	case len(parts) != 3 || in.Code == "":
		return h.sentBack(errExpired), nil
	}
	asked, cancel := context.WithTimeout(ctx, 3*portTimeout) // three questions: addresses, code, keys
	defer cancel()
	account, err := h.o.Provider.Finish(asked, Login{parts[0], parts[1], parts[2]}, in.State, in.Code)
	if err != nil {
		who := whoIs(ctx)
		h.o.Meter.SignIn("wrong")
		h.auditIfPossible(ctx, AuditEntry{Who: account.Profile.No, Action: ActionSignInFails, Object: "oidc", Address: who.Address})
		return h.sentBack(err), nil
	}
	account.Factor = true // the provider's own
	if _, err := h.begin(ctx, account, whoIs(ctx).Address); err != nil {
		return h.sentBack(err), nil
	}
	return &redirectOut{http.StatusFound, "/", h.loginCookie("", -1)}, nil
}

// sentBack sends the browser to the page, which says in words what is wrong.
func (h *Handler) sentBack(err error) *redirectOut {
	word := errFailed
	for _, known := range []error{ErrProviderAway, ErrNoRole, ErrNotHis, errDenied, errExpired} {
		if errors.Is(err, known) {
			word = known
		}
	}
	if known := h.o.Errors.Invalid; known != nil && errors.Is(err, known) {
		word = errExpired
	}
	level := slog.LevelWarn
	if word == errDenied || word == errExpired {
		level = slog.LevelDebug // anybody can bring that about
	}
	h.log.Log(context.Background(), level, "sign-in at the provider failed", "why", word, "err", err)
	return &redirectOut{http.StatusFound, "/?sign_in=" + word.Error(), h.loginCookie("", -1)}
}

func (h *Handler) loginCookie(value string, age int) http.Cookie {
	return http.Cookie{
		Name: loginCookie, Value: value, Path: loginPath, MaxAge: age, HttpOnly: true, Secure: h.o.Secure, SameSite: http.SameSiteLaxMode,
	}
}
