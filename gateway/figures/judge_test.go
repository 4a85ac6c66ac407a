package figures_test

import (
	"strings"
	"testing"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/figures"
)

func TestEachCallIsJudgedOnce(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return t0.Add(time.Duration(s * float64(time.Second))) }
	base := func(result call.Result, queued, ended float64) figures.Call {
		return figures.Call{ArrivedAt: t0, QueuedAt: at(queued), EndedAt: at(ended), Result: result}
	}
	with := func(c figures.Call, change func(*figures.Call)) figures.Call { change(&c); return c }
	for name, c := range map[string]struct {
		call figures.Call
		want figures.Verdict
	}{
		"a nanosecond that PostgreSQL does not keep": {
			with(base(call.Answered, 0, 60), func(c *figures.Call) { c.TalkingAt = at(15).Add(999) }),
			figures.Verdict{Offered: true, InRate: true, Answered: true, Within: true, Wait: 15 * time.Second, Talk: 45 * time.Second}},
		"answered though it never waited": {
			figures.Call{ArrivedAt: t0, TalkingAt: at(2), EndedAt: at(3), Result: call.Answered},
			figures.Verdict{Offered: true, InRate: true, Answered: true, Within: true, Wait: 2 * time.Second, Talk: time.Second}},
		"a clock that was set back": {
			with(base(call.Answered, 10, 5), func(c *figures.Call) { c.TalkingAt = at(8) }),
			figures.Verdict{Offered: true, InRate: true, Answered: true, Within: true}},
		"abandoned after the agent let it ring": {
			with(base(call.Abandoned, 0, 30), func(c *figures.Call) { c.FailedOffers = 1 }),
			figures.Verdict{Offered: true, InRate: true, Abandoned: true, Lost: figures.NotAnswered, Wait: 30 * time.Second}},
		"sent elsewhere after agents let it ring": {
			with(base("overflowed_out", 0, 90), func(c *figures.Call) { c.FailedOffers, c.OverflowedAt = 3, at(60) }),
			figures.Verdict{Offered: true, InRate: true, Lost: figures.NotAnswered, Wait: time.Minute}},
		"what the queue said counts": {
			with(base("overflowed_out", 0, 90), func(c *figures.Call) { c.FailedOffers, c.LostWhy = 3, figures.NoAgent }),
			figures.Verdict{Offered: true, InRate: true, Lost: figures.NoAgent, Wait: 90 * time.Second}},
		"but who hangs up has hung up": {
			with(base(call.Abandoned, 0, 90), func(c *figures.Call) { c.LostWhy = figures.Full }),
			figures.Verdict{Offered: true, InRate: true, Abandoned: true, Lost: figures.Gone, Wait: 90 * time.Second}},
		"refused and then hung up in the message": {
			figures.Call{ArrivedAt: t0, EndedAt: at(3), Result: call.AbandonedGreeting, Refused: true},
			figures.Verdict{Offered: true, InRate: true, Lost: figures.Full}},
		"lost by us before he could ask": {
			figures.Call{ArrivedAt: t0, EndedAt: at(3), Result: call.LostSystem},
			figures.Verdict{Offered: true, InRate: true, Lost: figures.System}},
		"a message that he chose":  {figures.Call{ArrivedAt: t0, EndedAt: at(9), Result: "message_only"}, figures.Verdict{}},
		"keeps his place":          {base("callback_kept", 0, 60), figures.Verdict{}},
		"silent":                   {base("silent_call", 0, 14), figures.Verdict{}},
		"served himself":           {figures.Call{ArrivedAt: t0, EndedAt: at(50), Result: "self_served"}, figures.Verdict{}},
		"hung up in the greeting":  {figures.Call{ArrivedAt: t0, EndedAt: at(1), Result: call.AbandonedGreeting}, figures.Verdict{}},
		"a result nobody knows of": {base("new_result", 0, 60), figures.Verdict{}},
	} {
		if got := figures.Default().Judge(c.call); got != c.want {
			t.Errorf("%s:\nis   %+v\nwant %+v", name, got, c.want)
		}
	}
}

func TestSettingsAndQueriesAreChecked(t *testing.T) {
	t.Parallel()
	if err := figures.Default().Check(); err != nil {
		t.Error(err)
	}
	err := figures.Settings{ShortAbandon: time.Hour}.Check()
	for _, want := range []string{"answer within", "clock start", "denominator", "short abandon", "repeat within", "satisfied to"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %s", err, want)
		}
	}
	t0 := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for want, q := range map[string]figures.Query{
		"by \"week\"":          {From: t0, To: t0.Add(1), By: "week"},
		"both needed":          {From: t0, By: figures.ByDay},
		"must be before":       {From: t0, To: t0, By: figures.ByDay},
		"at most 31 days":      {From: t0, To: t0.AddDate(0, 0, 32), By: figures.ByDay},
		"at most 7 days":       {From: t0, To: t0.AddDate(0, 0, 8), By: figures.By5Min},
		"at most 100 bytes":    {From: t0, To: t0.Add(1), By: figures.ByDay, Line: strings.Repeat("x", 101)},
		"between the years":    {From: t0.AddDate(-2000, 0, 0), To: t0, By: figures.ByDay},
		"at most 31 days at o": {From: t0, To: t0.AddDate(100, 0, 0), By: figures.ByTotal},
	} {
		if err := q.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := (figures.Query{From: t0, To: t0.AddDate(0, 0, 7), By: figures.By5Min}).Check(); err != nil {
		t.Error(err)
	}
}

func TestEveryFigureTellsItsChoices(t *testing.T) {
	t.Parallel()
	set := figures.Default()
	set.AnswerWithin, set.ClockStart, set.Denominator = 20*time.Second, figures.FromArrival, figures.WithoutShort
	seen := map[string]bool{}
	for _, f := range set.List() {
		if f.Name == "" || f.Label == "" || f.Definition == "" || f.Unit == "" || seen[f.Name] {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
		if f.Name == "within_rate" && (f.Label != "20秒接通率" || !strings.Contains(f.Definition, "短时放弃") || !strings.Contains(f.Definition, "来电到达")) {
			t.Error(f.Label, f.Definition)
		}
	}
}
