package sim

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %.6f, want %.6f", what, got, want)
	}
}

// TestErlangCOfTables holds the formula against values of printed tables.
func TestErlangCOfTables(t *testing.T) {
	t.Parallel()
	near(t, "1 agent, 0.5 erlang", ErlangC(1, 0.5).Waiting, 0.5, 1e-12)
	near(t, "2 agents, 1 erlang", ErlangC(2, 1).Waiting, 1.0/3, 1e-12)
	near(t, "10 agents, 8 erlangs", ErlangC(10, 8).Waiting, 0.409, 0.0005)
	near(t, "14 agents, 10 erlangs", ErlangC(14, 10).Waiting, 0.1741, 0.0001)
	near(t, "mean wait, 2 agents, 1 erlang", ErlangC(2, 1).MeanWait, 1.0/3, 1e-12)
}

func TestErlangA(t *testing.T) {
	t.Parallel()
	// With a patience as long as a talk the callers in the house are those of endless agents: Poisson.
	m := ErlangA(3, 2, 1)
	near(t, "3 agents, 2 erlangs", m.Waiting, 1-5*math.Exp(-2), 1e-12)
	length := 0.0
	p := math.Exp(-2)
	for k := 1; k < 60; k++ {
		p *= 2 / float64(k)
		length += p * float64(max(0, k-3))
	}
	near(t, "abandoned", m.Abandoned, length/2, 1e-12)
	// Endless patience is Erlang C.
	c, a := ErlangC(10, 8), ErlangA(10, 8, 1e9)
	near(t, "patient, waiting", a.Waiting, c.Waiting, 1e-6)
	near(t, "patient, mean wait", a.MeanWait, c.MeanWait, 1e-6)
	// The more than 650 agents can serve leave.
	near(t, "overload", ErlangA(650, 800, 1).Abandoned, 150.0/800, 0.001)
}

func TestAStationIsServedInOrder(t *testing.T) {
	t.Parallel()
	for _, s := range []Station{
		{Agents: 10, Load: 8, Calls: 200_000, Seed: 1}, {Agents: 10, Load: 10, Patience: 1, Calls: 200_000, Seed: 1},
	} {
		found, textbook := s.Run()
		if e := found.WorstError(textbook); e > 1e-4 {
			t.Errorf("%+v: %+v, by the textbook %+v", s, found, textbook)
		}
		if e := found.WorstError(s.Formula()); e > 0.05 {
			t.Errorf("%+v: %+v, by formula %+v", s, found, s.Formula())
		}
	}
}
