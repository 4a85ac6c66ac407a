package web

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/agent"
	"hotline/gateway/settings"
	"hotline/gateway/target"
)

const (
	targetsFor = 3 * time.Second // a list of targets is used again
	statesWait = time.Second     // for the loop to say who is free, and for a list that is younger than the last
)

// States of a target, as the API tells them.
const (
	trunkUp, trunkDown           = "up", "down"
	agentReady, agentBusy, isOff = "ready", "busy", "away"
	stateUnknown                 = "unknown"
)

// TargetView is a target as the API tells it.
type TargetView struct {
	Kind      target.Kind `json:"kind"`
	Key       string      `json:"key" doc:"to be sent with a transfer, together with the kind"`
	Title     string      `json:"title"`
	Unit      string      `json:"unit" doc:"of a line the responsible unit, of an expert what he knows, of an agent his group"`
	Initials  string      `json:"initials" doc:"first letters of the title's pinyin"`
	State     string      `json:"state" doc:"with routes: up, down; people: ready, busy, away; unknown; empty of queues and lines"`
	Favourite bool        `json:"favourite"`
}

type targetsIn struct {
	Query string      `query:"q" maxLength:"64" doc:"number, name, pinyin or its first letters"`
	Kind  target.Kind `query:"kind" enum:"emergency,sub_centre,utility,expert,queue,line,agent,region"`
	Limit int         `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type targetsOut struct {
	Body struct {
		Targets []TargetView `json:"targets" nullable:"false"`
	}
}

type favouriteIn struct {
	Kind target.Kind `path:"kind" enum:"emergency,sub_centre,utility,expert,queue,line,agent,region"`
	Key  string      `path:"key" maxLength:"32" pattern:"^[+0-9A-Za-z_-]+$"`
}

func (h *Handler) registerTargets() {
	register(h, huma.Operation{
		OperationID: "targets", Method: http.MethodGet, Path: "/api/targets",
		Summary: "To whom a call can be handed: one's favourites first, then the best match",
	}, h.listTargets)
	register(h, huma.Operation{
		OperationID: "put-favourite", Method: http.MethodPut, Path: "/api/targets/favourites/{kind}/{key}",
		Summary: "Keep a target among one's favourites", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, h.addFavourite)
	register(h, huma.Operation{
		OperationID: "delete-favourite", Method: http.MethodDelete, Path: "/api/targets/favourites/{kind}/{key}",
		Summary: "Forget a favourite", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *favouriteIn) (*struct{}, error) {
		asked, cancel := ask(ctx)
		defer cancel()
		return nil, h.o.Favourites.RemoveFavourite(asked, whoIs(ctx).No, target.Key{Kind: in.Kind, Name: in.Key})
	})
}

func (h *Handler) listTargets(ctx context.Context, in *targetsIn) (*targetsOut, error) {
	all, err := h.allTargets(ctx)
	if err != nil {
		return nil, err
	}
	if in.Kind != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(e target.Entry) bool { return e.Kind != in.Kind })
	}
	found := target.Search(all, in.Query, len(all))
	kept := h.favourites(ctx)
	isKept := func(e target.Entry) bool { return kept[target.Key{Kind: e.Kind, Name: e.Key}] }
	slices.SortStableFunc(found, func(a, b target.Entry) int { return rank(isKept(a)) - rank(isKept(b)) })
	found = found[:min(in.Limit, len(found))]
	trunks, agents := h.targetStates(ctx)
	out := &targetsOut{}
	out.Body.Targets = make([]TargetView, len(found))
	for i, e := range found {
		out.Body.Targets[i] = TargetView{e.Kind, e.Key, e.Title, e.Unit, e.Initials, stateOf(e, trunks, agents), isKept(e)}
	}
	return out, nil
}

func rank(favourite bool) int {
	if favourite {
		return 0
	}
	return 1
}

// favourites are those of who asks. Without the database the list is told without them: it is needed in a call.
func (h *Handler) favourites(ctx context.Context) map[target.Key]bool {
	asked, cancel := ask(ctx)
	defer cancel()
	keys, err := h.o.Favourites.Favourites(asked, whoIs(ctx).No)
	if err != nil {
		h.log.Warn("targets are listed without favourites", "err", err)
	}
	kept := make(map[target.Key]bool, len(keys))
	for _, k := range keys {
		kept[k] = true
	}
	return kept
}

func (h *Handler) addFavourite(ctx context.Context, in *favouriteIn) (*struct{}, error) {
	all, err := h.allTargets(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(e target.Entry) bool { return e.Kind == in.Kind && e.Key == in.Key }) {
		return nil, errNotFound
	}
	asked, cancel := ask(ctx)
	defer cancel()
	kept, err := h.o.Favourites.AddFavourite(asked, whoIs(ctx).No, target.Key{Kind: in.Kind, Name: in.Key})
	if err == nil && !kept {
		err = errFavourites
	}
	return nil, err
}

// targetList is the list of all targets as it was last made.
type targetList struct {
	mu     sync.Mutex
	all    []target.Entry
	madeAt time.Time
}

// allTargets is the list of all targets, a few seconds old at most. While the database is away the last one serves.
func (h *Handler) allTargets(ctx context.Context) ([]target.Entry, error) {
	l := &h.targets
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.madeAt.IsZero() && time.Since(l.madeAt) < targetsFor {
		return l.all, nil
	}
	if l.all != nil { // nobody waits long for a better one
		limited, cancel := context.WithTimeout(ctx, statesWait)
		defer cancel()
		ctx = limited
	}
	all, err := h.makeTargets(ctx)
	switch {
	case err != nil && l.all == nil:
		return nil, err
	case err != nil:
		h.log.Warn("targets are listed as they were", "made", l.madeAt, "err", err)
	default:
		l.all = all
	}
	l.madeAt = time.Now()
	return l.all, nil
}

func (h *Handler) makeTargets(ctx context.Context) ([]target.Entry, error) {
	rows, err := h.loadSettings(ctx)
	if err != nil {
		return nil, err
	}
	set, err := settings.Assemble(rows)
	if err != nil {
		return nil, err
	}
	asked, cancel := ask(ctx)
	defer cancel()
	accounts, err := h.o.Accounts.All(asked)
	if err != nil {
		return nil, err
	}
	people := make([]target.Person, len(accounts))
	for i, a := range accounts {
		people[i] = target.Person{No: a.Profile.No, Name: a.Profile.Name, Roles: a.Profile.Roles}
	}
	return target.List(set, people), nil
}

// targetStates is what is known of trunks and agents now; nil maps: nothing.
func (h *Handler) targetStates(ctx context.Context) (map[string]bool, map[string]agent.State) {
	if h.o.TargetStates == nil {
		return nil, nil
	}
	asked, cancel := context.WithTimeout(ctx, statesWait)
	defer cancel()
	trunks, agents, err := h.o.TargetStates.TargetStates(asked)
	if err != nil {
		h.log.Warn("targets are listed without their states", "err", err)
		return nil, nil
	}
	return trunks, agents
}

func stateOf(e target.Entry, trunks map[string]bool, agents map[string]agent.State) string {
	switch {
	case e.Kind == target.Agent || e.Kind == target.Expert:
		return personState(e.Key, agents)
	case len(e.Trunks) > 0:
		return trunkState(e.Trunks, trunks)
	}
	return ""
}

// personState is away of everybody the loop does not know: he never signed in.
func personState(no string, agents map[string]agent.State) string {
	if agents == nil {
		return stateUnknown
	}
	switch agents[no] {
	case agent.Ready:
		return agentReady
	case agent.Reserved, agent.Talking, agent.Held, agent.WrapUp, agent.Lost:
		return agentBusy
	}
	return isOff
}

// trunkState is up when one of the routes can be tried, down when none can.
func trunkState(names []string, trunks map[string]bool) string {
	state := trunkDown
	for _, name := range names {
		switch up, known := trunks[name]; {
		case up:
			return trunkUp
		case !known:
			state = stateUnknown
		}
	}
	return state
}
