package flow

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/ivr"
	"hotline/ivr/prompts"
)

var update = flag.Bool("update", false, "write the faults that are found into testdata")

func known(t testing.TB) Known {
	t.Helper()
	names, err := prompts.Names()
	if err != nil {
		t.Fatal(err)
	}
	return Known{Prompts: names, Queues: []string{"general", "language", "enterprise"}}
}

// Each faulty file of testdata has its faults beside it, word by word.
func TestFaultyFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Read(filepath.Base(path), data, known(t))
			if err == nil {
				t.Fatal("no fault was found")
			}
			expected := strings.TrimSuffix(path, ".yaml") + ".txt"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(expected, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFaultsHaveFileAndLine(t *testing.T) {
	t.Parallel()
	_, err := Read("x.yaml", []byte("name: x\nfirst: a\nsteps:\n  a: {kind: play, prompts: nothing, next: a}\n"), known(t))
	var faults Faults
	if !errors.As(err, &faults) || len(faults) == 0 || faults[0].File != "x.yaml" || faults[0].Line != 4 {
		t.Errorf("%#v", err)
	}
}

func TestDefaultsAreFilledIn(t *testing.T) {
	t.Parallel()
	f, err := Read("x.yaml", []byte(`
name: x
first: a
steps:
  a: {kind: menu, prompts: language_menu, keys: {1: b, "#": c}, otherwise: c}
  b: {kind: digits, prompts: [progress_ask_number], store: order_no, max: 6, next: c, otherwise: c}
  c: {kind: silent, heard: d}
  d: {kind: queue, queue: general}
`), known(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &ivr.Flow{
		Name: "x", First: "a", Visits: 20, Fallback: "please_wait_moment",
		Steps: map[string]ivr.Step{
			"a": {
				Kind: ivr.Menu, Prompts: []string{"language_menu"}, Invalid: []string{"wrong_key"}, Timeout: 5 * time.Second,
				Tries: 3, Keys: map[string]string{"1": "b", "#": "c"}, Otherwise: "c",
			},
			"b": {
				Kind: ivr.Digits, Prompts: []string{"progress_ask_number"}, Invalid: []string{"wrong_key"},
				Timeout: 5 * time.Second, Tries: 3, Min: 1, Max: 6, Store: "order_no", Next: "c", Otherwise: "c",
			},
			"c": {
				Kind: ivr.Silent, Prompts: []string{"silent_1", "silent_2", "silent_closing"}, Timeout: 5 * time.Second, Heard: "d",
			},
			"d": {Kind: ivr.ToQueue, Queue: "general"},
		},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAFolderTellsAllFaultsAndKeepsWhatIsGood(t *testing.T) {
	t.Parallel()
	good := "name: good\nfirst: a\nsteps:\n  a: {kind: queue}\n"
	flows, err := ReadAll(fstest.MapFS{
		"a.yaml":   {Data: []byte(good)},
		"b.yaml":   {Data: []byte(good)},
		"c.yaml":   {Data: []byte("name: c\n")},
		"d.yaml":   {Data: []byte("name: [\n")},
		"notes.md": {Data: []byte("not a flow")},
	}, known(t))
	want := `b.yaml:1: the flow "good" is in a.yaml already
c.yaml:1: first is missing
c.yaml:1: steps is missing
d.yaml:1: it is not YAML: did not find expected node content`
	if err == nil {
		t.Fatal("no fault")
	}
	got := strings.Split(err.Error(), "\n")
	if diff := cmp.Diff(strings.Split(want, "\n"), got, cmp.Transformer("order", func(s []string) map[string]int {
		set := map[string]int{}
		for _, line := range s {
			set[line]++
		}
		return set
	})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(flows) != 1 || flows["good"] == nil {
		t.Errorf("flows: %v", flows)
	}
}

// FuzzRead holds the reader to its promise: whatever it accepts ends, by itself, whatever the file was.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"flows/*.yaml", "testdata/*.yaml"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	k := known(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		flow, err := Read("fuzz.yaml", data, k)
		var faults Faults
		if err != nil {
			if !errors.As(err, &faults) {
				t.Fatalf("an error that names no line: %v", err)
			}
			for _, fault := range faults {
				if fault.Line < 1 {
					t.Fatalf("no line: %v", fault)
				}
			}
			return
		}
		walkThrough(t, flow, nil)
	})
}
