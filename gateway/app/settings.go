package app

import (
	"context"
	"slices"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/web"
)

// editable gives the web side what people edit.
type editable struct{ store *store.Store }

var _ web.Settings = editable{}

func (e editable) Load(ctx context.Context) (settings.Rows, error) { return e.store.LoadSettings(ctx) }

func (e editable) Change(ctx context.Context, who string, changes ...settings.Change) (settings.Rows, error) {
	return e.store.ChangeSettings(ctx, who, changes...)
}

func (e editable) ImportLines(ctx context.Context, who string, d *directory.Directory, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	return e.store.ImportLines(ctx, who, d, revision, dryRun)
}

func (e editable) History(ctx context.Context, kind settings.Kind, key string, limit int) ([]web.SettingChange, error) {
	all, err := e.store.SettingChanges(ctx, kind, key, limit)
	changes := make([]web.SettingChange, len(all))
	for i, c := range all {
		changes[i] = web.SettingChange(c)
	}
	return changes, err
}

// People are those who talk to callers.
func (e editable) People(ctx context.Context) ([]agent.Profile, error) {
	all, err := e.store.ListAccounts(ctx)
	people := make([]agent.Profile, 0, len(all))
	for _, a := range all {
		if slices.ContainsFunc([]agent.Role{agent.RoleAgent, agent.RoleExpert, agent.RoleSupervisor}, a.Has) {
			people = append(people, a.Profile())
		}
	}
	return people, err
}
