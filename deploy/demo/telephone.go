package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"hotline/deploy/desk"
	"hotline/gateway/switchboard"
)

const (
	renew = desk.Registered / 3
	retry = 2 * time.Second
)

// telephone is the clerk's telephone, which registers by itself with the account that the gateway makes for it.
type telephone struct {
	*desk.Telephone
	console    *desk.Console
	no         string
	progress   io.Writer
	registered atomic.Bool

	mu      sync.Mutex // one registration at a time
	account desk.Account
	left    bool // unregistered for good
}

func plugIn(opts AgentOptions, console *desk.Console) (*telephone, error) {
	phone, err := desk.PlugIn(opts.SIP, opts.No)
	if err != nil {
		return nil, err
	}
	return &telephone{Telephone: phone, console: console, no: opts.No, progress: opts.Progress}, nil
}

// stayRegistered registers, and again before that runs out and whenever the console's link has come back, until ctx
// ends.
func (t *telephone) stayRegistered(ctx context.Context) {
	var due time.Time
	links := 0
	for ; ctx.Err() == nil; wait(ctx, 200*time.Millisecond) {
		now := t.console.Links()
		if now == 0 || now == links && time.Now().Before(due) {
			continue
		}
		err := t.register(ctx)
		was := t.registered.Swap(err == nil)
		if err != nil {
			due = time.Now().Add(retry)
			if was && ctx.Err() == nil {
				fmt.Fprintf(t.progress, "agent %s: %v\n", t.no, err)
			}
			continue
		}
		due = time.Now().Add(renew)
		if !was || now != links {
			// A link that is down again is noticed by the next round.
			_ = t.console.Do(ctx, switchboard.CmdRegistered, struct{}{}, "")
		}
		links = now
	}
}

// register uses the account at hand. Where that is refused, since Asterisk has restarted and forgotten it or somebody
// had another one made, it asks for a new one.
func (t *telephone) register(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left {
		return nil
	}
	if t.account.Username != "" {
		err := t.Register(ctx, t.account)
		if !errors.Is(err, desk.ErrRefused) {
			return err
		}
	}
	account, err := t.console.Phone(ctx)
	if err != nil {
		return fmt.Errorf("ask for a SIP account: %w", err)
	}
	t.account = account
	return t.Register(ctx, account)
}

// unregister tells Asterisk that the telephone goes.
func (t *telephone) unregister(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = true
	if t.account.Username != "" {
		_ = t.Unregister(ctx, t.account) // where this fails the registration runs out by itself
	}
}
