package settings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"time"

	"hotline/gateway/directory"
	"hotline/gateway/queue"
)

// Kind is a kind of setting.
type Kind string

// The kinds.
const (
	Line        Kind = "line"
	Queue       Kind = "queue"
	SkillNames  Kind = "skill"
	AgentSkill  Kind = "agent_skill"
	Bulletins   Kind = "bulletin"
	PolicyGroup Kind = "policy"
)

// Kinds are all there are, in the order in which they refer to one another.
var Kinds = []Kind{SkillNames, Queue, Line, AgentSkill, Bulletins, PolicyGroup}

// The keys of policies.
const (
	KeyFigures   = "figures"
	KeyCallback  = "callback"
	KeySurge     = "surge"
	KeyRest      = "rest"
	KeyTransfers = "transfers"
	KeyCredits   = "credits"
	KeyAbuse     = "abuse"
	KeyBlockList = "block_list"
)

// Row is one setting as it is kept.
type Row struct {
	Kind     Kind            `json:"kind"`
	Key      string          `json:"key"`
	Position int             `json:"position,omitempty"` // of lines: the lowest is the default one
	Doc      json.RawMessage `json:"doc"`
	Version  int64           `json:"version,omitempty"` // grows with every change; never used twice
	Who      string          `json:"who,omitempty"`     // agent_no of who changed it last
	At       time.Time       `json:"at,omitzero"`       // when
}

// Rows are all settings as they are kept.
type Rows []Row

// Find returns one row.
func (r Rows) Find(kind Kind, key string) (Row, bool) {
	if i := r.index(kind, key); i >= 0 {
		return r[i], true
	}
	return Row{}, false
}

func (r Rows) index(kind Kind, key string) int {
	return slices.IndexFunc(r, func(row Row) bool { return row.Kind == kind && row.Key == key })
}

// Of returns the rows of a kind: lines in their order, others by key.
func (r Rows) Of(kind Kind) Rows {
	var some Rows
	for _, row := range r {
		if row.Kind == kind {
			some = append(some, row)
		}
	}
	slices.SortFunc(some, func(a, b Row) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Key, b.Key)) })
	return some
}

// Revision names the state of all rows of a kind: another one means that something was changed.
func (r Rows) Revision(kind Kind) string {
	h := fnv.New64a()
	for _, row := range r.Of(kind) {
		fmt.Fprintf(h, "%s %d\n", row.Key, row.Version)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// Rows are the snapshot as it is kept, without versions.
func (s Snapshot) Rows() Rows {
	var all Rows
	add := func(kind Kind, key string, doc any) {
		all = append(all, Row{Kind: kind, Key: key, Doc: docOf(doc)})
	}
	for i, l := range s.Lines.Lines() {
		add(Line, l.DNIS, plainLine(l))
		all[len(all)-1].Position = i + 1
	}
	for _, q := range s.Queues {
		add(Queue, q.Name, QueueDocOf(q))
	}
	for _, k := range s.SkillNames {
		add(SkillNames, k.Name, k)
	}
	for _, no := range slices.Sorted(maps.Keys(s.Skills)) {
		add(AgentSkill, no, AgentSkills{no, s.Groups[no], s.Skills[no]})
	}
	for _, b := range s.Bulletins {
		add(Bulletins, b.Name, b)
	}
	add(PolicyGroup, KeyFigures, s.Policies.Figures)
	add(PolicyGroup, KeyCallback, s.Policies.Callback)
	add(PolicyGroup, KeySurge, s.Policies.Surge)
	add(PolicyGroup, KeyRest, s.Policies.Rest)
	add(PolicyGroup, KeyTransfers, s.Policies.Transfers.plain())
	add(PolicyGroup, KeyCredits, creditsDoc(s.Credits))
	add(PolicyGroup, KeyAbuse, s.Policies.Abuse)
	add(PolicyGroup, KeyBlockList, s.Policies.BlockList.plain())
	return all
}

func docOf(doc any) json.RawMessage {
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err) // no setting has a field that JSON cannot hold
	}
	return raw
}

// plainLine makes lines with and without empty lists the same.
func plainLine(l directory.Line) directory.Line {
	if l.Greeting == nil {
		l.Greeting = []string{}
	}
	if l.Routes == nil {
		l.Routes = []string{}
	}
	return l
}

// plain makes lists with and without entries the same.
func (t Transfers) plain() Transfers {
	plan := make(DialPlan, len(t.DialPlan))
	for i, d := range t.DialPlan {
		plan[i] = Dialling{d.Role, append([]Pattern{}, d.Allow...)}
	}
	t.DialPlan = plan
	return t
}

// CreditsDoc is how many seconds of waiting each priority is worth, as it is kept.
type CreditsDoc map[queue.Priority]Seconds

func creditsDoc(c queue.Credits) CreditsDoc {
	doc := make(CreditsDoc, len(c))
	for p, d := range c {
		doc[p] = secondsOf(d)
	}
	return doc
}
