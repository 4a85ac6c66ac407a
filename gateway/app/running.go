package app

import (
	"context"
	"log/slog"

	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/web"
)

// running hands settings that were changed to the loop, and keeps a copy of them on disk beside it.
type running struct {
	apply   func(settings.Snapshot)
	waiting func(queue string) int
	dir     string // of the copy
	log     *slog.Logger
	latest  chan settings.Rows // the newest that is not on disk yet
}

var _ web.Running = (*running)(nil)

func newRunning(apply func(settings.Snapshot), waiting func(string) int, dir string, log *slog.Logger) *running {
	return &running{apply: apply, waiting: waiting, dir: dir, log: log, latest: make(chan settings.Rows, 1)}
}

// Changed is called for one change at a time; the disk sees the last of those that come faster than it writes.
func (r *running) Changed(rows settings.Rows, now settings.Snapshot) {
	r.apply(now)
	select {
	case <-r.latest:
	default:
	}
	r.latest <- rows
}

func (r *running) Waiting(queue string) int { return r.waiting(queue) }

// Run writes copies until ctx ends, the last one included.
func (r *running) Run(ctx context.Context) error {
	for {
		select {
		case rows := <-r.latest:
			r.keep(rows)
		case <-ctx.Done():
			select {
			case rows := <-r.latest:
				r.keep(rows)
			default:
			}
			return nil
		}
	}
}

func (r *running) keep(rows settings.Rows) {
	if err := store.KeepSettings(r.dir, rows); err != nil {
		r.log.Warn("a start without PostgreSQL would not know these settings", "err", err)
	}
}
