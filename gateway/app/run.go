package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// stopTime is how long all parts together may take to stop.
const stopTime = 10 * time.Second

// part is one long-lived part of the gateway.
type part struct {
	name string
	run  func(ctx context.Context) error // ends with ctx
}

// parts run together: the first that fails ends all, and they end in the reverse of the order they were added.
type parts struct {
	log  *slog.Logger
	list []part
}

func (p *parts) add(name string, run func(ctx context.Context) error) {
	p.list = append(p.list, part{name, run})
}

// run starts every part and returns when all have ended: after ctx, or after the first failure.
func (p *parts) run(ctx context.Context) error {
	group, failed := errgroup.WithContext(context.WithoutCancel(ctx))
	stops := make([]context.CancelFunc, len(p.list))
	ended := make([]chan struct{}, len(p.list))
	for i, one := range p.list {
		life, stop := context.WithCancel(context.WithoutCancel(ctx))
		stops[i], ended[i] = stop, make(chan struct{})
		group.Go(func() error {
			defer close(ended[i])
			if err := one.run(life); err != nil && !errors.Is(err, context.Canceled) {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			return nil
		})
	}
	select {
	case <-ctx.Done():
		p.log.Info("stopping; calls go on in asterisk")
	case <-failed.Done():
	}
	deadline := time.After(stopTime)
	for i := len(p.list) - 1; i >= 0; i-- {
		stops[i]()
		select {
		case <-ended[i]:
		case <-deadline:
			return fmt.Errorf("%s did not stop within %s", p.list[i].name, stopTime)
		}
	}
	return group.Wait()
}
