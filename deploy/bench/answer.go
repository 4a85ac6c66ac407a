package main

import (
	"context"
	"fmt"
)

const (
	answerCalls  = 600
	answerRate   = 60 // calls a second
	answerTalkMS = 1000
	answerRounds = 3
)

// answerRound is one run of 600 calls.
type answerRound struct {
	p50, p99, failed            float64
	gatewayCPUMS, asteriskCPUMS float64 // a call
}

// answer compares three ways to an answering agent in turn, three times each, and gives the medians.
func answer(ctx context.Context, r *rig) (figures, error) {
	ways := []struct {
		name   string
		number func(round int) string
	}{
		{"ours", func(int) string { return oursNumber }},
		{"app_queue", func(int) string { return appQueueNumber }},
		{"dial", func(round int) string { return fmt.Sprintf("7%d", firstAgent+round) }},
	}
	rounds := map[string][]answerRound{}
	if _, err := r.answerRound(ctx, oursNumber, 60); err != nil { // warms up both sides
		return nil, err
	}
	if _, err := r.answerRound(ctx, appQueueNumber, 60); err != nil {
		return nil, err
	}
	for round := range answerRounds {
		for _, way := range ways {
			one, err := r.answerRound(ctx, way.number(round), answerCalls)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", way.name, err)
			}
			fmt.Printf("  round %d %-10s p50 %6.2f ms  p99 %6.2f ms  failed %.0f  asterisk %.2f ms/call  gateway %.2f ms/call\n",
				round+1, way.name, one.p50, one.p99, one.failed, one.asteriskCPUMS, one.gatewayCPUMS)
			rounds[way.name] = append(rounds[way.name], one)
		}
	}
	return answerFigures(rounds), nil
}

func answerFigures(rounds map[string][]answerRound) figures {
	of := func(way string, pick func(answerRound) float64) float64 {
		var values []float64
		for _, one := range rounds[way] {
			values = append(values, pick(one))
		}
		return median(values)
	}
	p50 := func(a answerRound) float64 { return a.p50 }
	p99 := func(a answerRound) float64 { return a.p99 }
	asterisk := func(a answerRound) float64 { return a.asteriskCPUMS }
	f := figures{
		"gateway_cpu_ms_per_call":            of("ours", func(a answerRound) float64 { return a.gatewayCPUMS }),
		"asterisk_cpu_ms_per_call_ours":      of("ours", asterisk),
		"asterisk_cpu_ms_per_call_app_queue": of("app_queue", asterisk),
	}
	for _, way := range []string{"ours", "app_queue", "dial"} {
		f[way+"_p50_ms"], f[way+"_p99_ms"] = of(way, p50), of(way, p99)
	}
	for _, one := range rounds["ours"] {
		f["failed"] += one.failed
	}
	f["p50_ratio_to_app_queue"] = f["ours_p50_ms"] / f["app_queue_p50_ms"]
	f["p99_ratio_to_app_queue"] = f["ours_p99_ms"] / f["app_queue_p99_ms"]
	return f
}

func (r *rig) answerRound(ctx context.Context, number string, calls int) (answerRound, error) {
	seen, err := r.phones.messages()
	if err != nil {
		return answerRound{}, err
	}
	before, err := r.cpu()
	if err != nil {
		return answerRound{}, err
	}
	run, err := r.callers(number, calls, answerRate, r.opts.agents, answerTalkMS)
	if err != nil {
		return answerRound{}, err
	}
	if err := r.idle(ctx); err != nil {
		return answerRound{}, err
	}
	after, err := r.cpu()
	if err != nil {
		return answerRound{}, err
	}
	times, err := run.responses()
	if err != nil {
		return answerRound{}, err
	}
	talked, err := r.talkedSince(len(seen))
	if err != nil {
		return answerRound{}, err
	}
	n := float64(calls)
	return answerRound{ // who was answered by music only did not reach an agent
		p50: quantile(times, 0.5), p99: quantile(times, 0.99), failed: n - float64(min(len(times), talked)),
		gatewayCPUMS: 1000 * (after.gateway - before.gateway) / n, asteriskCPUMS: 1000 * (after.asterisk - before.asterisk) / n,
	}, nil
}

// talkedSince is how many calls agents' telephones had to the end after the first seen messages.
func (r *rig) talkedSince(seen int) (int, error) {
	all, err := r.phones.messages()
	if err != nil {
		return 0, err
	}
	acked := map[string]bool{}
	for _, m := range all[seen:] {
		if m.method == "ACK" && !m.sent {
			acked[m.callID] = true
		}
	}
	return len(acked), nil
}

type cpuUse struct{ gateway, asterisk float64 }

func (r *rig) cpu() (cpuUse, error) {
	gateway, err := cpuSeconds(r.stack.GatewayPID())
	if err != nil {
		return cpuUse{}, err
	}
	asterisk, err := cpuSeconds(r.stack.Asterisk.PID())
	return cpuUse{gateway, asterisk}, err
}
