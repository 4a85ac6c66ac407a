// Command bench measures the gateway side by side with Asterisk's own queue, on the same servers in one run or under
// a simulated clock.
//
//	make bench BENCH=answer
//
// Each benchmark prints a table and writes build/bench/NAME.json: flat names and numbers.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"hotline/deploy/stack"
)

// figures are a benchmark's results: names with their units, and numbers.
type figures map[string]float64

// benchmarks by name, with what each measures.
var benchmarks = map[string]struct {
	what string
	run  func(ctx context.Context, r *rig) (figures, error)
	rig  rigOptions
}{
	"answer": {"from a caller's INVITE to his 200, beside app_queue and plain Dial()", answer, rigOptions{agents: 200}},
	"drain":  {"200 callers at once on 20 agents, beside app_queue", drain, rigOptions{agents: 20, talkMS: 2000}},
	"pop":    {"from Asterisk's event to the screen pop at the agent's console", pop, rigOptions{agents: 200}},
	"day":    {"a record day of 87,000 calls under a simulated clock, beside the strategies of app_queue", day, alone},
	"erlang": {"the queue under a simulated clock, beside the formulas of Erlang C and Erlang A", erlang, alone},
	"crash":  {"the gateway killed in the middle of 20 conversations and 10 waiting callers", crash, rigOptions{agents: 20, talkMS: 8000}},
	"emergency": {"one key to 110 under 30 calls/s, every command frame sent twice; and what the caller misses when others come and go",
		emergency, rigOptions{agents: 200, wrapUp: 2}},
	"burst": {"12 times as many callers as usual for a minute, on 100 agents; then again with the gateway killed amid", burst, rigOptions{agents: 100, talkMS: burstTalkMS}},
}

// alone is the rig of simulations: no servers.
var alone rigOptions

type cli struct {
	Name string `arg:"" enum:"answer,drain,pop,crash,burst,emergency,day,erlang" help:"Benchmark: ${enum}."`
	Out  string `default:"build/bench" type:"path" help:"Folder for NAME.json."`
}

func main() {
	var c cli
	parsed := kong.Parse(&c, kong.Name("bench"), kong.Description("Measures the gateway on real servers, side by side with app_queue."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.FatalIfErrorf(c.run(ctx))
}

func (c *cli) run(ctx context.Context) error {
	b := benchmarks[c.Name]
	fmt.Printf("%s: %s\n", c.Name, b.what)
	var r *rig
	if b.rig != alone {
		var err error
		if r, err = newRig(ctx, b.rig); err != nil {
			return err
		}
		defer r.close()
	}
	results, err := b.run(ctx, r)
	if err != nil {
		return err
	}
	return report(c.Name, c.Out, results)
}

// report prints the figures and writes them for programs.
func report(name, folder string, results figures) error {
	fmt.Println()
	for _, key := range slices.Sorted(maps.Keys(results)) {
		fmt.Printf("  %-40s %12.3f\n", key, results[key])
	}
	if !filepath.IsAbs(folder) {
		root, err := stack.ModuleRoot()
		if err != nil {
			return err
		}
		folder = filepath.Join(root, folder)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name+".json"), append(data, '\n'), 0o644)
}
