package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hotline/gateway/settings"
	"hotline/ivr/flow"
	"hotline/ivr/prompts"
)

func TestShippedSettingsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	known, err := prompts.Names()
	if err != nil {
		t.Fatal(err)
	}
	set := settings.Default()
	for _, name := range set.Lines.PromptNames() {
		if !slices.Contains(known, name) {
			t.Errorf("no prompt %s", name)
		}
	}
	for _, l := range set.Lines.Lines() {
		if _, ok := flow.Shipped()[l.Flow]; l.Flow != "" && !ok {
			t.Errorf("line %s: no flow %s", l.DNIS, l.Flow)
		}
	}
	for _, f := range flow.Shipped() {
		for name, step := range f.Steps {
			if _, ok := set.Queue(step.Queue); step.Queue != "" && !ok {
				t.Errorf("flow %s, step %s: no queue %s", f.Name, name, step.Queue)
			}
		}
	}
}

func TestFlowsOfTheCity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("default.yaml", "name: default\ntitle: 短\nfirst: human\nsteps:\n  human:\n    kind: queue\n")
	c := &ServeConfig{FlowsDir: dir}
	all, err := c.flows()
	if err != nil || len(all) != len(flow.Shipped()) || all[flow.Default].Title != "短" {
		t.Fatal(err, all[flow.Default])
	}
	write("own.yaml", "name: own\ntitle: 坏\nfirst: a\nsteps:\n  a:\n    kind: play\n    prompts: [no_such_prompt]\n    next: b\n")
	if _, err := c.flows(); err == nil || !strings.Contains(err.Error(), "own.yaml:") {
		t.Errorf("a faulty flow is taken: %v", err)
	}
}
