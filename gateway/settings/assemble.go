package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hotline/gateway/directory"
	"hotline/gateway/queue"
)

// Assemble makes a snapshot of rows and checks it. A policy that is missing is the shipped one. The error holds
// directory.Faults unless a row is not even readable.
func Assemble(rows Rows) (Snapshot, error) {
	s := Snapshot{Skills: map[string]map[string]int{}, Groups: map[string]string{}, Credits: DefaultCredits(), Policies: DefaultPolicies()}
	var lines []directory.Line
	var unreadable []error
	for _, kind := range Kinds {
		for _, row := range rows.Of(kind) {
			if err := s.take(row, &lines); err != nil {
				unreadable = append(unreadable, fmt.Errorf("%s: %w", item(row.Kind, row.Key), err))
			}
		}
	}
	if err := errors.Join(unreadable...); err != nil {
		return Snapshot{}, err
	}
	d, err := directory.New(lines)
	var faults directory.Faults
	if err != nil && !errors.As(err, &faults) {
		return Snapshot{}, err
	}
	s.Lines = d
	return s, append(faults, s.faults()...).Err()
}

// take reads one row. Its key is what counts, whatever name its document has.
func (s *Snapshot) take(row Row, lines *[]directory.Line) error {
	switch row.Kind {
	case Line:
		l, err := decode[directory.Line](row)
		l.DNIS = row.Key
		*lines = append(*lines, plainLine(l))
		return err
	case Queue:
		q, err := decode[QueueDoc](row)
		q.Name = row.Key
		s.Queues = append(s.Queues, q.Definition())
		return err
	case SkillNames:
		k, err := decode[Skill](row)
		s.SkillNames = append(s.SkillNames, Skill{row.Key, k.Title})
		return err
	case AgentSkill:
		a, err := decode[AgentSkills](row)
		s.Skills[row.Key] = a.Skills
		if a.Group != "" {
			s.Groups[row.Key] = a.Group
		}
		return err
	case Bulletins:
		b, err := decode[Bulletin](row)
		b.Name = row.Key
		s.Bulletins = append(s.Bulletins, b)
		return err
	}
	return s.takePolicy(row)
}

// takePolicy reads onto what is shipped, so that a field that is new keeps its default.
func (s *Snapshot) takePolicy(row Row) error {
	switch row.Key {
	case KeyFigures:
		return json.Unmarshal(row.Doc, &s.Policies.Figures)
	case KeyCallback:
		return json.Unmarshal(row.Doc, &s.Policies.Callback)
	case KeySurge:
		return json.Unmarshal(row.Doc, &s.Policies.Surge)
	case KeyRest:
		return json.Unmarshal(row.Doc, &s.Policies.Rest)
	case KeyTransfers:
		return s.takeTransfers(row)
	case KeyAbuse:
		return json.Unmarshal(row.Doc, &s.Policies.Abuse)
	case KeyBlockList:
		s.Policies.BlockList.Trusted = nil // what is shipped fills no gap
		err := json.Unmarshal(row.Doc, &s.Policies.BlockList)
		s.Policies.BlockList = s.Policies.BlockList.plain()
		return err
	case KeyCredits:
		doc, err := decode[CreditsDoc](row)
		s.Credits = make(queue.Credits, len(doc))
		for p, seconds := range doc {
			s.Credits[p] = seconds.Duration()
		}
		return err
	}
	return nil // of a later version of the program
}

// takeTransfers reads the dial plan into a list of its own: JSON would fill the gaps in it with what is shipped.
func (s *Snapshot) takeTransfers(row Row) error {
	t := &s.Policies.Transfers
	shipped := t.DialPlan
	t.DialPlan = nil
	if err := json.Unmarshal(row.Doc, t); err != nil {
		return err
	}
	if t.DialPlan == nil {
		t.DialPlan = shipped
	}
	return nil
}

func decode[T any](row Row) (doc T, err error) {
	return doc, json.Unmarshal(row.Doc, &doc)
}

// copyOf is what lies on disk.
type copyOf struct {
	Format int  `json:"format"`
	Rows   Rows `json:"rows"`
}

// Encode is the rows as they are kept on local disk, for the times when PostgreSQL is away.
func Encode(rows Rows) ([]byte, error) { return json.MarshalIndent(copyOf{1, rows}, "", " ") }

// Decode reads what Encode wrote; a damaged copy is an error.
func Decode(text []byte) (Rows, Snapshot, error) {
	var c copyOf
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, Snapshot{}, fmt.Errorf("settings' copy: %w", err)
	}
	if c.Format != 1 {
		return nil, Snapshot{}, fmt.Errorf("settings' copy: format %d is unknown", c.Format)
	}
	s, err := Assemble(c.Rows)
	if err != nil {
		return nil, Snapshot{}, fmt.Errorf("settings' copy: %w", err)
	}
	return c.Rows, s, nil
}

// For makes settings for lines of one's own: every queue they name that the snapshot lacks is made like general.
func (s Snapshot) For(d *directory.Directory) Snapshot {
	like, _ := s.Queue(General)
	s.Lines, s.Queues = d, slices.Clone(s.Queues)
	for _, name := range d.Queues() {
		if _, known := s.Queue(name); !known {
			like.Name, like.Title = name, name
			s.Queues = append(s.Queues, like)
		}
	}
	slices.SortFunc(s.Queues, byName)
	s.Skills, s.Groups = maps.Clone(s.Skills), maps.Clone(s.Groups)
	return s
}
