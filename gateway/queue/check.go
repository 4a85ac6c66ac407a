package queue

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what may be set up.
const (
	maxQueues  = 500
	maxNeeds   = 8
	maxWiden   = 8
	maxRules   = 8
	maxWait    = 24 * time.Hour
	maxCallers = 100_000
	maxCredit  = time.Hour
	maxLevel   = 9
)

// Fault is one thing wrong with a queue's definition.
type Fault struct {
	Queue  string // by name; "" where the whole list is meant
	Field  string // as it is called in Definition: "Widen[1].After"
	Reason string
}

func (f Fault) String() string { return fmt.Sprintf("queue %q: %s: %s", f.Queue, f.Field, f.Reason) }

// Faults is the error of Check: everything that is wrong.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

var names = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Check tells what is wrong with a set of definitions; nil or Faults. Where skills are given, needs may name no
// others.
func Check(defs []Definition, skills ...string) error {
	c := check{skills: skills, targets: map[string][]string{}}
	if len(defs) > maxQueues {
		c.fault("", "Name", "more than %d queues", maxQueues)
	}
	for _, d := range defs {
		if _, twice := c.targets[d.Name]; twice {
			c.fault(d.Name, "Name", "there are two queues of this name")
		}
		c.targets[d.Name] = nil
		for _, o := range d.Overflow {
			if o.To.Kind == ToQueue {
				c.targets[d.Name] = append(c.targets[d.Name], o.To.Name)
			}
		}
	}
	for _, d := range defs {
		c.queue(d)
	}
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}

// check collects faults.
type check struct {
	skills  []string
	targets map[string][]string // queues that a queue overflows to
	faults  Faults
}

func (c *check) fault(queue, field, reason string, args ...any) {
	c.faults = append(c.faults, Fault{queue, field, fmt.Sprintf(reason, args...)})
}

func within[T cmp.Ordered](c *check, queue, field string, value, least, most T) {
	if !(value >= least && value <= most) {
		c.fault(queue, field, "%v is not between %v and %v", value, least, most)
	}
}

func (c *check) queue(d Definition) {
	if !names.MatchString(d.Name) {
		c.fault(d.Name, "Name", "1 to 32 letters, digits, _ and - are allowed")
	}
	if n := utf8.RuneCountInString(d.Title); n > 64 {
		c.fault(d.Name, "Title", "%d characters are more than 64", n)
	}
	if d.Order != "" && d.Order != LongestIdle && d.Order != LeastOccupied {
		c.fault(d.Name, "Order", "%q is not known", d.Order)
	}
	within(c, d.Name, "LastAgent", d.LastAgent, 0, 366*24*time.Hour)
	within(c, d.Name, "RingTimeout", d.RingTimeout, 0, 5*time.Minute)
	within(c, d.Name, "WrapUp", d.WrapUp, 0, time.Hour)
	within(c, d.Name, "MaxWaiting", d.MaxWaiting, 0, maxCallers)
	within(c, d.Name, "Announce", d.Announce, 0, maxWait)
	within(c, d.Name, "Callback", d.Callback, 0, maxWait)
	c.needs(d.Name, "Needs", d.Needs)
	c.widen(d)
	c.overflow(d)
}

func (c *check) needs(queue, field string, needs []Need) {
	within(c, queue, "len("+field+")", len(needs), 0, maxNeeds)
	seen := map[string]bool{}
	for i, n := range needs {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case n.Skill == "":
			c.fault(queue, at+".Skill", "is missing")
		case seen[n.Skill]:
			c.fault(queue, at+".Skill", "%q is there twice", n.Skill)
		case len(c.skills) > 0 && !slices.Contains(c.skills, n.Skill):
			c.fault(queue, at+".Skill", "there is no skill %q", n.Skill)
		}
		seen[n.Skill] = true
		within(c, queue, at+".Level", n.Level, 1, maxLevel)
	}
}

func (c *check) widen(d Definition) {
	within(c, d.Name, "len(Widen)", len(d.Widen), 0, maxWiden)
	last := time.Duration(0)
	for i, w := range d.Widen {
		at := fmt.Sprintf("Widen[%d]", i)
		within(c, d.Name, at+".After", w.After, time.Second, maxWait)
		if w.After <= last {
			c.fault(d.Name, at+".After", "%v is not later than %v before it", w.After, last)
		}
		last = w.After
		c.needs(d.Name, at+".Needs", w.Needs)
	}
}

func (c *check) overflow(d Definition) {
	within(c, d.Name, "len(Overflow)", len(d.Overflow), 0, maxRules)
	for i, o := range d.Overflow {
		at := fmt.Sprintf("Overflow[%d]", i)
		within(c, d.Name, at+".Waiting", o.Waiting, 0, maxCallers)
		within(c, d.Name, at+".Longest", o.Longest, 0, maxWait)
		within(c, d.Name, at+".LossRate", o.LossRate, 0, 1)
		c.target(d.Name, at+".To", o.To)
	}
}

func (c *check) target(queue, at string, t Target) {
	switch t.Kind {
	case ToRegion, ToMessage:
		if t.Name == "" || len(t.Name) > 64 {
			c.fault(queue, at+".Name", "1 to 64 characters are needed")
		}
	case ToQueue:
		if _, known := c.targets[t.Name]; !known {
			c.fault(queue, at+".Name", "there is no queue %q", t.Name)
		} else if c.leads(t.Name, queue, map[string]bool{}) {
			c.fault(queue, at+".Name", "callers would come back from queue %q", t.Name)
		}
	default:
		c.fault(queue, at+".Kind", "%q is not known", t.Kind)
	}
}

// leads tells whether callers of a queue may end in another.
func (c *check) leads(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(c.targets[from], func(next string) bool { return c.leads(next, to, seen) })
}

// Check tells what is wrong with credits: each is between nothing and an hour.
func (c Credits) Check() error {
	for p, credit := range c {
		if credit < 0 || credit > maxCredit {
			return fmt.Errorf("credit of priority %q: %v is not between 0 and %v", p, credit, maxCredit)
		}
	}
	return nil
}
