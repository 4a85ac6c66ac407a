package directory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/queue"
)

const head = "dnis,name,queue,greeting,record\n"

func TestLinesAreFoundByNumber(t *testing.T) {
	t.Parallel()
	d, err := ReadCSV(strings.NewReader(head + "# comment\n12345,热线,general,greeting_12345 more,yes\n+8612333,人社,social,,no\n"))
	if err != nil {
		t.Fatal(err)
	}
	line, known := d.Lookup("+8612333")
	if !known || line.Queue != "social" || line.Mode != Main || line.Record || len(line.Prompts()) != 0 {
		t.Errorf("12333: %+v, %v", line, known)
	}
	for _, dnis := range []string{"99999", "", "+"} {
		if line, known = d.Lookup(dnis); known || line.DNIS != "12345" {
			t.Errorf("%q: %+v, %v; want the first line", dnis, line, known)
		}
	}
	if got := line.Prompts(); !slices.Equal(got, []string{"greeting_12345", "more", RecordingNotice}) {
		t.Errorf("prompts: %v", got)
	}
	if len(line.Greeting) != 2 {
		t.Error("asking for the prompts changed the greeting")
	}
	if got := d.Queues(); !slices.Equal(got, []string{"general", "social"}) {
		t.Errorf("queues: %v", got)
	}
	if got := d.PromptNames(); !slices.Equal(got, []string{"greeting_12345", "more", RecordingNotice}) {
		t.Errorf("all prompts: %v", got)
	}
}

func TestATransitionIsAnnouncedOnItsDays(t *testing.T) {
	t.Parallel()
	l := Line{Greeting: []string{"hello"}, Record: true, Transition: Transition{"moved", "2026-11-21", "2026-11-22"}}
	plain, moved := []string{"hello", RecordingNotice}, []string{"hello", "moved", RecordingNotice}
	for at, want := range map[string][]string{
		"2026-11-20T15:59:59Z": plain, // a second before midnight in China
		"2026-11-20T16:00:00Z": moved,
		"2026-11-22T15:59:59Z": moved,
		"2026-11-22T16:00:00Z": plain,
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.PromptsAt(now); !slices.Equal(got, want) {
			t.Errorf("at %s: %v", at, got)
		}
	}
	for transition, want := range map[Transition]bool{
		{"moved", "", ""}: true, {"moved", "2026-11-22", ""}: false, {"moved", "", "2026-11-20"}: false, {}: false,
	} {
		now := time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
		if transition.InForce(now) != want {
			t.Errorf("%+v: want %v", transition, want)
		}
	}
}

func TestTheShippedListIsThatOfTheRules(t *testing.T) {
	t.Parallel()
	d := Default()
	count := map[Mode]int{}
	var experts []string
	for _, l := range d.Lines() {
		count[l.Mode]++
		if l.ExpertQueue != "" {
			experts = append(experts, l.DNIS)
		}
		if !l.Record || len(l.Greeting) == 0 || l.Unit == "" {
			t.Errorf("%+v", l)
		}
		if (l.Transition.Prompt != "") != (l.Mode == Merged) {
			t.Errorf("%s: transition %+v", l.DNIS, l.Transition)
		}
	}
	if diff := cmp.Diff(map[Mode]int{Main: 2, Merged: 13, Dual: 14, SubCentre: 5, Emergency: 4}, count); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"12348", "12333", "12329", "12316", "12320"}, experts); diff != "" {
		t.Error(diff)
	}
	if l, known := d.Lookup("110"); !known || l.Priority != queue.From110 || len(l.Routes) == 0 {
		t.Errorf("110: %+v", l)
	}
	if l, known := d.Lookup("99999"); known || l.DNIS != "12345" {
		t.Errorf("default: %+v", l)
	}
	if l, _ := d.Lookup("12333"); l.WaitsIn() != "expert_social" || l.Queue != "general" {
		t.Errorf("12333: %+v", l)
	}
}

func TestLinesOfAProgramAreCheckedAlike(t *testing.T) {
	t.Parallel()
	good := Line{DNIS: "12345", Name: "热线", Mode: Main, Queue: "general"}
	if _, err := New([]Line{good}); err != nil {
		t.Error(err)
	}
	bad := good
	bad.Queue, bad.Mode = "", "blue"
	_, err := New([]Line{good, bad, good})
	want := Faults{
		{Item: "line 12345", Field: "mode", Code: NotOneOf, Value: "blue"}, {Item: "line 12345", Field: "queue", Code: Missing},
		{Item: "line 12345", Field: "dnis", Code: Twice, Value: "12345"}, {Item: "line 12345", Field: "dnis", Code: Twice, Value: "12345"},
	}
	if diff := cmp.Diff(want, err); diff != "" {
		t.Error(diff)
	}
	if _, err := New(nil); err == nil {
		t.Error("no line was taken")
	}
}
