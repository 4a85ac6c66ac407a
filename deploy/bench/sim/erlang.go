package sim

import "math"

// Measures are what the formulas say of a queue, and what a simulation found.
type Measures struct {
	Waiting   float64 // share of callers who wait
	MeanWait  float64 // of all callers, over the mean talk
	Abandoned float64 // share of callers
}

// ErlangC is a queue of patient callers: n agents, a offered load in erlangs (less than n).
func ErlangC(n int, a float64) Measures {
	blocked := 1.0 // Erlang B, by its recursion
	for k := 1; k <= n; k++ {
		blocked = a * blocked / (float64(k) + a*blocked)
	}
	free := float64(n) - a
	waiting := float64(n) * blocked / (free + a*blocked)
	return Measures{Waiting: waiting, MeanWait: waiting / free}
}

// ErlangA is the same with callers who give up after an exponential patience, whose mean is given over the mean talk.
func ErlangA(n int, a, patience float64) Measures {
	// Chances of k callers in the house relative to the likeliest, up and down from n.
	total, waiting, length := 0.0, 0.0, 0.0
	p := 1.0
	for k := n; p > 1e-18*total || k < n+int(a); k++ {
		total += p
		waiting += p
		length += p * float64(k-n)
		p *= a / (float64(n) + float64(k+1-n)/patience)
	}
	p = 1
	for k := n; k > 0 && p > 0; k-- {
		p *= float64(k) / a
		total += p
	}
	m := Measures{Waiting: waiting / total, MeanWait: length / total / a}
	m.Abandoned = m.MeanWait / patience
	return m
}

// relative is how far a is from b.
func relative(a, b float64) float64 {
	if b == 0 {
		return math.Abs(a)
	}
	return math.Abs(a-b) / b
}

// WorstError is the largest relative error of the measures.
func (m Measures) WorstError(formula Measures) float64 {
	return max(relative(m.Waiting, formula.Waiting), relative(m.MeanWait, formula.MeanWait), relative(m.Abandoned, formula.Abandoned))
}
