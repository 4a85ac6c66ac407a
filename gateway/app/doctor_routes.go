package app

import (
	"context"
	"slices"
	"strings"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/store"
)

// readLines reads the lines in force: those that people edit in the console, or before a first start those it begins with.
func (x *examination) readLines(ctx context.Context, db *store.Store) {
	rows, err := db.LoadSettings(ctx)
	if err != nil || len(rows.Of(settings.Line)) == 0 {
		return
	}
	if set, err := settings.Assemble(rows); err == nil {
		x.lines = set.Lines.Lines()
	}
}

// emergencyRoutes looks at the ways to 110, 119, 120 and 122: one key must lead there also while a trunk is down.
func (x *examination) emergencyRoutes(ctx context.Context) {
	online, err := x.ari.Endpoints(ctx)
	if err != nil {
		return // said where citizens are called
	}
	lines := x.lines
	if first, err := x.Directory(); lines == nil && err == nil {
		lines = first.Lines()
	}
	for _, l := range lines {
		if l.Mode == directory.Emergency {
			x.emergencyRoute(l, online)
		}
	}
}

func (x *examination) emergencyRoute(l directory.Line, online map[string]bool) {
	part := "one key " + l.DNIS
	var trunks, unknown, away []string
	for _, route := range l.Routes {
		trunk, _, _ := strings.Cut(route, "/")
		if slices.Contains(trunks, trunk) {
			continue
		}
		trunks = append(trunks, trunk)
		if up, known := online[trunk]; !known {
			unknown = append(unknown, trunk)
		} else if !up {
			away = append(away, trunk)
		}
	}
	switch {
	case len(trunks) == 0:
		x.fault(part, "has no route: the key leads nowhere", "give the line its routes in the console's settings: trunk/number, in the order in which they are tried")
	case len(unknown) > 0:
		x.fault(part, strings.Join(unknown, ", ")+": no such PJSIP endpoint", "name the trunk in pjsip.conf, or correct the line's routes in the console's settings")
	case len(away) == len(trunks):
		x.fault(part, "cannot be reached: "+strings.Join(away, ", "), "check the trunks; an aor with qualify_frequency= in pjsip.conf lets Asterisk know whether they live")
	case len(away) > 0:
		x.warn(part, "is not known to be reached by "+strings.Join(away, ", "), "check the trunk; an aor with qualify_frequency= in pjsip.conf lets Asterisk know whether it lives")
	case len(trunks) == 1:
		x.warn(part, "only goes through "+trunks[0], "give the line a route over a second trunk, for the day the first one is down")
	default:
		x.ok(part, "goes through %s", strings.Join(trunks, ", then "))
	}
}
