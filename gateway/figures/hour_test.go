package figures_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
)

var groupings = []figures.By{figures.ByTotal, figures.ByLine, figures.ByQueue, figures.ByAgent, figures.By5Min, figures.ByDay}

func hour(by figures.By) figures.Query {
	return figures.Query{From: figurestest.From, To: figurestest.To, By: by}
}

func tableOf(t testing.TB, set figures.Settings, q figures.Query) *figures.Table {
	t.Helper()
	table := figures.NewTable(set, q)
	for _, c := range figurestest.Hour(t) {
		table.Add(c)
	}
	for _, s := range figurestest.Stays(t) {
		table.AddStay(s)
	}
	return table
}

// TestTheHourIsItsCycleTwentyTimes lets one trust hour.csv after reading the 25 lines of cycle.csv.
func TestTheHourIsItsCycleTwentyTimes(t *testing.T) {
	t.Parallel()
	cycle, calls := figurestest.Rows(t, "cycle.csv"), figurestest.Hour(t)
	if len(cycle) != 25 || len(calls) != 500 {
		t.Fatalf("a cycle of %d calls, an hour of %d", len(cycle), len(calls))
	}
	for k, c := range calls {
		row := cycle[k%25]
		after := func(column string) time.Duration {
			n, _ := strconv.Atoi("0" + row[column])
			return time.Duration(n) * time.Second
		}
		arrived := figurestest.From.Add(time.Duration(k) * 7200 * time.Millisecond)
		waits := arrived.Add(after("queued"))
		waited := waits.Add(after("wait"))
		want := figures.Call{ID: c.ID, Number: c.Number, Line: row["line"], Queue: row["queue"], ArrivedAt: arrived,
			EndedAt: waited, Result: call.Result(row["result"]), Refused: row["refused"] == "yes", FailedOffers: c.FailedOffers,
			LostWhy: figures.Reason(row["lost_why"]), Hold: after("hold"), Wrap: after("wrap"), LastAt: c.LastAt, Rating: c.Rating}
		if row["queued"] != "" {
			want.QueuedAt = waits
		}
		switch row["result"] {
		case "answered":
			want.Agent, want.TalkingAt, want.EndedAt = fmt.Sprint(8000+k%25+1), waited, waited.Add(after("talk"))
		case "overflowed_out", "message_only":
			want.OverflowedAt = waited
		}
		if c != want || row["failed_offers"] != strconv.Itoa(c.FailedOffers) || row["rating"] != "" && row["rating"] != strconv.Itoa(c.Rating) {
			t.Errorf("call %d\nis   %+v\nwant %+v", k+1, c, want)
		}
	}
}

func TestFiguresOfTheHourAreThoseCountedByHand(t *testing.T) {
	t.Parallel()
	for _, by := range []figures.By{figures.ByLine, figures.ByQueue, figures.ByAgent} {
		figurestest.CompareTable(t, tableOf(t, figures.Default(), hour(by)), true)
	}
}

func TestGroupsAddUpToTheTotal(t *testing.T) {
	t.Parallel()
	for _, by := range groupings {
		table := tableOf(t, figures.Default(), hour(by))
		all := figures.NewSum(table.Settings)
		for _, row := range table.Rows() {
			all.Merge(row.Sum)
		}
		total := table.Total()
		switch by {
		case figures.ByTotal:
			if len(table.Rows()) != 0 {
				t.Error("a table by total has rows")
			}
		case figures.ByAgent: // who reached nobody is no agent's
			if all.Answered() != total.Answered() || all.Offered() != total.Answered() {
				t.Errorf("by agent: %d of %d answered", all.Answered(), total.Answered())
			}
		case figures.ByLine, figures.ByQueue: // agents' time is no line's
			for _, s := range figurestest.Stays(t) {
				from, to := s.From, s.To
				if from.Before(figurestest.From) {
					from = figurestest.From
				}
				if to.After(figurestest.To) {
					to = figurestest.To
				}
				all.AddTime(s.State, to.Sub(from))
			}
			fallthrough
		default:
			if all != total {
				t.Errorf("by %s:\n%+v\ntotal %+v", by, all, total)
			}
		}
		lost := 0
		for _, r := range figures.Reasons {
			lost += total.Lost(r)
		}
		if lost != total.Offered()-total.Answered() {
			t.Errorf("%d lost by reason, %d offered, %d answered", lost, total.Offered(), total.Answered())
		}
	}
}

