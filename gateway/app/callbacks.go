package app

import (
	"context"

	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
	"hotline/gateway/web"
)

// gatherer makes tasks of those who reached nobody, and keeps the loop informed of them.
func (g *gateway) gatherer() *store.Jobs {
	return store.NewJobs(g.store, store.JobsOptions{
		Policies: func() settings.Policies { return *g.policies.Load() },
		Gathered: func(open []store.Callback) { g.board.Callbacks(tasksOf(open)) },
		Log:      g.log,

		Retention: g.config.retention(), Remove: g.vault.Remove,
	})
}

func tasksOf(open []store.Callback) []switchboard.Task {
	tasks := make([]switchboard.Task, len(open))
	for i, c := range open {
		tasks[i] = switchboard.Task{
			ID: c.ID, Number: c.Number, DNIS: c.DNIS, Queue: c.Queue, Reason: c.Reason, MissedAt: c.MissedAt,
			Attempts: c.Attempts, KeptPlace: c.KeptPlace, Since: c.WaitingSince, Secret: c.Secret,
		}
	}
	return tasks
}

// callbacks is the web's Callbacks.
type callbacks struct{ store *store.Store }

func (c callbacks) OpenCallbacks(ctx context.Context, limit int) ([]web.Callback, error) {
	open, err := c.store.OpenCallbacks(ctx, limit)
	list := make([]web.Callback, len(open))
	for i, t := range open {
		list[i] = web.Callback{
			ID: t.ID, Number: t.Number, DNIS: t.DNIS, Line: t.Line, Queue: t.Queue, Reason: t.Reason, Missed: t.Missed,
			KeptPlace: t.KeptPlace, MissedAt: t.MissedAt, DueAt: t.DueAt, Attempts: t.Attempts,
			Dialling: t.State == store.CallbackDialling, LastReach: t.LastReach, LastAgent: t.LastAgent, Secret: t.Secret,
		}
	}
	return list, err
}

func (c callbacks) CloseCallback(ctx context.Context, id, who, reason string) error {
	return c.store.CloseCallback(ctx, id, who, reason)
}
