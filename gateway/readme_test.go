package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"hotline/gateway/app"
)

var update = flag.Bool("update", false, "write the table of configuration into README.md")

const readme = "../README.md"

func text(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The tour in README.md is the one in main.go, and all it names exists.
func TestTheTourIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	step := regexp.MustCompile(`(?m)^(?://  ?)? ?(\d+)\. (.*)$`)
	squeeze := func(s string) string { return strings.ReplaceAll(s, "`", "") }
	var tours [2][]string
	for i, path := range []string{readme, "main.go"} {
		for _, m := range step.FindAllStringSubmatch(text(t, path), -1) {
			tours[i] = append(tours[i], m[1]+". "+squeeze(m[2]))
		}
	}
	if len(tours[0]) != 10 || !slices.Equal(tours[0], tours[1]) {
		t.Errorf("README.md:\n%s\nmain.go:\n%s", strings.Join(tours[0], "\n"), strings.Join(tours[1], "\n"))
	}
}

// Every path that README.md, the guides and the designs name in back-quotes or link to exists.
func TestNamedFilesExist(t *testing.T) {
	t.Parallel()
	documents := []string{readme, "../deploy/operator-guide.md", "../deploy/operator-guide.zh.md"}
	designs, err := filepath.Glob("design/*.md")
	if err != nil || len(designs) < 11 {
		t.Fatalf("%d designs: %v", len(designs), err)
	}
	quoted := regexp.MustCompile("`((?:agent|deploy|gateway|ivr)/[\\w./-]+)`")
	linked := regexp.MustCompile(`\]\(([\w./-]+)\)`)
	for _, doc := range append(documents, designs...) {
		content := text(t, doc)
		for _, m := range quoted.FindAllStringSubmatch(content, -1) {
			if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
				t.Errorf("%s names %s: %v", doc, m[1], err)
			}
		}
		for _, m := range linked.FindAllStringSubmatch(content, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
}

// No document speaks of a variable that does not exist.
func TestNamedVariablesExist(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, kong.Bind(app.Build("")))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, command := range parser.Model.Children {
		for _, f := range command.Flags {
			for _, name := range f.Envs {
				known[name] = true
			}
		}
	}
	for _, doc := range []string{readme, "../deploy/operator-guide.md", "../deploy/operator-guide.zh.md", "../deploy/systemd/hotline.service"} {
		for _, name := range regexp.MustCompile(`HOTLINE_[A-Z_]+`).FindAllString(text(t, doc), -1) {
			if !known[name] {
				t.Errorf("%s speaks of %s, which is no setting", doc, name)
			}
		}
	}
}

// The table of configuration is written from the flags themselves.
func TestConfigurationTable(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, kong.Bind(app.Build("")))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| variable | flag | default | meaning |\n|---|---|---|---|\n")
	seen := map[string]bool{}
	for _, command := range parser.Model.Children {
		for _, f := range command.Flags {
			if len(f.Envs) == 0 || seen[f.Envs[0]] {
				continue
			}
			seen[f.Envs[0]] = true
			byDefault := ""
			if f.Default != "" {
				byDefault = "`" + f.Default + "`"
			}
			fmt.Fprintf(&table, "| `%s` | `--%s` | %s | %s |\n", f.Envs[0], f.Name, byDefault, f.Help)
		}
	}
	content := text(t, readme)
	begin := strings.Index(content, "<!-- configuration")
	begin += strings.Index(content[begin:], "\n") + 1
	end := begin + strings.Index(content[begin:], "<!-- end -->")
	want := "\n" + table.String() + "\n"
	if content[begin:end] == want {
		return
	}
	if !*update {
		t.Fatalf("the table in README.md is stale; run with -update. It should be:\n%s", want)
	}
	if err := os.WriteFile(readme, []byte(content[:begin]+want+content[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every module that is imported directly stands in README.md with its reason, and no other.
func TestTableOfDependencies(t *testing.T) {
	t.Parallel()
	var modules []string // of go.mod, longest first
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+`).FindAllStringSubmatch(text(t, "../go.mod"), -1) {
		modules = append(modules, m[1])
	}
	slices.SortFunc(modules, func(a, b string) int { return len(b) - len(a) })
	used := map[string]bool{}
	add := func(path string) {
		i := slices.IndexFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
		if i >= 0 {
			used[modules[i]] = true
		}
	}
	for _, p := range listed(t) {
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			add(path)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^tool (\S+)`).FindAllStringSubmatch(text(t, "../go.mod"), -1) {
		add(m[1])
	}
	listedThere := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([\\w.-]+\\.[\\w-]+/\\S+)` \\| (.+) \\|$").FindAllStringSubmatch(text(t, readme), -1) {
		listedThere[m[1]] = true
	}
	for module := range used {
		if !listedThere[module] {
			t.Errorf("%s has no reason in README.md's table of dependencies", module)
		}
	}
	for module := range listedThere {
		if !used[module] {
			t.Errorf("README.md lists %s, which nothing imports", module)
		}
	}
}

// Both guides explain every metric that there is.
func TestGuidesExplainEveryMetric(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`"(hotline_[a-z_]+)"`).FindAllStringSubmatch(text(t, "metrics/metrics.go")+text(t, "metrics/transfers.go"), -1)
	if len(names) < 20 {
		t.Fatalf("found %d metrics", len(names))
	}
	for _, guide := range []string{"../deploy/operator-guide.md", "../deploy/operator-guide.zh.md"} {
		content := text(t, guide)
		for _, m := range names {
			if !strings.Contains(content, "`"+m[1]+"`") {
				t.Errorf("%s says nothing of %s", guide, m[1])
			}
		}
	}
}
