package prometheus_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	name   = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*`)
	quoted = regexp.MustCompile(`"[^"]*"`)
	record = regexp.MustCompile(`(?m)^ *- (record|alert): (\S+)$`)
)

// ruleExpressions returns the rules' own text by name, and adds what they record to what is known.
func ruleExpressions(t *testing.T, known map[string]bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := filepath.Glob("rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := record.FindAllStringSubmatchIndex(string(text), -1)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			kind, rule, body := string(text[m[2]:m[3]]), string(text[m[4]:m[5]]), string(text[m[5]:end])
			if kind == "record" {
				known[rule] = true
			}
			body, _, _ = strings.Cut(body, "labels:")
			body, _, _ = strings.Cut(body, "  - name:")
			if _, expr, has := strings.Cut(body, "expr:"); has {
				found[file+" "+rule] = expr
			} else {
				t.Errorf("%s: no expression", rule)
			}
		}
	}
	return found
}

// dashboards returns the expressions of each dashboard.
func dashboards(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var board any
		if err := json.Unmarshal(text, &board); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		found[file] = collect(board, nil)
	}
	return found
}

// collect finds every "expr", and the query of every variable, in a dashboard.
func collect(node any, found []string) []string {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if text, is := value.(string); is && key == "expr" {
				found = append(found, text)
			}
			found = collect(value, found)
		}
	case []any:
		for _, value := range node {
			found = collect(value, found)
		}
	}
	return found
}
