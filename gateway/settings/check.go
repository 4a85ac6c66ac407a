package settings

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hotline/gateway/directory"
	"hotline/gateway/queue"
)

const (
	maxNumber   = 100_000
	maxSeconds  = 24 * 60 * 60
	maxTitle    = 64
	maxSpoken   = 500 // characters of a bulletin
	maxRules    = 8
	maxQueues   = 500
	maxCredit   = 60 * 60
	maxPatterns = 50 // of a role in the dial plan
)

var agentNo = regexp.MustCompile(`^[0-9A-Za-z_-]{2,16}$`)

// IsAgentNo says whether s can be the number of an agent.
func IsAgentNo(s string) bool { return agentNo.MatchString(s) }

// checker collects faults of one item.
type checker struct {
	s      *Snapshot
	item   string
	faults *directory.Faults
}

func (c checker) bad(wrong bool, field string, code directory.Code, value string) {
	if wrong {
		*c.faults = append(*c.faults, directory.Fault{Item: c.item, Field: field, Code: code, Value: value})
	}
}

func (c checker) within(field string, n, least, most int) {
	c.bad(n < least || n > most, field, directory.OutOfRange, strconv.Itoa(n))
}

func (c checker) seconds(field string, d Seconds, least int) {
	c.within(field, int(d), least, maxSeconds)
}

func (c checker) title(s string) {
	c.bad(s == "", "title", directory.Missing, "")
	code := directory.TextFault(s, maxTitle)
	c.bad(code != "", "title", code, s)
}

func (c checker) queue(field, name string) {
	_, known := c.s.Queue(name)
	c.bad(name != "" && !known, field, directory.UnknownQueue, name)
}

// Check finds everything that is wrong, also across settings. The error is directory.Faults.
func (s Snapshot) Check() error {
	_, err := directory.New(s.Lines.Lines())
	faults, _ := err.(directory.Faults)
	return append(faults, s.faults()...).Err()
}

// faults are what is wrong beside the lines by themselves.
func (s Snapshot) faults() (faults directory.Faults) {
	of := func(kind Kind, key string) checker { return checker{&s, item(kind, key), &faults} }
	for _, l := range s.Lines.Lines() {
		c := of(Line, l.DNIS)
		c.queue("queue", l.Queue)
		c.queue("expert_queue", l.ExpertQueue)
	}
	of(Queue, "").within("", len(s.Queues), 0, maxQueues)
	for _, q := range s.Queues {
		of(Queue, q.Name).definition(q)
	}
	for _, k := range s.SkillNames {
		c := of(SkillNames, k.Name)
		c.bad(!directory.IsName(k.Name), "name", directory.NotName, k.Name)
		c.title(k.Title)
	}
	for _, no := range slices.Sorted(maps.Keys(s.Skills)) {
		c := of(AgentSkill, no)
		c.bad(!agentNo.MatchString(no), "agent", directory.NotAgent, no)
		code := directory.TextFault(s.Groups[no], maxTitle)
		c.bad(code != "", "group", code, s.Groups[no])
		for _, skill := range slices.Sorted(maps.Keys(s.Skills[no])) {
			c.need("skills", queue.Need{Skill: skill, Level: s.Skills[no][skill]})
		}
	}
	for _, b := range s.Bulletins {
		of(Bulletins, b.Name).bulletin(b)
	}
	of(PolicyGroup, "").policies(s.Policies)
	faults = append(faults, s.scopeFaults()...)
	for p, d := range s.Credits {
		c := of(PolicyGroup, KeyCredits)
		c.bad(!slices.Contains(credited, p), string(p), directory.NotOneOf, string(p))
		c.within(string(p), int(secondsOf(d)), 0, maxCredit)
	}
	return faults
}

var credited = []queue.Priority{queue.From110, queue.Elderly, queue.Disabled, queue.CalledBack}

func (c checker) bulletin(b Bulletin) {
	c.bad(!directory.IsName(b.Name), "name", directory.NotName, b.Name)
	c.bad(strings.TrimSpace(b.Text) == "", "text", directory.Missing, "")
	c.bad(utf8.RuneCountInString(b.Text) > maxSpoken, "text", directory.TooLong, "")
	c.bad(strings.ContainsFunc(b.Text, unspeakable), "text", directory.BadText, b.Text)
	c.bad(!b.Until.IsZero() && b.Until.Before(b.From), "until", directory.Backwards, b.Until.Format("2006-01-02 15:04"))
	for _, name := range b.Queues {
		c.queue("queues", name)
	}
	for _, dnis := range b.Lines {
		_, known := c.s.Lines.Lookup(dnis)
		c.bad(!known, "lines", directory.UnknownLine, dnis)
	}
}

func unspeakable(r rune) bool { return unicode.IsControl(r) && r != '\n' }

// Warnings are what works but is surely not meant: a queue that no agent is able to serve.
func (s Snapshot) Warnings() (warnings directory.Faults) {
	for _, q := range s.Queues {
		able := len(q.Needs) == 0
		for no := range s.Skills {
			able = able || s.Able(no, q.Needs)
		}
		if !able {
			needs := make([]string, len(q.Needs))
			for i, n := range q.Needs {
				needs[i] = n.Skill + " " + strconv.Itoa(n.Level)
			}
			warnings = append(warnings, directory.Fault{Item: item(Queue, q.Name), Field: "needs", Code: directory.NobodyAble, Value: strings.Join(needs, ", ")})
		}
	}
	return warnings
}
