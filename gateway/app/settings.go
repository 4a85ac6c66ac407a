package app

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
	"hotline/gateway/web"
	"hotline/ivr/prompts"
)

const (
	configureTime = 5 * time.Second // for the loop to take new settings
	waitingTime   = time.Second     // for the loop to say who waits
)

// running keeps what runs in step with what people edit: it is the web's Settings and its Running.
type running struct {
	store  *store.Store
	board  *switchboard.Switchboard
	dir    string          // keeps a copy for a start without PostgreSQL
	voice  prompts.Options // speaks bulletins
	log    *slog.Logger
	latest chan edited
	spoken switchboard.Spoken // owned by Run, and by the start before it
	notify func(settings.Snapshot)
}

// edited is one state of the settings.
type edited struct {
	rows settings.Rows
	now  settings.Snapshot
}

// Load implements web.Settings.
func (r *running) Load(ctx context.Context) (settings.Rows, error) { return r.store.LoadSettings(ctx) }

// Change implements web.Settings.
func (r *running) Change(ctx context.Context, who string, changes ...settings.Change) (settings.Rows, error) {
	return r.store.ChangeSettings(ctx, who, changes...)
}

// ImportLines implements web.Settings.
func (r *running) ImportLines(ctx context.Context, who string, d *directory.Directory, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	return r.store.ImportLines(ctx, who, d, revision, dryRun)
}

// ImportScope implements web.Settings.
func (r *running) ImportScope(ctx context.Context, who string, items []scope.Item, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	return r.store.ImportScope(ctx, who, items, revision, dryRun)
}

// History implements web.Settings.
func (r *running) History(ctx context.Context, kind settings.Kind, key string, limit int) ([]web.SettingChange, error) {
	changes, err := r.store.SettingChanges(ctx, kind, key, limit)
	all := make([]web.SettingChange, len(changes))
	for i, c := range changes {
		all[i] = web.SettingChange(c)
	}
	return all, err
}

// People implements web.Settings.
func (r *running) People(ctx context.Context) ([]agent.Profile, error) { return r.store.People(ctx) }

// Waiting implements web.Running.
func (r *running) Waiting(queue string) int {
	limited, cancel := context.WithTimeout(context.Background(), waitingTime)
	defer cancel()
	n, err := r.board.Waiting(limited, queue)
	if err != nil {
		return 1 // who cannot be counted must not lose his queue
	}
	return n
}

// Changed implements web.Running. Only the latest state counts.
func (r *running) Changed(rows settings.Rows, now settings.Snapshot) {
	for {
		select {
		case r.latest <- edited{rows, now}:
			return
		default:
		}
		select {
		case <-r.latest:
		default:
		}
	}
}

// Run hands what people changed to the loop until ctx ends.
func (r *running) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return r.keepLast()
		case e := <-r.latest:
			r.apply(ctx, e)
		}
	}
}

// keepLast writes a change to disk that came with the end.
func (r *running) keepLast() error {
	select {
	case e := <-r.latest:
		return store.KeepSettings(r.dir, e.rows)
	default:
		return nil
	}
}

func (r *running) apply(ctx context.Context, e edited) {
	before := maps.Clone(r.spoken)
	r.configure(ctx, e.now) // at once, with what is spoken already
	r.notify(e.now)
	r.speak(ctx, e.now)
	if !maps.Equal(before, r.spoken) {
		r.configure(ctx, e.now)
	}
	if err := store.KeepSettings(r.dir, e.rows); err != nil {
		r.log.Warn("a start without the database would not know these settings", "error", err)
	}
}

func (r *running) configure(ctx context.Context, now settings.Snapshot) {
	limited, cancel := context.WithTimeout(ctx, configureTime)
	defer cancel()
	if err := r.board.Configure(limited, now, maps.Clone(r.spoken)); err != nil && ctx.Err() == nil {
		r.log.Error("new settings are kept but not in effect", "error", err)
	}
}

// speak makes the prompts of the bulletins that are on. A recording with the bulletin's name goes before.
func (r *running) speak(ctx context.Context, now settings.Snapshot) {
	r.spoken = switchboard.Spoken{}
	for _, b := range now.Bulletins {
		if !b.On || r.voice.Sounds == "" {
			continue
		}
		if prompts.Usable(r.voice.Sounds, b.Name) == nil {
			r.spoken[b.Name] = b.Name
			continue
		}
		name, err := prompts.BuildText(ctx, r.voice, b.Text)
		if err != nil {
			r.log.Error("a bulletin cannot be spoken", "bulletin", b.Name, "error", err)
			continue
		}
		r.spoken[b.Name] = name
	}
}

// shipped are the settings of a first start, with the times of this program's own configuration where it is given.
func (c *ServeConfig) shipped(set settings.Snapshot) settings.Snapshot {
	set.Queues = slices.Clone(set.Queues)
	for i := range set.Queues {
		if c.RingTimeout > 0 {
			set.Queues[i].RingTimeout = c.RingTimeout
		}
		if c.WrapUp >= 0 {
			set.Queues[i].WrapUp = c.WrapUp
		}
	}
	return set
}
