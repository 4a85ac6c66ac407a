package app

import (
	"context"
	"errors"
	"time"

	"hotline/gateway/store"
)

// takeLease waits until no other gateway leads this application. While PostgreSQL is away nobody can be asked, and
// callers are served all the same: then the lease is nil.
func (g *gateway) takeLease(ctx context.Context) (*store.Lease, error) {
	told := ""
	for ctx.Err() == nil {
		lease, err := g.tryLease(ctx)
		switch {
		case err == nil:
			return lease, nil
		case errors.Is(err, store.ErrUnavailable):
			g.log.Warn("the database is away: serving without it, records wait in the spool", "error", err)
			return nil, nil
		case !errors.Is(err, store.ErrLeaseHeld):
			return nil, err
		}
		if told != err.Error() {
			told = err.Error()
			g.log.Warn("another gateway leads: standing by", "error", err)
		}
		pause(ctx, leaseRetry)
	}
	return nil, nil
}

// tryLease brings the database up to date and asks for the lease once.
func (g *gateway) tryLease(ctx context.Context) (*store.Lease, error) {
	limited, cancel := context.WithTimeout(ctx, migrateTime)
	defer cancel()
	if err := g.store.Migrate(limited); err != nil {
		return nil, err
	}
	return g.store.HoldLease(limited, "ari/"+g.config.ARIApp)
}

// keepLease holds on to the lease through outages of PostgreSQL. When another gateway took it meanwhile this one
// ends, for its supervisor to start it again as the one that stands by.
func (g *gateway) keepLease(ctx context.Context, lease *store.Lease) error {
	for {
		if lease != nil {
			select {
			case <-ctx.Done():
				return nil
			case <-lease.Lost():
				lease.Release()
			}
		}
		var err error
		lease, err = g.tryLease(ctx)
		if errors.Is(err, store.ErrLeaseHeld) {
			return err
		}
		if err != nil {
			pause(ctx, leaseRetry)
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
