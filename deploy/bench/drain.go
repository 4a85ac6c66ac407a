package main

import (
	"context"
	"fmt"
)

const (
	drainCallers = 200
	drainAgents  = 20
	drainTalkS   = 2.0
	drainRounds  = 3
)

// drain lets 200 callers come at once on 20 agents who talk 2 s each; ideal is 20 s.
func drain(ctx context.Context, r *rig) (figures, error) {
	var ours, appQueue, gaps []float64
	for round := range drainRounds {
		took, gap, err := r.drainRound(ctx, oursNumber)
		if err != nil {
			return nil, fmt.Errorf("ours: %w", err)
		}
		ours, gaps = append(ours, took), append(gaps, gap)
		other, otherGap, err := r.drainRound(ctx, appQueueNumber)
		if err != nil {
			return nil, fmt.Errorf("app_queue: %w", err)
		}
		appQueue = append(appQueue, other)
		fmt.Printf("  round %d  ours %.2f s (gap %.1f ms)  app_queue %.2f s (gap %.1f ms)\n", round+1, took, gap, other, otherGap)
	}
	ideal := drainCallers / drainAgents * drainTalkS
	return figures{
		"ours_s": median(ours), "app_queue_s": median(appQueue), "ideal_s": ideal, "agent_gap_p50_ms": median(gaps),
		"ours_ratio_to_ideal": median(ours) / ideal,
	}, nil
}

// drainRound gives the whole time in seconds, SIPp's start and end included, and the median gap in milliseconds from
// an agent's hang-up to his next INVITE.
func (r *rig) drainRound(ctx context.Context, number string) (seconds, gapMS float64, err error) {
	seen, err := r.phones.messages()
	if err != nil {
		return 0, 0, err
	}
	run, err := r.callers(number, drainCallers, drainCallers, drainCallers, 120_000)
	if err != nil {
		return 0, 0, err
	}
	times, err := run.responses()
	if err != nil {
		return 0, 0, err
	}
	if len(times) != drainCallers {
		return 0, 0, fmt.Errorf("%d of %d callers were answered", len(times), drainCallers)
	}
	if err := r.idle(ctx); err != nil {
		return 0, 0, err
	}
	all, err := r.phones.messages()
	if err != nil {
		return 0, 0, err
	}
	return run.took.Seconds(), median(gaps(all[len(seen):])), nil
}

// gaps are the times in milliseconds from each agent's BYE to his next INVITE.
func gaps(messages []message) []float64 {
	agentOf := map[string]string{}
	left := map[string]message{} // the agent's last BYE
	var list []float64
	for _, m := range messages {
		switch {
		case m.method == "INVITE" && !m.sent:
			if agentOf[m.callID] != "" {
				continue // a retransmission
			}
			agentOf[m.callID] = m.agent
			if bye, ok := left[m.agent]; ok {
				list = append(list, float64(m.at.Sub(bye.at).Microseconds())/1000)
				delete(left, m.agent)
			}
		case m.method == "BYE" && m.sent:
			left[agentOf[m.callID]] = m
		}
	}
	return list
}
