package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"hotline/gateway/settings"
)

const (
	gatherEvery = 2 * time.Second
	jobTimeout  = time.Minute
	stopJobs    = 3 * time.Second
	doneJobs    = time.Hour // finished ones are kept for those who look for a fault

	// Two programs that start together take turns with River's migrations.
	lockJobs = `
SELECT pg_advisory_lock(7312346)`
)

// migrateJobs brings River's tables up to what this program needs, forward only.
func (s *Store) migrateJobs(ctx context.Context) error {
	cfg := s.ownerConfig()
	cfg.RuntimeParams["lock_timeout"], cfg.RuntimeParams["statement_timeout"] = "0", "0"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return wrap(err, "migrate the jobs")
	}
	defer conn.Close(context.WithoutCancel(ctx)) // and with it the lock goes
	if _, err := conn.Exec(ctx, lockJobs); err != nil {
		return wrap(err, "take a turn to migrate the jobs")
	}
	pool, done, err := s.ownerPool(ctx)
	if err != nil {
		return wrap(err, "migrate the jobs")
	}
	defer done()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("read the migrations of the jobs: %w", err)
	}
	if _, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil && s.Ping(ctx) == nil {
		err = fmt.Errorf("%w: %w", errMigration, err)
	}
	return wrap(err, "migrate the jobs")
}

// Jobs does what has to be done now and then with what is kept, on River: of several gateways one does it at a time,
// and what one left undone another does.
type Jobs struct {
	store *Store
	opts  JobsOptions
}

// JobsOptions say what the jobs need. Policies and Gathered are called from the jobs' goroutines.
type JobsOptions struct {
	Policies func() settings.Policies // as they are now
	Gathered func([]Callback)         // told the open tasks each time they were looked at; may be nil
	Every    time.Duration            // between two looks; 0 is two seconds
	Log      *slog.Logger

	Retention Retention                                         // how long what is kept of calls is kept
	Remove    func(ctx context.Context, recording string) error // removes a recording's file; nil: nothing is removed
}

// NewJobs makes the jobs; Run does them.
func NewJobs(s *Store, o JobsOptions) *Jobs {
	if o.Every <= 0 {
		o.Every = gatherEvery
	}
	if o.Gathered == nil {
		o.Gathered = func([]Callback) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Jobs{store: s, opts: o}
}

// Run does jobs until ctx ends. While PostgreSQL is away or not yet migrated it waits for it.
func (j *Jobs) Run(ctx context.Context) error {
	var pause backoff
	for {
		client, err := j.client()
		if err != nil {
			return fmt.Errorf("make the jobs: %w", err)
		}
		if err = j.start(ctx, client); err == nil {
			<-ctx.Done()
			return j.stop(ctx, client)
		}
		if ctx.Err() == nil {
			j.opts.Log.Warn("jobs wait for PostgreSQL", "err", err)
		}
		if !pause.sleep(ctx) {
			return nil
		}
	}
}

// start makes sure that the tables are there: without them River would only complain.
func (j *Jobs) start(ctx context.Context, client *river.Client[pgx.Tx]) error {
	if err := j.store.MigrateWhenUp(ctx); err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil { // it is ended by stop, which lets a running job finish
		return err
	}
	// The first look is at once: River's periodic jobs begin when the one who made them is given up, which after a crash
	// takes some fifteen seconds.
	if _, err := client.Insert(ctx, gatherArgs{}, nil); err != nil {
		j.opts.Log.Warn("the first look for call-backs comes late", "err", err)
	}
	return nil
}

func (j *Jobs) stop(ctx context.Context, client *river.Client[pgx.Tx]) error {
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopJobs)
	defer cancel()
	if err := client.Stop(soft); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	hard, cancelHard := context.WithTimeout(context.WithoutCancel(ctx), stopJobs)
	defer cancelHard()
	return client.StopAndCancel(hard)
}

func (j *Jobs) client() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &gatherWorker{jobs: j})
	river.AddWorker(workers, &retainWorker{jobs: j})
	return river.NewClient(riverpgxv5.New(j.store.pool), &river.Config{
		Logger:                      slog.New(onlyTrouble{j.opts.Log.Handler()}),
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}},
		Workers:                     workers,
		JobTimeout:                  jobTimeout,
		CompletedJobRetentionPeriod: doneJobs,
		ReindexerSchedule:           j.store.reindexing(),
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(
			river.PeriodicInterval(j.opts.Every),
			func() (river.JobArgs, *river.InsertOpts) { return gatherArgs{}, nil },
			nil,
		), river.NewPeriodicJob(
			river.PeriodicInterval(retainEvery),
			func() (river.JobArgs, *river.InsertOpts) { return retainArgs{}, nil },
			&river.PeriodicJobOpts{RunOnStart: true},
		)},
	})
}

// gatherArgs is the job that looks for callers who reached nobody.
type gatherArgs struct{}

func (gatherArgs) Kind() string { return "callback.gather" }

// InsertOpts lets none be tried again: the next one comes soon anyway. It is not unique: one that was running as its
// gateway was killed would keep all others away until it is given up.
func (gatherArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

type gatherWorker struct {
	river.WorkerDefaults[gatherArgs]
	jobs *Jobs
}

// Work keeps the tasks in step and tells who shows them.
func (w *gatherWorker) Work(ctx context.Context, _ *river.Job[gatherArgs]) error {
	j := w.jobs
	if _, err := j.store.Gather(ctx, j.opts.Policies(), time.Now()); err != nil {
		return err
	}
	open, err := j.store.OpenCallbacks(ctx, 0)
	if err != nil {
		return err
	}
	j.opts.Gathered(open)
	return nil
}

// onlyTrouble lets River's warnings and errors through, not its diary.
type onlyTrouble struct{ slog.Handler }

func (h onlyTrouble) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h onlyTrouble) WithAttrs(attrs []slog.Attr) slog.Handler {
	return onlyTrouble{h.Handler.WithAttrs(attrs)}
}

func (h onlyTrouble) WithGroup(name string) slog.Handler {
	return onlyTrouble{h.Handler.WithGroup(name)}
}
