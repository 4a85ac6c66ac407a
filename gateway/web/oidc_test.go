package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hotline/agent"
)

// elsewhere is a provider that vouches for 8001 when what it gave comes back.
type elsewhere struct{ err error }

func (e elsewhere) Begin(context.Context) (string, Login, error) {
	return "https://id.example/authorize?state=s", Login{"s", "n", "v"}, e.err
}

func (e elsewhere) Finish(_ context.Context, l Login, state, code string) (Account, error) {
	if l != (Login{"s", "n", "v"}) || state != "s" || code != "c" {
		return Account{}, errInvalid
	}
	return Account{Profile: agent.Profile{No: "8001", Name: "甲", Phone: agent.PhoneBrowser, Roles: []agent.Role{agent.RoleAdmin}}}, e.err
}

// stays follows no redirection.
func (b *browser) stays() *browser {
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

func TestSignInElsewhere(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Provider, o.SecondFactor = elsewhere{}, []agent.Role{agent.RoleAdmin} })
	b := r.browser().stays()
	b.want(200, `"oidc":true`, "GET", "/api/sign-in", "")
	a := b.want(302, "", "GET", "/api/oidc", "")
	cookie := a.header.Get("Set-Cookie")
	if a.header.Get("Location") != "https://id.example/authorize?state=s" || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || !strings.Contains(cookie, "Path=/api/oidc") {
		t.Errorf("%+v", a.header)
	}
	a = b.want(302, "", "GET", "/api/oidc/callback?state=s&code=c", "")
	if a.header.Get("Location") != "/" {
		t.Error(a.header.Get("Location"))
	}
	b.want(200, `"second_factor_due":false`, "GET", "/api/session", "")
	at, _ := url.Parse(r.server.URL + loginPath)
	if left := b.jar.Cookies(at); len(left) != 1 || left[0].Name != cookieName {
		t.Errorf("the login is not spent: %v", left)
	}
	if a := b.do("GET", "/api/oidc/callback?state=s&code=c", ""); a.header.Get("Location") != "/?sign_in=expired" {
		t.Errorf("replayed: %s", a.header.Get("Location"))
	}
	if got := r.world.audited(); !strings.Contains(got, "8001 sign_in 8001") {
		t.Error(got)
	}
}

func TestWhatIsSaidWhenASignInElsewhereFails(t *testing.T) {
	for err, word := range map[error]string{
		ErrProviderAway: "away", ErrNoRole: "no_role", ErrNotHis: "not_his", errInvalid: "expired", errors.New("else"): "failed",
	} {
		r := newRig(t, func(o *Options) { o.Provider = elsewhere{err} })
		b := r.browser().stays()
		b.jar.SetCookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(r.server.URL, "http://"), Path: loginPath},
			[]*http.Cookie{{Name: loginCookie, Value: "s.n.v", Path: loginPath}})
		a := b.want(302, "", "GET", "/api/oidc/callback?state=s&code=c", "")
		if a.header.Get("Location") != "/?sign_in="+word {
			t.Errorf("%v: %s", err, a.header.Get("Location"))
		}
		b.want(401, "", "GET", "/api/session", "")
	}
	r := newRig(t, func(o *Options) { o.Provider = elsewhere{} })
	b := r.browser().stays()
	for path, word := range map[string]string{
		"?state=s&code=c": "expired", "?error=access_denied&state=s": "denied", "": "expired",
	} {
		if a := b.do("GET", "/api/oidc/callback"+path, ""); a.header.Get("Location") != "/?sign_in="+word {
			t.Errorf("%s: %d %s", path, a.code, a.header.Get("Location"))
		}
	}
	without := newRig(t)
	without.browser().want(404, "", "GET", "/api/oidc", "")
	without.browser().want(404, "", "GET", "/api/oidc/callback", "")
	without.browser().want(200, `"oidc":false`, "GET", "/api/sign-in", "")
}
