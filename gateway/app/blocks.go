package app

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hotline/gateway/blocklist"
	"hotline/gateway/caller"
	"hotline/gateway/seal"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
	"hotline/gateway/web"
)

// blocksRetry is the pause between attempts to read the block list; until it is read nobody is blocked.
const blocksRetry = 2 * time.Second

// blocks is the block list: in memory for every call, in PostgreSQL for people. It is the switchboard's Blocks and the
// web's.
type blocks struct {
	store    *store.Store
	keys     *seal.KeyRing
	policies *atomic.Pointer[settings.Policies]
	journal  switchboard.Journal
	log      *slog.Logger

	mu   sync.RWMutex
	list *blocklist.List
}

// Run reads the list, and ends with ctx.
func (b *blocks) Run(ctx context.Context) error {
	for {
		list, err := b.store.Blocked(ctx, time.Now())
		if err == nil {
			b.mu.Lock()
			b.list = list
			b.mu.Unlock()
			b.log.Info("read the block list", "entries", list.Len())
			<-ctx.Done()
			return nil
		}
		b.log.Warn("the block list cannot be read; nobody is blocked", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(blocksRetry):
		}
	}
}

// Blocked implements switchboard.Blocks.
func (b *blocks) Blocked(number, dnis string, now time.Time) string {
	hash, known := blocklist.HashOf(b.keys.Hash("number", number))
	if !known {
		return ""
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.list == nil {
		return ""
	}
	entry, _ := b.list.Find(hash, dnis, now)
	return entry
}

// took keeps the list in memory in step with an entry that changed. Before the list was read it need not.
func (b *blocks) took(changed store.Block, replaced string) {
	raw, active := changed.Entry()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.list == nil {
		return
	}
	b.list.Remove(raw.Number, replaced)
	b.list.Remove(raw.Number, changed.ID)
	if active {
		b.list.Put(raw)
	}
}

func (b *blocks) policy() settings.BlockList { return b.policies.Load().BlockList }

func (b *blocks) trusts(number string) bool { return b.policy().Trusts(caller.Number(number)) }

// Policy implements web.Blocks.
func (b *blocks) Policy() settings.BlockList { return b.policy() }

// List implements web.Blocks.
func (b *blocks) List(ctx context.Context, which string) ([]web.Block, error) {
	now := time.Now()
	list, err := b.store.Blocks(ctx, which, now, now.AddDate(0, 0, b.policy().ReviewDays))
	views := make([]web.Block, len(list))
	for i, one := range list {
		views[i] = web.Block(one)
	}
	return views, err
}

// Propose implements web.Blocks.
func (b *blocks) Propose(ctx context.Context, p web.BlockProposal) (web.Block, error) {
	made, err := b.store.ProposeBlock(ctx, store.BlockProposal{
		Call: p.Call, Key: p.Key, Entry: p.Entry, Line: p.Line, Reason: p.Reason, Calls: p.Calls, Days: p.Days, Who: p.Who, Trusts: b.trusts,
	})
	return web.Block(made), err
}

// Decide implements web.Blocks.
func (b *blocks) Decide(ctx context.Context, id, who string, approve bool, note string) (web.Block, error) {
	changed, replaced, err := b.store.DecideBlock(ctx, id, who, approve, note, b.trusts)
	if err == nil {
		b.took(changed, replaced)
	}
	return web.Block(changed), err
}

// Lift implements web.Blocks.
func (b *blocks) Lift(ctx context.Context, id, who, note string) (web.Block, error) {
	changed, err := b.store.LiftBlock(ctx, id, who, note)
	if err == nil {
		b.took(changed, "")
	}
	return web.Block(changed), err
}

// Check implements web.Blocks: what calls are asked, for a channel on the internet.
func (b *blocks) Check(channel blocklist.Channel, number, line string) bool {
	n := caller.Parse(number)
	if !b.policy().On || b.trusts(n.Full()) {
		return false
	}
	now := time.Now()
	entry := b.Blocked(n.Full(), line, now)
	if entry == "" {
		return false
	}
	b.journal.Append(switchboard.Entry{Hit: &blocklist.Hit{ID: newID(), Entry: entry, Channel: channel, At: now}})
	return true
}
