package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hotline/agent"
	"hotline/gateway/settings"
	"hotline/gateway/target"
)

func (w *world) All(context.Context) ([]Account, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return nil, errAway
	}
	return slices.Collect(maps.Values(w.accounts)), nil
}

func (w *world) Favourites(_ context.Context, no string) ([]target.Key, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return nil, errAway
	}
	return slices.Clone(w.kept[no]), nil
}

func (w *world) AddFavourite(_ context.Context, no string, k target.Key) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return false, errAway
	}
	if len(w.kept[no]) == 2 {
		return false, nil
	}
	w.kept[no] = append(w.kept[no], k)
	return true, nil
}

func (w *world) RemoveFavourite(_ context.Context, no string, k target.Key) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away {
		return errAway
	}
	w.kept[no] = slices.DeleteFunc(w.kept[no], func(other target.Key) bool { return other == k })
	return nil
}

// states are what the loop would say.
type states struct {
	trunks map[string]bool
	agents map[string]agent.State
	err    error
}

func (s *states) TargetStates(context.Context) (map[string]bool, map[string]agent.State, error) {
	return s.trunks, s.agents, s.err
}

// targets asks for targets and tells each as "kind key state", favourites with a star.
func (b *browser) targets(query string) []string {
	b.t.Helper()
	a := b.want(200, `"targets"`, "GET", "/api/targets?"+query, "")
	var body struct{ Targets []TargetView }
	if err := json.Unmarshal([]byte(a.text), &body); err != nil {
		b.t.Fatal(err)
	}
	var told []string
	for _, v := range body.Targets {
		star := ""
		if v.Favourite {
			star = "*"
		}
		told = append(told, strings.TrimSpace(fmt.Sprintf("%s%s %s %s", star, v.Kind, v.Key, v.State)))
	}
	return told
}

func (b *browser) wantTargets(query string, want ...string) {
	b.t.Helper()
	if got := b.targets(query); !slices.Equal(got, want) {
		b.t.Errorf("%q finds %q, want %q", query, got, want)
	}
}

func TestTargetsAreListedWithTheirStates(t *testing.T) {
	now := &states{trunks: map[string]bool{"trunk": true}, agents: map[string]agent.State{
		"8001": agent.Ready, "8003": agent.Held, "9001": agent.Rest,
	}}
	r := newRig(t, func(o *Options) { o.TargetStates = now })
	one := r.signedIn("8001")
	one.wantTargets("kind=emergency", "emergency 110 up", "emergency 119 up", "emergency 120 up", "emergency 122 up")
	one.wantTargets("q=gjj", "queue expert_housing_fund", "line 12329")
	one.wantTargets("q=公积金&kind=line", "line 12329")
	one.wantTargets("q=12366", "sub_centre 12366 up")
	one.wantTargets("kind=agent", "agent 8001 ready", "agent 8002 away", "agent 9001 away")
	one.wantTargets("kind=expert", "expert 8003 busy")
	one.wantTargets("kind=region")
	one.wantTargets("limit=1", "emergency 110 up")
	now.trunks["trunk"] = false
	one.wantTargets("q=12366", "sub_centre 12366 down")
	delete(now.trunks, "trunk")
	one.wantTargets("q=12366", "sub_centre 12366 unknown")
	now.err = errors.New("the loop is stuck")
	one.wantTargets("kind=expert", "expert 8003 unknown")
	for _, bad := range []string{"limit=0", "limit=201", "kind=number", "q=" + strings.Repeat("1", 65)} {
		one.want(422, "", "GET", "/api/targets?"+bad, "")
	}
	r.signedIn("9004").want(403, "roles", "GET", "/api/targets", "")
}

func TestTargetsAreListedWhileTheDatabaseIsAway(t *testing.T) {
	r := newRig(t)
	one := r.signedIn("8001")
	one.want(204, "", "PUT", "/api/targets/favourites/line/12329", "")
	r.world.set(func(w *world) { w.away = true })
	r.h.targets.madeAt = r.h.targets.madeAt.Add(-2 * targetsFor)
	one.wantTargets("q=1232&limit=2", "line 12322", "line 12329")
	one.want(503, "database", "PUT", "/api/targets/favourites/line/12333", "")
	one.want(503, "database", "DELETE", "/api/targets/favourites/line/12333", "")

	fresh := newRig(t)
	never := fresh.signedIn("8001")
	fresh.world.set(func(w *world) { w.away = true })
	never.want(503, "database", "GET", "/api/targets", "")
}

func TestFavouritesAreEachAgentsOwnAndComeFirst(t *testing.T) {
	r := newRig(t)
	one, boss := r.signedIn("8001"), r.signedIn("9001")
	one.want(204, "", "PUT", "/api/targets/favourites/line/12329", "")
	one.want(204, "", "PUT", "/api/targets/favourites/expert/8003", "")
	one.wantTargets("limit=3", "*expert 8003 unknown", "*line 12329", "emergency 110 unknown")
	one.wantTargets("q=1232&limit=2", "*line 12329", "line 12322")
	boss.wantTargets("limit=1", "emergency 110 unknown")
	one.want(409, "remove one first", "PUT", "/api/targets/favourites/line/12333", "")
	one.want(404, "", "PUT", "/api/targets/favourites/line/99999", "")
	one.want(404, "", "PUT", "/api/targets/favourites/expert/12333", "")
	for _, bad := range []string{"number/13800001234", "fax/1", "line/a%20b", "line/" + strings.Repeat("1", 33)} {
		one.want(422, "", "PUT", "/api/targets/favourites/"+bad, "")
		one.want(422, "", "DELETE", "/api/targets/favourites/"+bad, "")
	}
	one.want(204, "", "DELETE", "/api/targets/favourites/line/12329", "")
	one.want(204, "", "DELETE", "/api/targets/favourites/line/12329", "")
	one.wantTargets("limit=2", "*expert 8003 unknown", "emergency 110 unknown")
	r.signedIn("9002").want(403, "roles", "PUT", "/api/targets/favourites/line/12329", "")
}

func TestTheDialPlanIsChecked(t *testing.T) {
	edited := newEditor()
	edited.rows = slices.DeleteFunc(edited.rows, func(row settings.Row) bool { return row.Key == settings.KeyTransfers })
	r := newRig(t, func(o *Options) { o.Settings = edited })
	admin := r.signedIn("9003")
	shipped := admin.want(200, `"blind_chain":3`, "GET", "/api/settings/policies", "") // of a version that did not know it
	if policy, _ := shipped.field("transfers").(map[string]any); policy["version"] != 0.0 {
		t.Errorf("%+v", policy)
	}
	put := func(code int, words, plan string) {
		t.Helper()
		admin.want(code, words, "PUT", "/api/settings/policies/transfers", `{"version":0,"setting":{"emergency_ring_s":20,"ring_s":30,`+
			`"blind_chain":3,"record_consult":true,"record_handed_over":true,"dial_plan":`+plan+`}}`)
	}
	put(422, `"value":"1[3-"`, `[{"role":"agent","allow":["95519","1[3-"]}]`)
	put(422, "", `[{"role":"auditor","allow":[]}]`)
	put(422, "", `[{"role":"agent","allow":null}]`)
	put(422, "", `[{"role":"agent","allow":[`+strings.Repeat(`"1",`, 50)+`"1"]}]`)
	put(200, `"allow":["95519"]`, `[{"role":"agent","allow":["95519"]}]`)
	put(409, "", `[]`)
	r.signedIn("9001").want(403, "roles", "PUT", "/api/settings/policies/transfers", `{}`)
}
