package app

import (
	"context"
	"time"

	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
	"hotline/ivr/flow"
)

// begin makes the loop with the settings it starts with.
func (g *gateway) begin(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, recoverTime)
	defer cancel()
	rows, set := g.store.StartSettings(limited, g.config.SpoolDir, g.config.shipped(g.first))
	g.blocks = &blocks{store: g.store, keys: g.keys, policies: &g.policies, journal: g.figures, log: g.log}
	telephones := &phone{ari: g.ari, app: g.config.ARIApp, trunk: g.config.Trunk, lanes: newLanes(), known: g.config.prompts(), log: g.log}
	g.board = switchboard.New(switchboard.Config{
		Settings: set, Flow: g.flows[flow.Default], Flows: g.flows, Phone: telephones, Journal: g.figures, History: g.store, Orders: g.orders, Audience: g.hub,
		Blocks: g.blocks, Offenders: g.store,
		Meter: g.meter, Log: g.log, Node: g.config.ARIApp, Trunk: g.config.Trunk,
	})
	g.desks.Switchboard, telephones.board = g.board, g.board
	g.running = &running{
		store: g.store, board: g.board, dir: g.config.SpoolDir, voice: g.voice, log: g.log, latest: make(chan edited, 1),
		notify: func(set settings.Snapshot) {
			g.figures.Set(set.Policies.Figures.Settings())
			g.policies.Store(&set.Policies)
		},
	}
	g.policies.Store(&set.Policies)
	g.running.Changed(rows, set) // speaks the bulletins
}

// takeUp reads what an earlier run left. Without PostgreSQL the census of Asterisk alone has to do.
func (g *gateway) takeUp(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, recoverTime)
	defer cancel()
	if err := g.recall(limited); err != nil {
		g.log.Warn("records of an earlier run cannot be read; callers are taken up from asterisk alone", "error", err)
	}
}

func (g *gateway) recall(ctx context.Context) error {
	if err := g.journal.Flush(ctx); err != nil {
		return err
	}
	open, err := g.store.OpenCalls(ctx)
	if err != nil {
		return err
	}
	states, err := g.store.LastAgentStates(ctx, time.Now().Add(-recallTime))
	if err != nil {
		return err
	}
	var restored []switchboard.OpenCall
	for _, o := range open {
		restored = append(restored, switchboard.OpenCall(o))
	}
	var agents []switchboard.LastState
	for _, a := range states {
		agents = append(agents, switchboard.LastState(a))
	}
	g.board.Restore(time.Now(), restored, agents)
	g.log.Info("took up an earlier run", "open_calls", len(open), "agents", len(agents))
	return nil
}
