package web

import (
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"hotline/agent"
)

// access says who may use a route: nobody signed in is needed, any account will do, or one of the roles.
type access struct {
	public bool
	anyone bool
	roles  []agent.Role
}

var (
	public   = access{public: true}
	anyone   = access{anyone: true}
	seated   = access{roles: []agent.Role{agent.RoleAgent, agent.RoleExpert, agent.RoleSupervisor}}
	allCalls = []agent.Role{agent.RoleSupervisor, agent.RoleQuality, agent.RoleAdmin}
	calls    = access{roles: append([]agent.Role{agent.RoleAgent, agent.RoleExpert}, allCalls...)}
)

// table is who may do what. A route without a row is refused to everybody, and a test fails. Where it says calls,
// one who has none of the roles of allCalls sees the calls he talked in and no others.
var table = map[string]access{
	"POST /api/session":             public,
	"GET /api/session":              anyone,
	"DELETE /api/session":           public, // signing out twice is no error
	"GET /api/openapi.json":         anyone,
	"POST /api/console/ticket":      seated,
	"GET /ws":                       seated,
	"POST /api/phone":               seated,
	"GET /sip":                      seated,
	"GET /api/me/calls":             calls,
	"GET /api/calls":                calls,
	"GET /api/calls/{id}":           calls,
	"GET /api/calls/{id}/recording": calls,
}

// allowed says whether who may use a route.
func allowed(route string, who Identity) error {
	rule, listed := table[route]
	switch {
	case !listed:
		return fmt.Errorf("%s has no row in the table of roles: %w", route, errForbidden)
	case rule.public:
		return nil
	case who.No == "":
		return errNoSession
	case rule.anyone || who.has(rule.roles...):
		return nil
	}
	return errForbidden
}

// admitOperation lets a request through to an operation of the API.
func (h *Handler) admitOperation(ctx huma.Context, next func(huma.Context)) {
	route := ctx.Operation().Method + " " + ctx.Operation().Path
	who := h.identity(ctx.Context())
	if err := allowed(route, who); err != nil {
		code, message := h.status(err)
		huma.WriteErr(h.api, ctx, code, message)
		return
	}
	who.Address = addressOf(ctx.RemoteAddr())
	ctx.SetHeader("Cache-Control", "no-store")
	next(huma.WithValue(ctx, identityKey{}, who))
}

// has says whether the account has one of the roles.
func (i Identity) has(roles ...agent.Role) bool {
	return slices.ContainsFunc(i.Roles, func(r agent.Role) bool { return slices.Contains(roles, r) })
}
