package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

var bulletins = kindOf[settings.Bulletin]{settings.Bulletins, "bulletins", "bulletin", func(b *settings.Bulletin) *string { return &b.Name }}

func (h *Handler) registerSettings() {
	registerKind(h, kindOf[directory.Line]{settings.Line, "lines", "line", func(l *directory.Line) *string { return &l.DNIS }})
	registerKind(h, kindOf[settings.QueueDoc]{settings.Queue, "queues", "queue", func(q *settings.QueueDoc) *string { return &q.Name }})
	registerKind(h, kindOf[settings.Skill]{settings.SkillNames, "skills", "skill", func(k *settings.Skill) *string { return &k.Name }})
	registerKind(h, kindOf[settings.AgentSkills]{settings.AgentSkill, "agents", "agent's skills", func(a *settings.AgentSkills) *string { return &a.Agent }})
	registerKind(h, bulletins)
	h.registerSwitch()
	h.registerPolicies()
	h.registerPeople()
	h.registerLineFiles()
	h.registerHistory()
}

type switchIn struct {
	KeyIn
	Body struct {
		On bool `json:"on"`
	}
}

// registerSwitch lets a bulletin be switched by people who may not edit it, whatever its version.
func (h *Handler) registerSwitch() {
	register(h, huma.Operation{
		OperationID: "switch-bulletin", Method: http.MethodPut, Path: "/api/settings/bulletins/{key}/on",
		Summary: "Switch a bulletin on or off",
	}, func(ctx context.Context, in *switchIn) (*settingOut[settings.Bulletin], error) {
		for {
			rows, err := h.loadSettings(ctx)
			if err != nil {
				return nil, err
			}
			b, err := found(rows, bulletins, in.Key)
			if err != nil {
				return nil, err
			}
			b.Body.Setting.On = in.Body.On
			rows, err = h.changeSettings(ctx, settings.Put(settings.Bulletins, in.Key, b.Body.Version, b.Body.Setting))
			if p, ok := err.(*settingsProblem); ok && p.Conflict != nil && ctx.Err() == nil {
				continue // somebody edits the text in this moment
			}
			if err != nil {
				return nil, err
			}
			return found(rows, bulletins, in.Key)
		}
	})
}

type policiesOut struct {
	Body struct {
		Figures   setting[settings.Figures]    `json:"figures"`
		Callback  setting[settings.Callback]   `json:"callback"`
		Surge     setting[settings.Surge]      `json:"surge"`
		Rest      setting[settings.Rest]       `json:"rest"`
		Transfers setting[settings.Transfers]  `json:"transfers"`
		Credits   setting[settings.CreditsDoc] `json:"credits" doc:"seconds of waiting that a priority is worth"`
		Abuse     setting[settings.Abuse]      `json:"abuse"`
		BlockList setting[settings.BlockList]  `json:"block_list"`
	}
}

