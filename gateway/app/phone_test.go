package app

import (
	"slices"
	"testing"

	"hotline/gateway/call"
)

func TestPromptsAreInTheLanguageThatWasChosen(t *testing.T) {
	t.Parallel()
	p := phone{known: map[string]bool{"wait_next": true, "wait_next_en": true, "bulletin_1": true}}
	for language, want := range map[string][]string{
		"":         {"hotline/wait_next", "hotline/bulletin_1"},
		"en":       {"hotline/wait_next_en", "hotline/bulletin_1"}, // never silence
		"zh":       {"hotline/wait_next", "hotline/bulletin_1"},
		"../../en": {"hotline/wait_next", "hotline/bulletin_1"},
	} {
		if got := p.files(call.Command{Media: []string{"wait_next", "bulletin_1"}, Language: language}); !slices.Equal(got, want) {
			t.Errorf("in %q: %v, want %v", language, got, want)
		}
	}
}
