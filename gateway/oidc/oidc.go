// Package oidc signs people in at the city's own OpenID provider: authorization code with PKCE, state and nonce.
// Who may do what comes from a claim of the provider, by a table of the deployment.
package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hotline/agent"
)

// Errors of Finish, told apart with errors.Is.
var (
	ErrAway    = errors.New("the provider does not answer")
	ErrInvalid = errors.New("the provider's answer is not valid")
	ErrNoRole  = errors.New("the provider gives this person no role here")
)

// answerWithin bounds each question to the provider.
const answerWithin = 5 * time.Second

// Config says where the provider is and how its claims are read.
type Config struct {
	Issuer, Client, Secret string
	Redirect               string            // where the provider sends browsers back to
	NumberClaim            string            // holds the agent number
	RolesClaim             string            // holds names of roles or groups; a dot goes into an object
	Roles                  map[string]string // by such a name: a role of ours
}

// Person is whom the provider vouches for.
type Person struct {
	Subject string // the issuer and its name for him: stays when all else changes
	No      string // agent number
	Name    string
	Roles   []agent.Role
}

// Provider is an OpenID provider. It is asked for its addresses when it is first needed, so that the gateway starts
// without it.
type Provider struct {
	config Config
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

// New prepares a provider.
func New(c Config) *Provider {
	return &Provider{config: c, client: &http.Client{Timeout: answerWithin}}
}

// Login is one sign-in under way. It stays in the browser that began it.
type Login struct{ State, Nonce, Verifier string }

// Begin returns where the browser is sent; ErrAway.
func (p *Provider) Begin(ctx context.Context) (url string, l Login, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Login{}, err
	}
	l = Login{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	return p.oauth(found).AuthCodeURL(l.State, oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier)), l, nil
}

// Finish takes what the browser brought back for the login it began.
func (p *Provider) Finish(ctx context.Context, l Login, state, code string) (Person, error) {
	if l.State == "" || subtle.ConstantTimeCompare([]byte(l.State), []byte(state)) != 1 {
		return Person{}, fmt.Errorf("state: %w", ErrInvalid)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return Person{}, fmt.Errorf("exchange the code: %w", judged(err))
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.config.Client}).Verify(ctx, raw)
	if err != nil {
		return Person{}, fmt.Errorf("id token: %w: %w", ErrInvalid, err)
	}
	if l.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(l.Nonce)) != 1 {
		return Person{}, fmt.Errorf("nonce: %w", ErrInvalid)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Person{}, fmt.Errorf("claims: %w: %w", ErrInvalid, err)
	}
	return p.person(id.Issuer+" "+id.Subject, claims)
}

// judged tells a provider that refuses from one that is away.
func judged(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.config.Client, ClientSecret: p.config.Secret, RedirectURL: p.config.Redirect,
		Endpoint: found.Endpoint(), Scopes: p.scopes(found),
	}
}

// scopes asks for what the provider offers of what is needed.
func (p *Provider) scopes(found *oidc.Provider) []string {
	var offered struct {
		Scopes []string `json:"scopes_supported"`
	}
	_ = found.Claims(&offered) // the list is optional
	scopes := []string{oidc.ScopeOpenID, "profile"}
	for _, s := range []string{"groups", "roles"} {
		if slices.Contains(offered.Scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	p.found = found
	return found, nil
}

// person reads the claims.
func (p *Provider) person(subject string, claims map[string]any) (Person, error) {
	x := Person{Subject: subject, No: text(claims, p.config.NumberClaim), Name: text(claims, "name")}
	if x.Name == "" {
		x.Name = x.No
	}
	for _, name := range names(claim(claims, p.config.RolesClaim)) {
		if role := agent.Role(p.config.Roles[name]); role != "" && !slices.Contains(x.Roles, role) {
			x.Roles = append(x.Roles, role)
		}
	}
	switch {
	case x.No == "":
		return Person{}, fmt.Errorf("claim %s is missing: %w", p.config.NumberClaim, ErrInvalid)
	case len(x.Roles) == 0:
		return Person{}, fmt.Errorf("claim %s: %w", p.config.RolesClaim, ErrNoRole)
	}
	return x, nil
}

// claim finds a claim; a dot goes into an object.
func claim(claims map[string]any, path string) any {
	var found any = claims
	for part := range strings.SplitSeq(path, ".") {
		object, _ := found.(map[string]any)
		found = object[part]
	}
	return found
}

func text(claims map[string]any, path string) string {
	s, _ := claim(claims, path).(string)
	return s
}

func names(value any) (all []string) {
	switch v := value.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}