func (h *Handler) registerPolicies() {
	register(h, huma.Operation{
		OperationID: "policies", Method: http.MethodGet, Path: "/api/settings/policies", Summary: "All policies",
	}, func(ctx context.Context, _ *struct{}) (*policiesOut, error) {
		rows, err := h.loadSettings(ctx)
		if err != nil {
			return nil, err
		}
		out, shipped := &policiesOut{}, settings.Default().Rows()
		for key, into := range map[string]func(settings.Row) error{
			settings.KeyFigures:   intoPolicy(&out.Body.Figures),
			settings.KeyCallback:  intoPolicy(&out.Body.Callback),
			settings.KeySurge:     intoPolicy(&out.Body.Surge),
			settings.KeyRest:      intoPolicy(&out.Body.Rest),
			settings.KeyTransfers: intoPolicy(&out.Body.Transfers),
			settings.KeyCredits:   intoPolicy(&out.Body.Credits),
			settings.KeyAbuse:     intoPolicy(&out.Body.Abuse),
			settings.KeyBlockList: intoPolicy(&out.Body.BlockList),
		} {
			row, ok := rows.Find(settings.PolicyGroup, key)
			if !ok { // kept by a version that did not know it: what is shipped is in force
				row, _ = shipped.Find(settings.PolicyGroup, key)
			}
			if err := into(row); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
	registerPolicy[settings.Figures](h, settings.KeyFigures, "How calls are counted")
	registerPolicy[settings.Callback](h, settings.KeyCallback, "How missed callers are called back")
	registerPolicy[settings.Surge](h, settings.KeySurge, "The surge switch and what it does")
	registerPolicy[settings.Rest](h, settings.KeyRest, "How many agents may rest at once")
	registerPolicy[settings.Transfers](h, settings.KeyTransfers, "How calls are handed on")
	registerPolicy[settings.CreditsDoc](h, settings.KeyCredits, "What priorities are worth")
	registerPolicy[settings.Abuse](h, settings.KeyAbuse, "What agents may do about abusive calls")
	registerPolicy[settings.BlockList](h, settings.KeyBlockList, "Whether and how callers are blocked")
}

func intoPolicy[T any](to *setting[T]) func(settings.Row) error {
	return func(row settings.Row) (err error) {
		*to, err = settingOf(row, kindOf[T]{})
		return err
	}
}

type policyIn[T any] struct {
	Body struct {
		Version int64 `json:"version" doc:"the one that was seen"`
		Setting T     `json:"setting"`
	}
}

func registerPolicy[T any](h *Handler, key, summary string) {
	register(h, huma.Operation{
		OperationID: "put-policy-" + key, Method: http.MethodPut, Path: "/api/settings/policies/" + key, Summary: summary,
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *policyIn[T]) (*settingOut[T], error) {
		rows, err := h.changeSettings(ctx, settings.Put(settings.PolicyGroup, key, in.Body.Version, in.Body.Setting))
		if err != nil {
			return nil, err
		}
		return found(rows, kindOf[T]{kind: settings.PolicyGroup}, key)
	})
}

type peopleOut struct {
	Body struct {
		People []personView `json:"people" nullable:"false"`
	}
}

type personView struct {
	No   string `json:"no"`
	Name string `json:"name"`
}

func (h *Handler) registerPeople() {
	register(h, huma.Operation{
		OperationID: "people", Method: http.MethodGet, Path: "/api/settings/people", Summary: "Who may have skills",
	}, func(ctx context.Context, _ *struct{}) (*peopleOut, error) {
		asked, cancel := ask(ctx)
		defer cancel()
		all, err := h.o.Settings.People(asked)
		out := &peopleOut{}
		out.Body.People = make([]personView, len(all))
		for i, p := range all {
			out.Body.People[i] = personView{p.No, p.Name}
		}
		return out, err
	})
}

type historyIn struct {
	Kind  settings.Kind `query:"kind" enum:"line,queue,skill,agent_skill,bulletin,policy"`
	Key   string        `query:"key" maxLength:"64"`
	Limit int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type settingChangeView struct {
	At   time.Time       `json:"at"`
	Who  string          `json:"who"`
	Kind settings.Kind   `json:"kind"`
	Key  string          `json:"key"`
	Old  json.RawMessage `json:"old" doc:"null: it was new"`
	New  json.RawMessage `json:"new" doc:"null: it was removed"`
}

type historyOut struct {
	Body struct {
		Changes []settingChangeView `json:"changes" nullable:"false"`
	}
}

func (h *Handler) registerHistory() {
	register(h, huma.Operation{
		OperationID: "setting-changes", Method: http.MethodGet, Path: "/api/settings/changes", Summary: "Who changed which setting when, newest first",
	}, func(ctx context.Context, in *historyIn) (*historyOut, error) {
		asked, cancel := ask(ctx)
		defer cancel()
		all, err := h.o.Settings.History(asked, in.Kind, in.Key, in.Limit)
		out := &historyOut{}
		out.Body.Changes = make([]settingChangeView, len(all))
		for i, c := range all {
			out.Body.Changes[i] = settingChangeView{c.At, c.Who, c.Kind, c.Key, c.Old, c.New}
		}
		return out, err
	})
}
