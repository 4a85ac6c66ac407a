package call

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"hotline/ivr"
	"hotline/ivr/flow"
)

var update = flag.Bool("update", false, "write what the scripts produce into testdata")

// TestScripts replays the stories of testdata. A story's lines are "<time> <event> <fields>"; the indented lines
// below each are what the call wanted done, then its state and what the caller hears. Write a story's events and
// run the test with -update to see what happens.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(script))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := gocmp.Diff(string(script), got); diff != "" {
				t.Errorf("the story goes differently (-want +got):\n%s", diff)
			}
		})
	}
}

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func replay(t *testing.T, script string) string {
	var out strings.Builder
	var c *Call
	for line := range strings.Lines(script) {
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
		now := epoch.Add(after)
		fields := fieldsOf(words[2:])
		if words[1] == "new" {
			c = New(now, arrivalOf(fields))
			continue
		}
		if words[1] == "new_outbound" {
			_, recorded := fields["recorded"]
			c = NewOutbound(now, Departure{
				ID: OutboundID("n", fields["id"]), Number: fields["number"], DNIS: fields["dnis"], Line: "line", Queue: "general",
				Recorded: recorded, Task: "c0", Treatment: treatmentOf(fields),
			})
			continue
		}
		commands, err := happen(c, now, Kind(words[1]), fields)
		for _, cmd := range commands {
			fmt.Fprintf(&out, "    %s\n", cmd)
		}
		if err != nil {
			fmt.Fprintf(&out, "    error %v\n", err)
		}
		fmt.Fprintf(&out, "  = %s\n", summary(c, now))
	}
	return out.String()
}

func happen(c *Call, now time.Time, kind Kind, f map[string]string) ([]Command, error) {
	if kind == "reconcile" {
		facts := Facts{Legs: map[LegID]bool{}, Members: map[LegID]bool{}}
		for _, id := range strings.FieldsFunc(f["up"], comma) {
			facts.Legs[LegID(id)] = true
		}
		for _, id := range strings.FieldsFunc(f["down"], comma) {
			facts.Legs[LegID(id)] = false
		}
		for _, id := range strings.FieldsFunc(f["bridge"], comma) {
			facts.Bridge = true
			facts.Members[LegID(id)] = true
		}
		return c.Reconcile(now, facts, true, BySystem), nil
	}
	if kind == "restart" { // the gateway forgot everything but its records
		restored := Restore(now, Kept{c.rec, legsOf(c), offersOf(c), c.Thirds()}, func(a string) (string, bool) { return "PJSIP/agent-" + a, true })
		*c = *restored
		return nil, nil
	}
	cause, _ := strconv.Atoi(f["cause"])
	return c.Step(now, Event{
		Kind: kind, Leg: LegID(f["leg"]), Playback: f["playback"], Agent: f["agent"], Endpoint: "PJSIP/agent-" + f["agent"],
		RingFor: 20 * time.Second, Browser: true, Cause: cause, Verb: Verb(f["verb"]), Reason: f["reason"], By: Party(f["by"]),
		On: f["on"] == "yes", Key: f["key"], Queue: f["queue"], Result: f["result"], Treatment: treatmentOf(f),
		Media: strings.FieldsFunc(f["media"], comma), Routes: strings.FieldsFunc(f["routes"], comma), Position: number(f["position"]), Wait: seconds(f["wait"]), N: number(f["n"]),
		Order: orderOf(c, f), Supervision: Supervision(f["supervision"]),
	})
}

// orderOf reads "kind=three_way to=12366 routes=PJSIP/12366@t,…" or "… to_agent=8002".
func orderOf(c *Call, f map[string]string) *Order {
	if f["kind"] == "" {
		return nil
	}
	o := &Order{
		Kind: TransferKind(f["kind"]), By: c.dest.agent, ToKind: "sub_centre", ToKey: f["to"], Title: f["to"], Queue: f["to_queue"],
		Routes: strings.FieldsFunc(f["routes"], comma), Ring: 20 * time.Second, Notice: strings.FieldsFunc(f["notice"], comma),
	}
	if a := f["to_agent"]; a != "" {
		o.ToKind, o.ToKey, o.Agent, o.Browser, o.Routes = "agent", a, a, true, []string{"PJSIP/agent-" + a}
	}
	return o
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func seconds(s string) time.Duration {
	d, _ := time.ParseDuration(s)
	return d
}

func treatmentOf(f map[string]string) Treatment {
	t := Treatment{
		Announce: seconds(f["announce"]), Callback: seconds(f["callback"]), CallbackNo: f["callback_no"],
		TellAgentNo: f["tell_agent_no"] == "yes", PauseConsult: f["pause"] == "yes", PauseHandedOver: f["pause"] == "yes",
	}
	if f["rating"] == "yes" {
		t.Rating = ivr.RatingFlow(ivr.DefaultScale)
	}
	return t
}

func comma(r rune) bool { return r == ',' }

func legsOf(c *Call) []LegRecord {
	legs := []LegRecord{*c.caller}
	for _, l := range c.talkers() {
		legs = append(legs, l.LegRecord)
	}
	return legs
}

func offersOf(c *Call) []OfferRecord {
	if c.offer == nil {
		return nil
	}
	return []OfferRecord{*c.offer}
}

func fieldsOf(words []string) map[string]string {
	fields := make(map[string]string)
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		fields[name] = value
	}
	return fields
}

func arrivalOf(f map[string]string) Arrival {
	_, recorded := f["recorded"]
	_, blocked := f["blocked"]
	return Arrival{
		Blocked: blocked,
		ID:      ID(f["id"]), Number: f["number"], DNIS: f["dnis"], Line: "line", Queue: "general", Recorded: recorded,
		Flow: flow.Shipped()[cmp.Or(f["flow"], flow.Default)], Facts: ivr.Facts{Greeting: strings.FieldsFunc(f["greeting"], comma)},
	}
}

// conversation tells who is in the bridge beside caller and agent, and who rings or is kept aside.
func conversation(c *Call) (s string) {
	for _, t := range c.thirds {
		switch {
		case !t.up():
			s += ", " + t.ToKey + " rings"
		case t.Aside:
			s += ", " + t.ToKey + " hears music"
		case t.leg != nil && t.leg.in:
			s += ", " + t.ToKey + " is in"
		default:
			s += ", " + t.ToKey + " is up"
		}
	}
	if no, how, _ := c.Supervisor(); no != "" {
		s += ", " + no + " does " + string(how)
	}
	return s
}

func summary(c *Call, now time.Time) string {
	s := fmt.Sprintf("%s, caller hears %s%s", c.State(), c.Hears(), conversation(c))
	if c.Hears() == "" {
		s = string(c.State())
	}
	if c.State() == Ended {
		s += fmt.Sprintf(" %s by %s", c.rec.Result, c.rec.EndedBy)
		if c.Done() {
			s += ", nothing left"
		}
		if c.rec.Reach != "" {
			s += ", " + string(c.rec.Reach)
		}
	}
	if wake := c.Wake(); !wake.IsZero() {
		s += fmt.Sprintf(", wakes in %s", wake.Sub(now))
	}
	return s
}