func TestMergingInAnyOrderIsTheSame(t *testing.T) {
	t.Parallel()
	calls := figurestest.Hour(t)
	want := figures.NewSum(figures.Default())
	for _, c := range calls {
		want.Add(c)
	}
	for range 20 {
		rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		parts := make([]figures.Sum, 7)
		for i := range parts {
			parts[i] = figures.NewSum(figures.Default())
		}
		for _, c := range calls {
			parts[rand.IntN(len(parts))].Add(c)
		}
		got := figures.NewSum(figures.Default())
		for _, p := range parts {
			got.Merge(p)
		}
		if got != want {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
	}
}

func TestTheChoicesAreHeeded(t *testing.T) {
	t.Parallel()
	arrival := figures.Default()
	arrival.ClockStart = figures.FromArrival // 2 s of greeting on 12345, 3 s on 12333, more
	short := figures.Default()
	short.Denominator = figures.WithoutShort
	ten := figures.Default()
	ten.AnswerWithin, ten.ShortAbandon, ten.SatisfiedTo, ten.RepeatWithin = 10*time.Second, 41*time.Second, 2, time.Minute
	for name, c := range map[string]struct {
		set  figures.Settings
		want map[string]figurestest.Value
	}{
		"clock from arrival": {arrival, map[string]figurestest.Value{
			"answered_within": {V: 20 * 8, Known: true}, // not those of 15 and 14 s
			"asa":             {V: 137. / 12, Known: true}, "lost_short_abandon": {Known: true}, "lost_abandoned": {V: 60, Known: true},
			"longest_wait": {V: 122, Known: true},
		}},
		"without short abandons": {short, map[string]figurestest.Value{
			"offered": {V: 20 * 21, Known: true}, "answer_rate": {V: 12. / 20, Known: true}, "within_rate": {V: 10. / 20, Known: true},
			"abandon_rate": {V: 3. / 20, Known: true}, "loss_rate": {V: 8. / 20, Known: true}, "lost": {V: 180, Known: true},
		}},
		"other limits": {ten, map[string]figurestest.Value{
			"answered_within": {V: 20 * 7, Known: true}, "lost_short_abandon": {V: 60, Known: true}, "lost_not_answered": {Known: true},
			"satisfied_rate": {V: 4. / 7, Known: true}, "repeat_rate": {Known: true},
		}},
	} {
		if err := c.set.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		total := tableOf(t, c.set, hour(figures.ByTotal)).Total()
		for _, f := range c.set.List() {
			w, asked := c.want[f.Name]
			if v, known := f.Value(total); asked && !w.Same(v, known) {
				t.Errorf("%s: %s is %v %v, want %v", name, f.Name, v, known, w)
			}
		}
	}
}

func TestAgentsTimeIsCutAtTheEdges(t *testing.T) {
	t.Parallel()
	q := hour(figures.By5Min)
	table := figures.NewTable(figures.Default(), q)
	table.AddStay(figures.Stay{Agent: "8001", State: agent.Talking, From: q.From.Add(-time.Hour), To: q.From.Add(6 * time.Minute)})
	table.AddStay(figures.Stay{Agent: "8001", State: agent.Ready, From: q.From.Add(6 * time.Minute), To: q.From.Add(11 * time.Minute)})
	table.AddStay(figures.Stay{Agent: "8001", State: agent.NotReady, From: q.From.Add(11 * time.Minute), To: q.To.Add(time.Hour)})
	for i, want := range []figurestest.Value{{V: 1, Known: true}, {V: .2, Known: true}, {Known: true}, {}} {
		if v, known := table.Rows()[i].Sum.Occupancy(); !want.Same(v, known) {
			t.Errorf("stretch %d: %v %v, want %v", i, v, known, want)
		}
	}
	if len(table.Rows()) != 12 {
		t.Errorf("%d stretches", len(table.Rows()))
	}
}
