// Package settings is everything about the hotline that people edit while it runs: lines, queues, skills, bulletins,
// policies. A Snapshot is one consistent state of them all; it is never changed after it was made, so that it can be
// handed to whoever needs it. An editor sees the same as Rows, each with the version that tells two editors apart.
package settings

import (
	"slices"
	"time"

	"hotline/gateway/directory"
	"hotline/gateway/queue"
	"hotline/gateway/scope"
)

// Snapshot is all settings at one time.
type Snapshot struct {
	Lines      *directory.Directory
	Queues     []queue.Definition // by name
	Credits    queue.Credits
	SkillNames []Skill                   // by name
	Skills     map[string]map[string]int // of agents: agent_no → skill → level 1–9
	Groups     map[string]string         // of agents: agent_no → group; those without one are a group too
	Bulletins  []Bulletin                // by name
	Policies   Policies
	Scope      []scope.Item // in the order of the list
}

// Skill is something agents know, at levels 1 to 9.
type Skill struct {
	Name  string `json:"name"`  // key: "legal"
	Title string `json:"title"` // shown: "法律"
}

// AgentSkills are one agent's skills and the group he belongs to.
type AgentSkills struct {
	Agent  string         `json:"agent"`
	Group  string         `json:"group" required:"false" doc:"for caps of rest; empty: the group of all others"`
	Skills map[string]int `json:"skills" nullable:"false" doc:"level 1 to 9 by skill"`
}

// Bulletin is a sentence on a hot issue, played after the greeting while it is on.
type Bulletin struct {
	Name   string    `json:"name"` // key, and name of its recorded prompt if there is one
	Text   string    `json:"text"` // what is spoken
	On     bool      `json:"on"`
	Lines  []string  `json:"lines" doc:"dialled numbers; with no line and no queue it is for everybody"`
	Queues []string  `json:"queues"`
	From   time.Time `json:"from,omitzero" required:"false" doc:"left out: from ever"`
	Until  time.Time `json:"until,omitzero" required:"false" doc:"left out: until switched off"`
}

// Plays says whether a caller of the line hears the bulletin at an instant.
func (b Bulletin) Plays(l directory.Line, now time.Time) bool {
	if !b.On || now.Before(b.From) || !b.Until.IsZero() && !now.Before(b.Until) {
		return false
	}
	return len(b.Lines)+len(b.Queues) == 0 || slices.Contains(b.Lines, l.DNIS) ||
		slices.Contains(b.Queues, l.Queue) || slices.Contains(b.Queues, l.WaitsIn())
}

// BulletinsFor are those a caller of the line hears at an instant.
func (s Snapshot) BulletinsFor(l directory.Line, now time.Time) (heard []Bulletin) {
	for _, b := range s.Bulletins {
		if b.Plays(l, now) {
			heard = append(heard, b)
		}
	}
	return heard
}

// Queue finds a queue by name.
func (s Snapshot) Queue(name string) (queue.Definition, bool) {
	i := slices.IndexFunc(s.Queues, func(q queue.Definition) bool { return q.Name == name })
	if i < 0 {
		return queue.Definition{}, false
	}
	return s.Queues[i], true
}

// Referring are the settings that lead to a queue: "line 12333", "queue legal", "bulletin storm".
func (s Snapshot) Referring(name string) (by []string) {
	for _, l := range s.Lines.Lines() {
		if l.Queue == name || l.ExpertQueue == name {
			by = append(by, item(Line, l.DNIS))
		}
	}
	for _, q := range s.Queues {
		if slices.ContainsFunc(q.Overflow, func(o queue.Overflow) bool { return o.To == queue.Target{Kind: queue.ToQueue, Name: name} }) {
			by = append(by, item(Queue, q.Name))
		}
	}
	for _, b := range s.Bulletins {
		if slices.Contains(b.Queues, name) {
			by = append(by, item(Bulletins, b.Name))
		}
	}
	return by
}

func item(kind Kind, key string) string { return string(kind) + " " + key }

// Able says whether an agent has all skills that are needed.
func (s Snapshot) Able(agentNo string, needs []queue.Need) bool {
	for _, n := range needs {
		if s.Skills[agentNo][n.Skill] < n.Level {
			return false
		}
	}
	return true
}
