package ivr_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/ivr"
)

var update = flag.Bool("update", false, "write what the stories produce into testdata")

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// sample has every kind of step.
var sample = &ivr.Flow{
	Name: "sample", First: "hello", Finally: "general", Visits: 12, Fallback: "fallback",
	Steps: map[string]ivr.Step{
		"hello": {Kind: ivr.Play, Prompts: []string{"$greeting", "$transition", "$recording_notice"}, Next: "news"},
		"news":  {Kind: ivr.Bulletin, Next: "menu"},
		"menu": {
			Kind: ivr.Menu, Prompts: []string{"menu"}, Invalid: []string{"wrong_key"}, Timeout: 5 * time.Second, Tries: 3,
			Keys: map[string]string{"1": "number", "2": "english", "3": "hush", "9": "menu"}, Otherwise: "desk",
		},
		"number": {
			Kind: ivr.Digits, Prompts: []string{"ask_number"}, Invalid: []string{"wrong_key"}, Store: "order_no",
			Min: 4, Max: 8, Timeout: 4 * time.Second, Tries: 2, Next: "look", Otherwise: "desk",
		},
		"look": {
			Kind: ivr.LookUp, Prompts: []string{"searching"}, What: "order_progress", Store: "order_no", Timeout: 8 * time.Second,
			Answers: map[string]string{"found": "tell"}, Otherwise: "desk",
		},
		"tell":    {Kind: ivr.Play, Prompts: []string{"progress_is", "$answer"}, Next: "bye"},
		"bye":     {Kind: ivr.End, Prompts: []string{"thanks"}, Result: ivr.SelfServed},
		"english": {Kind: ivr.Set, Store: "language", Value: "en", Next: "foreign"},
		"foreign": {Kind: ivr.ToQueue, Queue: "language"},
		"hush": {
			Kind: ivr.Silent, Prompts: []string{"silent_1", "silent_2", "silent_closing"}, Timeout: 5 * time.Second, Heard: "desk",
		},
		"desk": {Kind: ivr.ToQueue},
	},
}

func sampleFacts() ivr.Facts {
	return ivr.Facts{
		Greeting: []string{"greeting_12345"}, Transition: "transition_12358", Recorded: true,
		Bulletins: func(queue string) []string { return []string{"bulletin_storm" + queue} },
	}
}

// TestStories replays the stories of testdata. A story's lines are "<time> <event> <fields>"; the indented lines
// below each are what the session wants done, then where it is and what the caller hears.
func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			story, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(story))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(story), got); diff != "" {
				t.Errorf("the story goes differently (-want +got):\n%s", diff)
			}
		})
	}
}

func replay(t *testing.T, story string) string {
	t.Helper()
	var out strings.Builder
	s := ivr.Start(sample, sampleFacts())
	for line := range strings.Lines(story) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		fmt.Fprintln(&out, line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		after, err := time.ParseDuration(words[0])
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if words[1] == "flow" { // another flow than the sample
			s = ivr.Start(flowNamed(t, words[2:]), sampleFacts())
			continue
		}
		now := epoch.Add(after)
		for _, a := range s.Step(now, eventOf(words[1:])) {
			fmt.Fprintf(&out, "    %s\n", a)
		}
		fmt.Fprintf(&out, "  = %s\n", summary(s, now))
	}
	return out.String()
}

func flowNamed(t *testing.T, words []string) *ivr.Flow {
	t.Helper()
	switch words[0] {
	case "rating":
		return ivr.RatingFlow(ivr.DefaultScale)
	case "callback":
		return ivr.CallbackFlow(words[1])
	case "bad":
		return &ivr.Flow{First: "nowhere", Finally: "general", Visits: 20}
	}
	t.Fatalf("no flow %q", words[0])
	return nil
}

func eventOf(words []string) ivr.Event {
	e := ivr.Event{Kind: ivr.Happening(words[0])}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "n":
			e.N, _ = strconv.Atoi(value)
		case "key":
			e.Key = value
		case "result":
			e.Result = value
		case "say":
			e.Say = strings.Split(value, ",")
		}
	}
	return e
}

func summary(s *ivr.Session, now time.Time) string {
	if s.Over() {
		return "over"
	}
	text := fmt.Sprintf("%s, caller hears %s", s.At(), s.Hears())
	if wake := s.Wake(); !wake.IsZero() {
		text += fmt.Sprintf(", wakes in %s", wake.Sub(now))
	}
	return text
}
