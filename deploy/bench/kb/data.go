package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// An article and a question, as the data have them.
type (
	article struct {
		ID, Title, Text string
		similar         []string
	}
	question struct {
		ID, Text string
		answers  map[string]bool // articles that answer it
	}
)

// load reads corpus.jsonl.gz, queries.jsonl and qrels.tsv. Questions without an answer are left out.
func load(folder string) ([]article, []question, error) {
	zipped, err := os.Open(filepath.Join(folder, "corpus.jsonl.gz"))
	if err != nil {
		return nil, nil, err
	}
	defer zipped.Close()
	unzipped, err := gzip.NewReader(zipped)
	if err != nil {
		return nil, nil, err
	}
	articles, err := lines[article](unzipped)
	if err != nil {
		return nil, nil, fmt.Errorf("corpus.jsonl.gz: %w", err)
	}
	asked, err := os.Open(filepath.Join(folder, "queries.jsonl"))
	if err != nil {
		return nil, nil, err
	}
	defer asked.Close()
	questions, err := lines[question](asked)
	if err != nil {
		return nil, nil, fmt.Errorf("queries.jsonl: %w", err)
	}
	return articles, questions, judge(filepath.Join(folder, "qrels.tsv"), questions)
}

// lines reads one JSON value a line.
func lines[T any](from io.Reader) (all []T, err error) {
	for dec := json.NewDecoder(bufio.NewReaderSize(from, 1<<20)); ; {
		var v T
		switch err := dec.Decode(&v); err {
		case nil:
			all = append(all, v)
		case io.EOF:
			return all, nil
		default:
			return nil, err
		}
	}
}

// judge notes which articles answer each question.
func judge(path string, questions []question) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	byID := map[string]*question{}
	for i := range questions {
		questions[i].answers = map[string]bool{}
		byID[questions[i].ID] = &questions[i]
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) < 2 || byID[f[0]] == nil {
			return fmt.Errorf("%s: %q names no question", path, strings.TrimSpace(line))
		}
		byID[f[0]].answers[f[1]] = true
	}
	return nil
}
