package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"hotline/deploy/bench/sim"
)

// stations are compared with the formulas: patient callers (Erlang C) and such who give up after as long as a talk
// takes on average (Erlang A), where a good part of them waits. The larger the house and the fuller, the more calls it
// takes until chance has evened out.
var stations = []struct {
	name    string
	station sim.Station
}{
	{"c_10", sim.Station{Agents: 10, Load: 8, Calls: 6_000_000}},
	{"c_100", sim.Station{Agents: 100, Load: 90, Calls: 20_000_000}},
	{"c_650", sim.Station{Agents: 650, Load: 625, Calls: 40_000_000}},
	{"a_10", sim.Station{Agents: 10, Load: 10, Patience: 1, Calls: 4_000_000}},
	{"a_100", sim.Station{Agents: 100, Load: 110, Patience: 1, Calls: 4_000_000}},
	{"a_650", sim.Station{Agents: 650, Load: 715, Patience: 1, Calls: 8_000_000}},
}

// parts is how many runs of its own chance a station's calls are divided into.
const parts = 8

// erlang compares the queue under random calls with what theory says.
func erlang(ctx context.Context, _ *rig) (figures, error) {
	began := time.Now()
	results, worst := figures{}, 0.0
	fmt.Printf("\n  %-8s %28s %28s %28s\n", "", "waiting", "mean wait over talk", "abandoned")
	for _, s := range stations {
		each, err := divided(ctx, s.station)
		if err != nil {
			return nil, err
		}
		found, textbook := mean(each[:], 0), mean(each[:], 1)
		formula := s.station.Formula()
		fmt.Printf("  %-8s %s %s %s  %5.1f s\n", s.name, compared(found.Waiting, formula.Waiting),
			compared(found.MeanWait, formula.MeanWait), compared(found.Abandoned, formula.Abandoned), time.Since(began).Seconds())
		results[s.name+"_relative_error"] = found.WorstError(formula)
		results["worst_difference_from_textbook"] = max(results["worst_difference_from_textbook"], found.WorstError(textbook))
		results[s.name+"_standard_error"] = standardError(each[:], found)
		worst = max(worst, found.WorstError(formula))
	}
	results["worst_relative_error"] = worst
	results["wall_s"] = time.Since(began).Seconds()
	return results, nil
}

func compared(found, formula float64) string {
	if formula == 0 {
		return fmt.Sprintf("%28s", "-")
	}
	return fmt.Sprintf("%10.5f (%8.5f %+5.2f%%)", found, formula, 100*(found/formula-1))
}

// divided runs a station's parts, as many at once as there are processors: what was found, and what the textbook says
// of the same calls.
func divided(ctx context.Context, s sim.Station) (each [parts][2]sim.Measures, err error) {
	s.Calls /= parts
	var wait sync.WaitGroup
	slots := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))
	for n := range parts {
		slots <- struct{}{}
		if err = ctx.Err(); err != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-slots }()
			part := s
			part.Seed = uint64(n + 1)
			each[n][0], each[n][1] = part.Run()
		})
	}
	wait.Wait()
	return each, err
}

// standardError is how far chance alone puts the mean wait, the most uncertain of the measures, from its true value,
// relative to it: the error to be expected with other draws.
func standardError(each [][2]sim.Measures, found sim.Measures) float64 {
	sum := 0.0
	for _, part := range each {
		sum += (part[0].MeanWait - found.MeanWait) * (part[0].MeanWait - found.MeanWait)
	}
	n := float64(len(each))
	return math.Sqrt(sum/(n-1)/n) / found.MeanWait
}

func mean(all [][2]sim.Measures, which int) (m sim.Measures) {
	n := math.Max(1, float64(len(all)))
	for _, pair := range all {
		m.Waiting += pair[which].Waiting / n
		m.MeanWait += pair[which].MeanWait / n
		m.Abandoned += pair[which].Abandoned / n
	}
	return m
}
