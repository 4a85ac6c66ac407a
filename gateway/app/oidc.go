package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"hotline/agent"
	"hotline/gateway/oidc"
	"hotline/gateway/store"
	"hotline/gateway/web"
)

// OIDCConfig says at which OpenID provider people may sign in besides.
type OIDCConfig struct {
	Issuer      string            `name:"oidc-issuer" env:"HOTLINE_OIDC_ISSUER" help:"OpenID provider at which people may sign in, https://id.example; none when empty. Its second factor counts as ours."`
	Client      string            `name:"oidc-client" env:"HOTLINE_OIDC_CLIENT" help:"Our name there."`
	Secret      string            `name:"oidc-secret" env:"HOTLINE_OIDC_SECRET" help:"Our secret there."`
	URL         string            `name:"oidc-url" env:"HOTLINE_OIDC_URL" help:"How browsers call the consoles, https://12345.example; register it there with /api/oidc/callback behind it."`
	NumberClaim string            `name:"oidc-number-claim" env:"HOTLINE_OIDC_NUMBER_CLAIM" default:"preferred_username" help:"Claim that holds the agent number."`
	RolesClaim  string            `name:"oidc-roles-claim" env:"HOTLINE_OIDC_ROLES_CLAIM" default:"groups" help:"Claim that holds names of groups or roles; a dot goes into an object, as realm_access.roles."`
	Roles       map[string]string `name:"oidc-roles" env:"HOTLINE_OIDC_ROLES" help:"What they mean here: hotline-agents=agent;hotline-admins=administrator. Who has none of them is refused."`
}

// Check finds what cannot work and says what to do.
func (c *OIDCConfig) Check() error {
	if c.Issuer == "" {
		return nil
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return errors.New("HOTLINE_OIDC_URL is how browsers call the consoles: https://host")
	}
	if c.Client == "" || len(c.Roles) == 0 {
		return errors.New("HOTLINE_OIDC_ISSUER needs HOTLINE_OIDC_CLIENT and HOTLINE_OIDC_ROLES")
	}
	for name, role := range c.Roles {
		if !slices.Contains(agent.Roles, agent.Role(role)) {
			return fmt.Errorf("HOTLINE_OIDC_ROLES: %s=%s: the roles are %v", name, role, agent.Roles)
		}
	}
	return nil
}

// provider is the web's Provider port, nil when none is configured.
func (c *OIDCConfig) provider(db *store.Store) web.Provider {
	if c.Issuer == "" {
		return nil
	}
	return provider{db, oidc.New(oidc.Config{
		Issuer: c.Issuer, Client: c.Client, Secret: c.Secret, Redirect: strings.TrimRight(c.URL, "/") + "/api/oidc/callback",
		NumberClaim: c.NumberClaim, RolesClaim: c.RolesClaim, Roles: c.Roles,
	})}
}

type provider struct {
	store *store.Store
	oidc  *oidc.Provider
}

func (p provider) Begin(ctx context.Context) (string, web.Login, error) {
	url, l, err := p.oidc.Begin(ctx)
	return url, web.Login(l), worded(err)
}

func (p provider) Finish(ctx context.Context, l web.Login, state, code string) (web.Account, error) {
	who, err := p.oidc.Finish(ctx, oidc.Login(l), state, code)
	if err != nil {
		return web.Account{}, worded(err)
	}
	account, err := p.store.SignInSubject(ctx, who.Subject, store.Account{AgentNo: who.No, Name: who.Name, Roles: who.Roles})
	return web.Account{Profile: account.Profile()}, worded(err)
}

// worded gives an error the word that the page has a sentence for.
func worded(err error) error {
	for from, to := range map[error]error{
		oidc.ErrAway: web.ErrProviderAway, oidc.ErrNoRole: web.ErrNoRole, oidc.ErrInvalid: store.ErrInvalid,
		store.ErrExists: web.ErrNotHis,
	} {
		if errors.Is(err, from) {
			return fmt.Errorf("%w: %w", to, err)
		}
	}
	return err
}

// Link is `hotline admin link`.
type Link struct {
	accountFlags
	Subject string `required:"" help:"The provider's issuer and its name for the person, as its sub claim says, with a blank between."`
}

// Run lets the provider vouch for the account.
func (c *Link) Run(ctx context.Context) error {
	return c.change(ctx, "account.link", func(db *store.Store) error { return db.Link(ctx, c.AgentNo, c.Subject) })
}
