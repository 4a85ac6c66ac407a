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
	public      = access{public: true}
	anyone      = access{anyone: true}
	seated      = access{roles: []agent.Role{agent.RoleAgent, agent.RoleExpert, agent.RoleSupervisor}}
	supervisors = access{roles: []agent.Role{agent.RoleSupervisor}}

	allCalls = []agent.Role{agent.RoleSupervisor, agent.RoleQuality, agent.RoleAdmin}
	reports  = access{roles: allCalls}
	calls    = access{roles: append([]agent.Role{agent.RoleAgent, agent.RoleExpert}, allCalls...)}

	// Settings: agents need the names of lines, queues and skills; who runs the shift sees and switches; one edits.
	names    = access{roles: append([]agent.Role{agent.RoleAgent, agent.RoleExpert}, allCalls...)}
	overseen = access{roles: allCalls}
	switched = access{roles: []agent.Role{agent.RoleSupervisor, agent.RoleAdmin}}
	edited   = access{roles: []agent.Role{agent.RoleAdmin}}
	held     = access{roles: []agent.Role{agent.RoleAdmin, agent.RoleAuditor}}
	audited  = access{roles: []agent.Role{agent.RoleAuditor}}
	traced   = access{roles: []agent.Role{agent.RoleSupervisor, agent.RoleAdmin, agent.RoleAuditor}}
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
	"POST /api/calls/{id}/one-key":  seated,

	"GET /api/settings/lines":               names,
	"GET /api/settings/lines/{key}":         names,
	"PUT /api/settings/lines/{key}":         edited,
	"DELETE /api/settings/lines/{key}":      edited,
	"GET /api/settings/lines.csv":           overseen,
	"POST /api/settings/lines.csv":          edited,
	"GET /api/settings/queues":              names,
	"GET /api/settings/queues/{key}":        names,
	"PUT /api/settings/queues/{key}":        edited,
	"DELETE /api/settings/queues/{key}":     edited,
	"GET /api/settings/skills":              names,
	"GET /api/settings/skills/{key}":        names,
	"PUT /api/settings/skills/{key}":        edited,
	"DELETE /api/settings/skills/{key}":     edited,
	"GET /api/settings/agents":              overseen,
	"GET /api/settings/agents/{key}":        overseen,
	"PUT /api/settings/agents/{key}":        edited,
	"DELETE /api/settings/agents/{key}":     edited,
	"GET /api/settings/people":              overseen,
	"GET /api/settings/bulletins":           names,
	"GET /api/settings/bulletins/{key}":     names,
	"PUT /api/settings/bulletins/{key}":     edited,
	"DELETE /api/settings/bulletins/{key}":  edited,
	"PUT /api/settings/bulletins/{key}/on":  switched,
	"GET /api/settings/policies":            overseen,
	"PUT /api/settings/policies/figures":    edited,
	"PUT /api/settings/policies/callback":   edited,
	"PUT /api/settings/policies/surge":      switched,
	"PUT /api/settings/policies/rest":       edited,
	"PUT /api/settings/policies/transfers":  edited,
	"PUT /api/settings/policies/credits":    edited,
	"PUT /api/settings/policies/abuse":      edited,
	"PUT /api/settings/policies/block_list": edited,
	"GET /api/settings/changes":             traced,
	"GET /api/figures":                      reports,
	"GET /api/figures.csv":                  reports,
	"GET /api/figures/live":                 reports,

	"GET /api/callbacks":             seated,
	"POST /api/callbacks/{id}/close": supervisors,

	"POST /api/calls/{id}/unmask": switched,
	"GET /api/audit":              audited,
	"PUT /api/calls/{id}/hold":    held,
	"DELETE /api/calls/{id}/hold": held,

	"GET /api/targets":                            seated,
	"PUT /api/targets/favourites/{kind}/{key}":    seated,
	"DELETE /api/targets/favourites/{kind}/{key}": seated,

	"GET /api/abuse/numbers":                    reports,
	"GET /api/abuse/numbers/{key}/calls":        reports,
	"GET /api/abuse/numbers/{key}/evidence.zip": switched,
	"GET /api/calls/{id}/evidence.zip":          switched,
	"GET /api/blocks":                           overseen,
	"POST /api/blocks":                          switched,
	"POST /api/blocks/{id}/decide":              switched,
	"POST /api/blocks/{id}/lift":                switched,
	"POST /api/blocks/check":                    switched,
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
