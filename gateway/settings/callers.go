package settings

import (
	"slices"
	"strconv"

	"hotline/gateway/caller"
	"hotline/gateway/directory"
	"hotline/gateway/scope"
)

// Repeats say which callers have a badge on the agent's screen because they come again. It changes nothing else.
type Repeats struct {
	Days            int  `json:"days" doc:"1, 2, 7 or 30: who called as often as below within so many days is a repeat"`
	Calls           int  `json:"calls" doc:"calls before this one"`
	Groundless      bool `json:"groundless" doc:"show 无理重复诉求 as well"`
	GroundlessCalls int  `json:"groundless_calls" doc:"so many calls within 30 days though a request was closed finally and none is open"`
}

// Rule is the policy as the callers' profiles are judged by it.
func (r Repeats) Rule() caller.Rule {
	return caller.Rule{Days: r.Days, Calls: r.Calls, Groundless: r.Groundless, GroundlessCalls: r.GroundlessCalls}
}

func (c checker) repeats(r Repeats) {
	c.bad(!slices.Contains([]int{1, 2, 7, 30}, r.Days), "days", directory.NotOneOf, strconv.Itoa(r.Days))
	c.within("calls", r.Calls, 1, caller.MostCounted)
	c.within("groundless_calls", r.GroundlessCalls, 1, caller.MostCounted)
}

func (s Snapshot) scopeFaults() (faults directory.Faults) {
	checker{&s, item(Scope, ""), &faults}.within("", len(s.Scope), 0, scope.MaxItems)
	for _, i := range s.Scope {
		for _, f := range i.Faults() {
			f.Item = item(Scope, i.Code)
			faults = append(faults, f)
		}
	}
	return faults
}

// NotAccepted finds a kind of matter that is not accepted.
func (s Snapshot) NotAccepted(code string) (scope.Item, bool) {
	i := slices.IndexFunc(s.Scope, func(i scope.Item) bool { return i.Code == code })
	if i < 0 {
		return scope.Item{}, false
	}
	return s.Scope[i], true
}

// ReplaceScope are the changes that make items the whole list of what is not accepted.
func (r Rows) ReplaceScope(items []scope.Item) (changes []Change) {
	listed := map[string]bool{}
	for n, i := range items {
		old, _ := r.Find(Scope, i.Code)
		c := Put(Scope, i.Code, old.Version, i)
		c.Position = n + 1
		changes, listed[i.Code] = append(changes, c), true
	}
	for _, old := range r.Of(Scope) {
		if !listed[old.Key] {
			changes = append(changes, Remove(Scope, old.Key, old.Version))
		}
	}
	return changes
}
