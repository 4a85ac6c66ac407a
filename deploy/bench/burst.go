package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// The burst: twelve times as many callers as usual. 100 agents serve 14 a second, so a queue of several hundred
// builds, as many as two cores carry with their music. Nobody waits a minute: SIPp's callers say nothing, and Asterisk
// takes a line that is silent for 60 s for dead.
const (
	usualRate      = 2.0 // calls a second
	usualFor       = 10 * time.Second
	burstRate      = 12 * usualRate
	burstFor       = time.Minute
	killedBurstFor = 30 * time.Second // of the burst in which the gateway is killed
	burstTalkMS    = 7000
	burstPatience  = 5 * time.Minute // far beyond the end
)

// burst lets the usual few call, then far more than can be served, and counts who was turned away, lost or overtaken.
// Then once more, with the gateway killed in the middle.
func burst(ctx context.Context, r *rig) (figures, error) {
	if err := forgetPeak(r.stack.GatewayPID()); err != nil {
		return nil, err
	}
	calm, err := peakMemory(r.stack.GatewayPID())
	if err != nil {
		return nil, err
	}
	fmt.Printf("  the gateway has %.0f MB\n", calm)
	before, err := r.cpu()
	if err != nil {
		return nil, err
	}
	results, err := r.burstRound(ctx, burstFor, nil)
	if err != nil {
		return nil, err
	}
	after, err := r.cpu()
	if err != nil {
		return nil, err
	}
	results["gateway_cpu_s"], results["asterisk_cpu_s"] = after.gateway-before.gateway, after.asterisk-before.asterisk
	if results["rss_mb"], err = peakMemory(r.stack.GatewayPID()); err != nil {
		return nil, err
	}
	results["rss_before_mb"] = calm
	var away time.Duration
	killed, err := r.burstRound(ctx, killedBurstFor, func() (err error) {
		r.stack.KillGateway()
		away, err = r.startAgain(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("with the gateway killed: %w", err)
	}
	for name, value := range killed {
		results["killed_"+name] = value
	}
	results["killed_away_s"] = away.Seconds()
	return results, nil
}

// burstRound is one burst; amid, if there is something, is done in its middle.
func (r *rig) burstRound(ctx context.Context, length time.Duration, amid func() error) (figures, error) {
	began := time.Now()
	usual, many := int(usualRate*usualFor.Seconds()), int(burstRate*length.Seconds())
	first, err := r.startCallers(oursNumber, usual, usualRate, usual, int(burstPatience.Milliseconds()), burstPatience)
	if err != nil {
		return nil, err
	}
	defer first.stop()
	if err := pause(ctx, usualFor); err != nil {
		return nil, err
	}
	second, err := r.startCallers(oursNumber, many, burstRate, many, int(burstPatience.Milliseconds()), burstPatience)
	if err != nil {
		return nil, err
	}
	defer second.stop()
	if amid != nil {
		if err := pause(ctx, length/2); err != nil {
			return nil, err
		}
		if err := amid(); err != nil {
			return nil, err
		}
	}
	for _, run := range []*sippRun{first, second} {
		if err := run.wait(); err != nil {
			return nil, err
		}
	}
	if err := r.idle(ctx); err != nil {
		return nil, err
	}
	return r.burstFigures(ctx, began, usual+many)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// burstFigures reads from PostgreSQL what became of the callers since began.
func (r *rig) burstFigures(ctx context.Context, began time.Time, dialled int) (figures, error) {
	var found struct {
		Calls, Answered, Refused, Ended, Violations float64
		MaxWait                                     float64 `json:"max_wait"`
	}
	err := until(ctx, 20*time.Second, 200*time.Millisecond, "all records", func() (bool, error) {
		err := r.ask(ctx, burstQuery, began, &found)
		return found.Ended >= float64(dialled), err
	})
	if err != nil {
		fmt.Println(" ", err)
	}
	fmt.Printf("  %d called, %.0f recorded, %.0f answered, longest wait %.1f s\n", dialled, found.Calls, found.Answered, found.MaxWait)
	return figures{
		"calls": float64(dialled), "refused": found.Refused, "lost_by_system": float64(dialled) - found.Answered - found.Refused,
		"max_wait_s": found.MaxWait, "order_violations": found.Violations,
	}, nil
}

// burstQuery counts as a violation every call that was offered while one waited that had come to the same queue before
// it and had not been offered to anybody yet.
const burstQuery = `
WITH one AS (
    SELECT queued_at, talking_at, ended_at, result, refused OR result IN ('refused_full', 'message_only', 'overflowed_out') AS refused,
           coalesce((SELECT min(at) FROM offer WHERE call = call.id), ended_at) AS offered_at
    FROM call WHERE arrived_at >= '%s')
SELECT json_build_object(
    'calls', count(*), 'answered', count(*) FILTER (WHERE talking_at IS NOT NULL), 'refused', count(*) FILTER (WHERE refused),
    'ended', count(ended_at), 'max_wait', coalesce(max(extract(epoch FROM talking_at - queued_at)), 0),
    'violations', count(*) FILTER (WHERE EXISTS (
        SELECT FROM one earlier WHERE earlier.queued_at < one.queued_at AND earlier.offered_at > one.offered_at)))
FROM one`

// ask reads one JSON value from PostgreSQL.
func (r *rig) ask(ctx context.Context, query string, began time.Time, into any) error {
	out, err := exec.CommandContext(ctx, "psql", r.stack.Postgres.DSN(), "-XAtqc",
		fmt.Sprintf(query, began.UTC().Format(time.RFC3339Nano))).Output()
	if err != nil {
		return fmt.Errorf("psql: %w", err)
	}
	return json.Unmarshal(out, into)
}

// forgetPeak lets a process's peak of memory begin anew: signing in, which is not measured here, takes the most.
func forgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// peakMemory is the most memory a process had, in MB.
func peakMemory(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.ParseFloat(strings.Fields(rest + " ?")[0], 64)
	return kb / 1024, err
}
