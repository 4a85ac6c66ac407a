package app

import (
	"slices"
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
