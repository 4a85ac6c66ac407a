package figures

import (
	"cmp"
	"slices"
	"time"

	"hotline/agent"
)

// Table is the answer to a query: a sum for each group, and one for all.
type Table struct {
	Query    Query
	Settings Settings
	total    Sum
	groups   map[group]*Sum
}

// group is a name, or when the five minutes or the day began (Unix seconds).
type group struct {
	name  string
	begin int64
}

// Row is one group's sum.
type Row struct {
	Name  string    // of the line or queue, the agent's number; empty by time
	Begin time.Time // of the five minutes or the day, in the query's zone; zero by name
	Sum   Sum
}

// Stay is the time from one change of an agent's state to the next.
type Stay struct {
	Agent    string
	State    agent.State
	Call     string // it was about, empty when none
	From, To time.Time
}

// NewTable is an empty table. A query that Check refuses can make it very large.
func NewTable(set Settings, q Query) *Table {
	q.From, q.To = micro(q.From), micro(q.To)
	return &Table{Query: q, Settings: set, total: NewSum(set), groups: map[group]*Sum{}}
}

// Add counts a call if the query wants it.
func (t *Table) Add(c Call) {
	c = c.normal()
	t.add(&c)
}

// add is Add of a call in whole microseconds.
func (t *Table) add(c *Call) {
	if c.Result == "" || !t.Query.wants(c) {
		return
	}
	v := t.Settings.judge(c)
	t.total.add(c, v)
	var g group
	switch t.Query.By {
	case ByLine:
		g.name = c.Line
	case ByQueue:
		g.name = c.Queue
	case ByAgent:
		if g.name = c.Agent; g.name == "" {
			return // nobody's: in the total only
		}
	case By5Min, ByDay:
		g.begin = t.Query.begin(c.ArrivedAt).Unix()
	default:
		return
	}
	t.at(g).add(c, v)
}

// AddStay counts what of an agent's stay lies within the query. An agent serves many lines, so his time is nobody's
// where one line or queue is asked for.
func (t *Table) AddStay(s Stay) {
	q := t.Query
	if q.Line != "" || q.Queue != "" {
		return
	}
	from, to := later(micro(s.From), q.From), earlier(micro(s.To), q.To)
	if !from.Before(to) {
		return
	}
	t.total.AddTime(s.State, to.Sub(from))
	switch q.By {
	case ByAgent:
		t.at(group{name: s.Agent}).AddTime(s.State, to.Sub(from))
	case By5Min, ByDay:
		for from.Before(to) {
			begin := q.begin(from)
			end := earlier(q.next(begin), to)
			t.at(group{begin: begin.Unix()}).AddTime(s.State, end.Sub(from))
			from = end
		}
	}
}

// Total is the sum of everything; of a table by total it is all there is.
func (t *Table) Total() Sum { return t.total }

// Rows are the groups by name or by time. By time there is a row for each stretch of the period, empty or not.
func (t *Table) Rows() []Row {
	if t.Query.By == By5Min || t.Query.By == ByDay {
		return t.stretches()
	}
	rows := make([]Row, 0, len(t.groups))
	for g, sum := range t.groups {
		rows = append(rows, Row{Name: g.name, Sum: *sum})
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	return rows
}

func (t *Table) stretches() []Row {
	var rows []Row
	for at := t.Query.begin(t.Query.From); at.Before(t.Query.To); at = t.Query.next(at) {
		row := Row{Begin: at, Sum: NewSum(t.Settings)}
		if sum := t.groups[group{begin: at.Unix()}]; sum != nil {
			row.Sum = *sum
		}
		rows = append(rows, row)
	}
	return rows
}

// Figures are those that mean something for the table's groups.
func (t *Table) Figures() []Figure {
	all := t.Settings.List()
	if t.Query.By != ByAgent {
		return all
	}
	return slices.DeleteFunc(all, func(f Figure) bool { return !f.OfAgents })
}

func (t *Table) at(g group) *Sum {
	sum := t.groups[g]
	if sum == nil {
		empty := NewSum(t.Settings)
		sum = &empty
		t.groups[g] = sum
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
