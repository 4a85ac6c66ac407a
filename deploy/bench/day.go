package main

import (
	"context"
	"fmt"
	"time"

	"hotline/deploy/bench/sim"
)

// day plays a record day through the gateway's queue and, with the same callers, through app_queue's two usual
// strategies.
func day(context.Context, *rig) (figures, error) {
	began := time.Now()
	d := sim.NewDay(1)
	fmt.Printf("\n  %-14s %10s %12s %10s %12s %14s\n", "", "answered", "within 15 s", "occupancy", "longest wait", "worst queue's")
	o := d.Ours()
	if o.Faults > 0 {
		return nil, fmt.Errorf("%d events that no agent could have", o.Faults)
	}
	results := figures{
		"calls": float64(o.Calls), "estimates": float64(o.Forecasts),
		"estimate_error_s": seconds(o.Off, o.Forecasts), "estimate_error_los_s": seconds(o.OffLES, o.Forecasts),
	}
	results.day("", "ours", o)
	for _, s := range []sim.Strategy{sim.RRMemory, sim.LeastRecent} {
		results.day(string(s)+"_", string(s), d.AppQueue(s))
	}
	results["wall_s"] = time.Since(began).Seconds()
	return results, nil
}

// day notes how a day went, and prints it.
func (f figures) day(prefix, name string, o sim.Outcome) {
	fmt.Printf("  %-14s %10.4f %12.4f %10.4f %10.0f s %14.4f\n",
		name, o.AnswerRate(), o.NSecondRate(), o.Occupancy(), o.Longest.Seconds(), o.WorstQueue())
	f[prefix+"answer_rate"], f[prefix+"n_second_rate"] = o.AnswerRate(), o.NSecondRate()
	f[prefix+"occupancy"], f[prefix+"longest_wait_s"] = o.Occupancy(), o.Longest.Seconds()
	f[prefix+"worst_queue_answer_rate"] = o.WorstQueue()
}

// seconds is the mean of a sum over n.
func seconds(sum time.Duration, n int) float64 { return sum.Seconds() / float64(max(1, n)) }
