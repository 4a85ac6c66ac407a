package store

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

const (
	retainEvery   = time.Hour
	retainTimeout = 30 * time.Minute
)

// retainArgs is the job that removes what is due to be removed.
type retainArgs struct{}

func (retainArgs) Kind() string { return "retention" }

// InsertOpts lets none be tried again: the next one comes soon anyway.
func (retainArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

type retainWorker struct {
	river.WorkerDefaults[retainArgs]
	jobs *Jobs
}

// Timeout is longer than of other jobs: the first one may find years.
func (w *retainWorker) Timeout(*river.Job[retainArgs]) time.Duration { return retainTimeout }

// Work removes what is due.
func (w *retainWorker) Work(ctx context.Context, _ *river.Job[retainArgs]) error {
	j := w.jobs
	if j.opts.Remove == nil {
		return nil
	}
	did, err := j.store.Forget(ctx, j.opts.Retention, time.Now(), j.opts.Remove)
	for _, d := range did {
		if d.Calls > 0 {
			j.opts.Log.Info("removed for good", "what", d.Class, "calls", d.Calls, "days", d.Days)
		}
	}
	return err
}
