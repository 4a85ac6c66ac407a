package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/store"
)

const (
	crashTalking = 20
	crashWaiting = 10
	patienceMS   = 60_000 // callers leave the hanging up to the agents
)

// crash kills the gateway in the middle of 20 conversations and 10 waiting callers, starts it again, lets the
// conversations end and the waiting be served, and counts what is left.
func crash(ctx context.Context, r *rig) (figures, error) {
	ended := make(chan error, 2)
	call := func(n int) {
		_, err := r.callers(oursNumber, n, 50, n, patienceMS)
		ended <- err
	}
	go call(crashTalking)
	if err := r.waitStates(ctx, "20 conversations", agent.Talking, crashTalking); err != nil {
		return nil, err
	}
	go call(crashWaiting)
	if err := r.waitChannels(ctx, 2*crashTalking+crashWaiting); err != nil {
		return nil, err
	}
	before, err := r.bridged(ctx)
	if err != nil {
		return nil, err
	}
	r.stack.KillGateway()
	recover, err := r.startAgain(ctx)
	if err != nil {
		return nil, err
	}
	after, err := r.bridged(ctx)
	if err != nil {
		return nil, err
	}
	for range 2 {
		if err := <-ended; err != nil {
			return nil, err
		}
	}
	results, err := r.afterCrash(ctx)
	if err != nil {
		return nil, err
	}
	results["talking_before"], results["talking_after"] = float64(before), float64(after)
	results["recover_ms"] = float64(recover.Milliseconds())
	return results, nil
}

// startAgain starts the gateway and gives the time until it says it serves.
func (r *rig) startAgain(ctx context.Context) (time.Duration, error) {
	ready := strings.TrimSuffix(r.stack.MetricsURL(), "/metrics") + "/readyz"
	began := time.Now()
	if err := r.stack.LaunchGateway(); err != nil {
		return 0, err
	}
	err := until(ctx, 30*time.Second, 5*time.Millisecond, "gateway ready", func() (bool, error) {
		resp, err := http.Get(ready)
		if err != nil {
			return false, nil
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK, nil
	})
	return time.Since(began), err
}

// afterCrash counts, once every caller has hung up, who was served, what is left and what was recorded.
func (r *rig) afterCrash(ctx context.Context) (figures, error) {
	if err := r.idle(ctx); err != nil {
		fmt.Println(" ", err)
	}
	ghosts, err := r.channels(ctx)
	if err != nil {
		return nil, err
	}
	db, err := r.database(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var complete, served float64
	err = until(ctx, 10*time.Second, 100*time.Millisecond, "all records", func() (bool, error) {
		complete, served = 0, 0
		page, err := db.Calls(ctx, store.Filter{Limit: 200})
		for i, row := range page.Calls {
			if isComplete(row.Call) {
				complete++
				if i < crashWaiting && row.Call.Result == call.Answered { // the newest are those who waited
					served++
				}
			}
		}
		return complete == crashTalking+crashWaiting, err
	})
	if err != nil {
		fmt.Println(" ", err)
	}
	return figures{
		"ghosts": float64(ghosts), "records_complete": complete, "waiting_before": crashWaiting, "waiting_served": served,
	}, nil
}

// isComplete tells whether a record tells the whole story of an answered call.
func isComplete(r call.Record) bool {
	return !r.ArrivedAt.IsZero() && !r.QueuedAt.IsZero() && !r.TalkingAt.IsZero() && !r.EndedAt.IsZero() &&
		r.Result != "" && r.EndedBy != "" && r.Agent != "" && r.DNIS == oursNumber
}

func (r *rig) waitStates(ctx context.Context, what string, state agent.State, n int) error {
	return until(ctx, 20*time.Second, 20*time.Millisecond, what, func() (bool, error) {
		return r.fleet.states()[state] == n, nil
	})
}

func (r *rig) waitChannels(ctx context.Context, n int) error {
	return until(ctx, 20*time.Second, 50*time.Millisecond, fmt.Sprintf("%d channels", n), func() (bool, error) {
		have, err := r.channels(ctx)
		return have == n, err
	})
}

// bridged is how many conversations Asterisk carries: bridges with two channels.
func (r *rig) bridged(ctx context.Context) (int, error) {
	out, err := r.stack.Asterisk.CLI(ctx, "bridge show all")
	if err != nil {
		return 0, err
	}
	n := 0
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) >= 3 && strings.HasSuffix(fields[0], ".b") && strings.Contains(line, " 2 ") {
			n++
		}
	}
	return n, nil
}
