// Package figurestest is a scripted hour of 500 calls and what all its figures are, counted by hand, for tests of
// everything that tells figures.
//
// cycle.csv is the script: 25 calls, which hour.csv has 20 times. by_hand.csv and by_hand_agents.csv are the figures.
package figurestest

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/figures"
)

//go:embed *.csv
var files embed.FS

// The hour.
var (
	From = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	To   = From.Add(time.Hour)
)

// Rows returns a file's rows by column.
func Rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	rows := make([]map[string]string, 0, len(all)-1)
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, column := range all[0] {
			row[column] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// Hour returns the calls of hour.csv.
func Hour(t testing.TB) []figures.Call {
	t.Helper()
	var calls []figures.Call
	last := map[string]time.Time{}
	for _, row := range Rows(t, "hour.csv") {
		at := func(column string) time.Time {
			if row[column] == "" {
				return time.Time{}
			}
			when, err := time.Parse(time.RFC3339, row[column])
			if err != nil {
				t.Fatal(err)
			}
			return when
		}
		number := func(column string) int {
			n, err := strconv.Atoi("0" + row[column])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		c := figures.Call{
			ID: row["id"], Number: row["number"], Line: row["line"], Queue: row["queue"], Agent: row["agent"],
			ArrivedAt: at("arrived"), QueuedAt: at("queued"), OverflowedAt: at("overflowed"), TalkingAt: at("talking"),
			EndedAt: at("ended"), Result: call.Result(row["result"]), Refused: row["refused"] == "yes",
			FailedOffers: number("failed_offers"), LostWhy: figures.Reason(row["lost_why"]), Rating: number("rating"),
			Hold: time.Duration(number("hold_s")) * time.Second, Wrap: time.Duration(number("wrap_s")) * time.Second,
		}
		if c.Number != "" {
			c.LastAt, last[c.Number] = last[c.Number], c.ArrivedAt
		}
		calls = append(calls, c)
	}
	return calls
}

// Stays are what the agents of the hour did: ready since a minute before, talking, wrapping up, ready again.
func Stays(t testing.TB) []figures.Stay {
	t.Helper()
	var stays []figures.Stay
	since := map[string]time.Time{}
	add := func(no string, state agent.State, call string, to time.Time) {
		from, known := since[no]
		if !known {
			from = From.Add(-time.Minute)
		}
		stays = append(stays, figures.Stay{Agent: no, State: state, Call: call, From: from, To: to})
		since[no] = to
	}
	for _, c := range Hour(t) {
		if c.Agent == "" {
			continue
		}
		add(c.Agent, agent.Ready, "", c.TalkingAt)
		add(c.Agent, agent.Talking, c.ID, c.EndedAt)
		if c.Wrap > 0 {
			add(c.Agent, agent.WrapUp, c.ID, c.EndedAt.Add(c.Wrap))
		}
	}
	for no := range since {
		add(no, agent.Ready, "", To.Add(time.Minute))
	}
	return stays
}

// Value is a figure; Known is false where it cannot be told.
type Value struct {
	V     float64
	Known bool
}

// ByHand returns the figures counted by hand, by group and figure: groups "12345", "12333" and "total" by line,
// "general", "social" and "total" by queue, agents' numbers by agent.
func ByHand(t testing.TB, by figures.By) map[string]map[string]Value {
	t.Helper()
	want := map[string]map[string]Value{}
	if by == figures.ByAgent {
		for _, row := range Rows(t, "by_hand_agents.csv") {
			values := map[string]Value{}
			for figure, text := range row {
				if figure != "agent" {
					values[figure] = value(t, text)
				}
			}
			want[row["agent"]] = values
		}
		return want
	}
	group := map[string]string{"12345": "12345", "12333": "12333", "total": "total"}
	if by == figures.ByQueue {
		group["12345"], group["12333"] = "general", "social"
	}
	for column, name := range group {
		want[name] = map[string]Value{}
		for _, row := range Rows(t, "by_hand.csv") {
			want[name][row["figure"]] = value(t, row[column])
		}
	}
	return want
}

// value reads "", "12", "20*9" or "20*50/3600".
func value(t testing.TB, text string) Value {
	t.Helper()
	if text == "" {
		return Value{}
	}
	above, below, divided := strings.Cut(text, "/")
	v := 1.0
	for _, factor := range strings.Split(above, "*") {
		v *= parse(t, factor)
	}
	if divided {
		v /= parse(t, below)
	}
	return Value{v, true}
}

func parse(t testing.TB, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Compare reports each figure of a group that is not what was counted by hand. timed is false where agents' time is
// not known, as in figures.Live.
func Compare(t testing.TB, group string, want map[string]Value, list []figures.Figure, sum figures.Sum, timed bool) {
	t.Helper()
	told := map[string]bool{}
	for _, f := range list {
		name := f.Name
		told[name] = true
		w, listed := want[name]
		if !listed {
			t.Errorf("%s of %s was not counted by hand", name, group)
		}
		if name == "occupancy" && !timed {
			w = Value{}
		}
		v, known := f.Value(sum)
		if !w.Same(v, known) {
			t.Errorf("%s of %s is %s, by hand %s", name, group, text(v, known), text(w.V, w.Known))
		}
	}
	for name := range want {
		if !told[name] {
			t.Errorf("%s of %s is not told", name, group)
		}
	}
}

// Same tells whether a figure is this one; means are whole nanoseconds.
func (w Value) Same(v float64, known bool) bool {
	return known == w.Known && (!known || math.Abs(v-w.V) < 2e-9)
}

func text(v float64, known bool) string {
	if !known {
		return "not known"
	}
	return fmt.Sprint(v)
}

// CompareTable compares a whole table by line, queue or agent.
func CompareTable(t testing.TB, table *figures.Table, timed bool) {
	t.Helper()
	by := table.Query.By
	want, list := ByHand(t, by), table.Figures()
	rows := table.Rows()
	for _, row := range rows {
		if want[row.Name] == nil {
			t.Errorf("there is a %s %q", by, row.Name)
			continue
		}
		w := want[row.Name]
		Compare(t, row.Name, w, list, row.Sum, timed)
		delete(want, row.Name)
	}
	delete(want, "total")
	if len(want) > 0 {
		t.Errorf("by %s there is none of %v", by, want)
	}
	Compare(t, "total", ByHand(t, figures.ByLine)["total"], table.Settings.List(), table.Total(), timed)
}
