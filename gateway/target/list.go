package target

import (
	"cmp"
	"slices"
	"strings"

	"hotline/agent"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
)

// Person is somebody who may sit at a telephone.
type Person struct {
	No    string
	Name  string
	Roles []agent.Role
}

// Entry is one target as it is chosen from. Search wants entries that List made: they know how they are spelled.
type Entry struct {
	Kind     Kind
	Key      string
	Title    string
	Unit     string   // of a line the responsible unit, of an expert what he knows, of an agent his group
	Initials string   // first letters of the title's pinyin, "zfgjjrx"; figures and Latin letters are left out
	Trunks   []string // PJSIP endpoints that its routes lead through, each once
	sounds   []sound
}

// List is all targets, sorted by kind as Kinds are: lines in their own order, queues by name, people by number.
// Lines that cannot be reached for want of a route are left out, and so are people with no role at a telephone.
func List(set settings.Snapshot, people []Person) []Entry {
	var all []Entry
	for _, l := range set.Lines.Lines() {
		e := Entry{Kind: kindOf(l.Mode), Key: l.DNIS, Title: l.Name, Unit: l.Unit, Trunks: trunks(l.Routes)}
		if e.Kind == Line {
			e.Trunks = nil
		}
		if e.Kind == Line || len(e.Trunks) > 0 {
			all = append(all, e)
		}
	}
	for _, q := range set.Queues {
		all = append(all, Entry{Kind: Queue, Key: q.Name, Title: q.Title})
	}
	for _, p := range people {
		if e, seated := personal(set, p); seated {
			all = append(all, e)
		}
	}
	for i := range all {
		all[i].sounds = soundsOf(all[i].Title)
		all[i].Initials = initials(all[i].sounds)
	}
	slices.SortStableFunc(all, func(a, b Entry) int {
		byKind := cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind))
		if byKind == 0 && (a.Kind == Agent || a.Kind == Expert) {
			return cmp.Compare(a.Key, b.Key)
		}
		return byKind
	})
	return all
}

func personal(set settings.Snapshot, p Person) (e Entry, seated bool) {
	e = Entry{Kind: Agent, Key: p.No, Title: p.Name, Unit: set.Groups[p.No]}
	if slices.Contains(p.Roles, agent.RoleExpert) {
		e.Kind, e.Unit = Expert, known(set, p.No)
		return e, true
	}
	return e, slices.Contains(p.Roles, agent.RoleAgent) || slices.Contains(p.Roles, agent.RoleSupervisor)
}

// known is what somebody knows: the titles of his skills.
func known(set settings.Snapshot, no string) string {
	var titles []string
	for _, k := range set.SkillNames {
		if set.Able(no, []queue.Need{{Skill: k.Name, Level: 1}}) {
			titles = append(titles, k.Title)
		}
	}
	return strings.Join(titles, " ")
}

// trunks are the endpoints of routes "trunk/number".
func trunks(routes []string) (all []string) {
	for _, route := range routes {
		if trunk, _, ok := strings.Cut(route, "/"); ok && !slices.Contains(all, trunk) {
			all = append(all, trunk)
		}
	}
	return all
}
