package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"hotline/agent"
)

// provider is a real OpenID server in this process, and ours of it.
func provider(t *testing.T) (*mockoidc.MockOIDC, *Provider) {
	t.Helper()
	server, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Shutdown() })
	c := server.Config()
	return server, New(Config{
		Issuer: c.Issuer, Client: c.ClientID, Secret: c.ClientSecret, Redirect: "http://console.example/api/oidc/callback",
		NumberClaim: "preferred_username", RolesClaim: "groups",
		Roles: map[string]string{"hotline-agents": "agent", "hotline-admins": "administrator"},
	})
}

func user(groups ...string) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: "u-1", PreferredUsername: "8001", Groups: groups}
}

// visit goes where the browser is sent and returns what it brings back.
func visit(t *testing.T, address string) (state, code string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || back.Host != "console.example" {
		t.Fatalf("sent to %s: %v", back, err)
	}
	return back.Query().Get("state"), back.Query().Get("code")
}

func TestAPersonSignsInAtTheProvider(t *testing.T) {
	server, p := provider(t)
	server.QueueUser(user("staff", "hotline-agents", "hotline-admins", "hotline-agents"))
	address, login, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sent, _ := url.Parse(address)
	q := sent.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") != login.Nonce || q.Get("state") != login.State {
		t.Errorf("sent with %v", q)
	}
	state, code := visit(t, address)
	who, err := p.Finish(t.Context(), login, state, code)
	if err != nil {
		t.Fatal(err)
	}
	if who.No != "8001" || who.Subject != server.Issuer()+" u-1" || !slices.Equal(who.Roles, []agent.Role{agent.RoleAgent, agent.RoleAdmin}) {
		t.Errorf("%+v", who)
	}
	if _, err := p.Finish(t.Context(), login, state, code); !errors.Is(err, ErrInvalid) {
		t.Errorf("the same code twice: %v", err)
	}
}

func TestWhatWasTamperedWithIsRefused(t *testing.T) {
	server, p := provider(t)
	for name, harm := range map[string]func(l *Login, state, code *string){
		"another's state":  func(_ *Login, state, _ *string) { *state = "forged" },
		"no state at all":  func(l *Login, state, _ *string) { l.State, *state = "", "" },
		"another verifier": func(l *Login, _, _ *string) { l.Verifier = "x" + l.Verifier },
		"no verifier":      func(l *Login, _, _ *string) { l.Verifier = "" },
		"another nonce":    func(l *Login, _, _ *string) { l.Nonce = "replayed" },
		"no nonce":         func(l *Login, _, _ *string) { l.Nonce = "" },
		"a forged code":    func(_ *Login, _, code *string) { *code = "forged" },
		"an empty code":    func(_ *Login, _, code *string) { *code = "" },
	} {
		server.QueueUser(user("hotline-agents"))
		address, login, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state, code := visit(t, address)
		harm(&login, &state, &code)
		if who, err := p.Finish(t.Context(), login, state, code); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

func TestWhoHasNoRoleOrNumber(t *testing.T) {
	server, p := provider(t)
	for _, c := range []struct {
		user *mockoidc.MockUser
		want error
	}{
		{user("staff"), ErrNoRole},
		{user(), ErrNoRole},
		{&mockoidc.MockUser{Subject: "u-2", Groups: []string{"hotline-agents"}}, ErrInvalid},
	} {
		server.QueueUser(c.user)
		address, login, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state, code := visit(t, address)
		if _, err := p.Finish(t.Context(), login, state, code); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c.user, err)
		}
	}
}

func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	server, p := provider(t)
	there := p.config.Issuer
	p.config.Issuer = "http://127.0.0.1:1/oidc"
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
	p.config.Issuer = there
	server.QueueUser(user("hotline-agents"))
	if _, _, err := p.Begin(t.Context()); err != nil {
		t.Error(err)
	}
	server.Shutdown()
	if _, err := p.Finish(t.Context(), Login{"s", "n", "v"}, "s", "code"); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
}

func TestClaimsInsideOfObjects(t *testing.T) {
	claims := map[string]any{"realm_access": map[string]any{"roles": []any{"a", 1, "b"}}, "flat": "a b"}
	for path, want := range map[string][]string{"realm_access.roles": {"a", "b"}, "flat": {"a", "b"}, "none.of": nil, "": nil} {
		if got := names(claim(claims, path)); !slices.Equal(got, want) {
			t.Errorf("%s: %v", path, got)
		}
	}
}
