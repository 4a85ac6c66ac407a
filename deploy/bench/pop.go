package main

import (
	"context"
	"fmt"
	"time"
)

const (
	popCalls = 1200
	popRate  = 60
)

// pop measures from the gateway's reading of a caller's StasisStart to the screen pop's arrival at the agent's
// console, the way through the socket included, and whether it came before the INVITE at his telephone.
func pop(ctx context.Context, r *rig) (figures, error) {
	if _, err := r.callers(oursNumber, 60, popRate, r.opts.agents, answerTalkMS); err != nil { // warms up
		return nil, err
	}
	if err := r.idle(ctx); err != nil {
		return nil, err
	}
	seen := len(r.fleet.pops())
	before, err := r.phones.messages()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if _, err := r.callers(oursNumber, popCalls, popRate, r.opts.agents, answerTalkMS); err != nil {
		return nil, err
	}
	if err := r.idle(ctx); err != nil {
		return nil, err
	}
	after, err := r.phones.messages()
	if err != nil {
		return nil, err
	}
	return popFigures(r.fleet.pops(), after[len(before):], began, popCalls, seen)
}

func popFigures(all []popped, messages []message, began time.Time, calls, seen int) (figures, error) {
	var delays []float64
	pops := map[string][]time.Time{} // by agent, in order
	for _, p := range all {
		if p.at.After(began) {
			delays = append(delays, float64(p.at.Sub(p.arrived).Microseconds())/1000)
			pops[p.agent] = append(pops[p.agent], p.at)
		}
	}
	if len(delays) < calls {
		return nil, fmt.Errorf("%d screen pops for %d calls (%d before)", len(delays), calls, seen)
	}
	invites, first := 0, 0
	known := map[string]bool{}
	for _, m := range messages {
		if m.method != "INVITE" || m.sent || known[m.callID] {
			continue
		}
		known[m.callID] = true
		invites++
		if list := pops[m.agent]; len(list) > 0 {
			if list[0].Before(m.at) {
				first++
			}
			pops[m.agent] = list[1:]
		}
	}
	return figures{
		"event_to_console_p50_ms": quantile(delays, 0.5), "event_to_console_p99_ms": quantile(delays, 0.99),
		"before_ring_share": float64(first) / float64(max(1, invites)), "calls": float64(invites),
	}, nil
}
