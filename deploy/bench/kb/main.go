// Command kb measures the search in the knowledge base beside bleve and PostgreSQL, on the same data in one run.
//
//	make bench BENCH=kb DATA=folder
//
// It is a module of its own, so that what it compares with is no dependency of the service.
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
	"strconv"

	"hotline/knowledgebase/search"
)

// figures are names with their units, and numbers.
type figures map[string]float64

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "kb:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 3 && args[0] == "size": // a process of its own, so that its memory is the index's
		n, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		f, err := size(args[1], n)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(f)
	case len(args) != 2:
		return fmt.Errorf("usage: kb DATA OUT, where DATA has corpus.jsonl.gz, queries.jsonl and qrels.tsv")
	}
	all, err := measureAll(ctx, args[0])
	if err != nil {
		return err
	}
	fmt.Println()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		fmt.Printf("  %-40s %12.4f\n", key, all[key])
	}
	if err := os.MkdirAll(args[1], 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(args[1], "kb.json"), append(data, '\n'), 0o644)
}

func measureAll(ctx context.Context, data string) (figures, error) {
	articles, questions, err := load(data)
	if err != nil {
		return nil, err
	}
	fmt.Printf("kb: %d articles, %d questions; speed at 100,000 and 1,000,000 short articles, 8 askers, filters on\n", len(articles), len(questions))
	all := figures{}
	for _, step := range []func() error{
		func() error { return all.ours(articles, questions) },
		func() error { return all.speed(ctx, data, 100_000, "") },
		func() error { return all.speed(ctx, data, 1_000_000, "_1m") },
		func() error { return all.bleve(articles, questions) },
		func() error { return all.postgres(ctx, articles, questions) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ours measures how well our own search answers.
func (f figures) ours(articles []article, questions []question) error {
	e := ours{index(articles).Snapshot()}
	heard := noisy(articles, questions)
	asked := map[string]struct {
		questions []question
		ask       func(question) query
	}{"typed": {questions, typed}, "heard clean": {questions, spoken}, "heard": {heard, spoken}, "half": {questions, half}}
	found := map[string]quality{}
	for name, a := range asked {
		q, err := measure(e, a.questions, a.ask)
		if err != nil {
			return err
		}
		found[name] = q
	}
	f["mrr10"], f["r10"], f["r100"], f["hit5"] = found["typed"].mrr10, found["typed"].r10, found["typed"].r100, found["typed"].hit5
	f["prefix50_hit5"] = found["half"].hit5
	f["spoken_hit5"], f["noisy_hit5"] = found["heard clean"].hit5, found["heard"].hit5
	f["noisy_hit5_loss"] = found["heard clean"].hit5 - found["heard"].hit5
	f["noisy_hit5_loss_from_typed"] = found["typed"].hit5 - found["heard"].hit5
	f["law_p50_ms"], f["law_p99_ms"] = quantiles(askN(questions, asks/4, func(q query) {
		q.Filter = search.Filter{}
		e.Search(q)
	}))
	for fold := range folds {
		all, rest := attach(articles, questions, fold)
		q, err := measure(ours{index(all).Snapshot()}, rest, typed)
		if err != nil {
			return err
		}
		f["similar_r10"] += q.r10 / folds
		f["similar_r100"] += q.r100 / folds
	}
	return nil
}
