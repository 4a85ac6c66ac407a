package web

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

var update = flag.Bool("update", false, "write the tables of roles into deploy/roles.md")

// served are all routes that the handler knows.
func served(h *Handler) []string {
	routes := append(slices.Clone(h.routes), "GET /api/openapi.json") // hidden from itself
	for path, item := range h.api.OpenAPI().Paths {
		for method, op := range map[string]any{
			"GET": item.Get, "POST": item.Post, "DELETE": item.Delete, "PUT": item.Put, "PATCH": item.Patch,
			"HEAD": item.Head, "OPTIONS": item.Options, "TRACE": item.Trace,
		} {
			if fmt.Sprint(op) != "<nil>" {
				routes = append(routes, method+" "+path)
			}
		}
	}
	slices.Sort(routes)
	return routes
}

// onePerRole are the test's accounts, one of each role; those with a seat talked in the sample call.
var onePerRole = map[agent.Role]string{
	agent.RoleAgent: "8001", agent.RoleExpert: "8003", agent.RoleSupervisor: "9001", agent.RoleQuality: "9002",
	agent.RoleAdmin: "9003", agent.RoleAuditor: "9004", agent.RoleEditor: "9005", agent.RoleReviewer: "9006",
}

// Every route is asked for with every role and with none: who may is let in, who may not is told so, and nothing else.
func TestEveryRouteWithEveryRole(t *testing.T) {
	r := newRig(t)
	routes := served(r.h)
	if rows := slices.Sorted(maps.Keys(table)); !slices.Equal(routes, rows) {
		t.Fatalf("the table of roles has rows for\n%v, the routes are\n%v", rows, routes)
	}
	people := map[agent.Role]*browser{}
	for _, role := range agent.Roles {
		people[role] = r.signedIn(onePerRole[role])
	}
	nobody := r.browser()
	for _, route := range routes {
		rule := table[route]
		if rule.public {
			continue // it may sign out
		}
		method, path := example(route)
		if a := nobody.do(method, path, ""); a.code != http.StatusUnauthorized || !strings.Contains(a.text, errNoSession.Error()) {
			t.Errorf("%s for nobody: %d %s", route, a.code, a.text)
		}
		for role, b := range people {
			a := b.do(method, path, "")
			refused := a.code == http.StatusForbidden && strings.Contains(a.text, errForbidden.Error())
			if may := rule.anyone || slices.Contains(rule.roles, role); refused == may {
				t.Errorf("%s for %s: may %v, answered %d %s", route, role, may, a.code, a.text)
			}
		}
	}
}

// example is a request to a route.
func example(route string) (method, path string) {
	method, path, _ = strings.Cut(strings.NewReplacer("{id}", "h-1.1", "{key}", "none", "{kind}", "agent", "{no}", "none").Replace(route), " ")
	return method, path
}

// deploy/roles.md shows both tables as they are.
func TestTheTablesOfRolesAreInTheGuide(t *testing.T) {
	const file = "../../deploy/roles.md"
	var b strings.Builder
	b.WriteString("# Who may do what · 角色与权限\n\nWritten by `go test ./gateway/web -run Guide -update` from `gateway/web/access.go` and " +
		"`gateway/switchboard/access.go`; tests ask for every row with every role. ✓ 允许.\n\n" +
		"Agents and experts see the calls they talked in; a supervisor commands the agents of his group. " +
		"座席与专家只能查看本人参与的通话，班长只能指挥本组座席。\n\n## Addresses · 接口\n\n")
	head(&b, "address")
	for _, route := range slices.Sorted(maps.Keys(table)) {
		rule := table[route]
		row(&b, route, func(r agent.Role) bool { return rule.public || rule.anyone || slices.Contains(rule.roles, r) }, rule.public)
	}
	b.WriteString("\n## Commands of the console · 工作台指令\n\n")
	head(&b, "command")
	rights := switchboard.Rights()
	for _, name := range slices.Sorted(maps.Keys(rights)) {
		row(&b, name, func(r agent.Role) bool { return slices.Contains(rights[name], r) }, false)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != b.String() {
		t.Errorf("%s is stale (%v): run with -update", file, err)
	}
}

func head(b *strings.Builder, what string) {
	fmt.Fprintf(b, "| %s | nobody |", what)
	for _, r := range agent.Roles {
		fmt.Fprintf(b, " %s |", r)
	}
	b.WriteString("\n|" + strings.Repeat("---|", 2+len(agent.Roles)) + "\n")
}

func row(b *strings.Builder, what string, may func(agent.Role) bool, nobody bool) {
	fmt.Fprintf(b, "| `%s` |%s", what, mark(nobody))
	for _, r := range agent.Roles {
		b.WriteString(mark(may(r)))
	}
	b.WriteString("\n")
}

func mark(may bool) string {
	if may {
		return " ✓ |"
	}
	return "  |"
}
