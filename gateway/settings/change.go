package settings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"hotline/gateway/directory"
)

// Change puts one setting in the place of what an editor saw.
type Change struct {
	Kind     Kind
	Key      string
	Version  int64           // that the editor saw; 0: there was none
	Doc      json.RawMessage // nil removes it
	Position int             // of a line or of what is not accepted, from 1; 0: where it is, a new line last
	First    bool            // a line becomes the default one
}

// Put is a change to doc, which is the type that belongs to the kind.
func Put(kind Kind, key string, version int64, doc any) Change {
	if l, ok := doc.(directory.Line); ok {
		doc = plainLine(l)
	}
	return Change{Kind: kind, Key: key, Version: version, Doc: docOf(doc)}
}

// Remove is a change that removes a setting.
func Remove(kind Kind, key string, version int64) Change {
	return Change{Kind: kind, Key: key, Version: version}
}

// Conflict is returned to an editor who did not see the latest version.
type Conflict struct {
	Kind Kind
	Key  string
	Who  string    // changed or removed it
	At   time.Time // when
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("%s was changed by %s at %s", item(c.Kind, c.Key), c.Who, c.At.In(directory.Here).Format("2006-01-02 15:04:05"))
}

// Edit is what a change does to one row. Old has no version where it is new, New no document where it is removed.
type Edit struct{ Old, New Row }

// Apply makes changes, all or none. A change of what is so already makes no edit. The error is *Conflict.
func (r Rows) Apply(changes ...Change) (after Rows, edits []Edit, err error) {
	after = slices.Clone(r)
	for _, c := range changes {
		edit, err := after.edit(c)
		if err != nil {
			return nil, nil, err
		}
		if same(edit) {
			continue
		}
		edits = append(edits, edit)
		if i := after.index(c.Kind, c.Key); i >= 0 {
			after = slices.Delete(after, i, i+1)
		}
		if edit.New.Doc != nil {
			after = append(after, edit.New)
		}
	}
	return after, edits, nil
}

func (r Rows) edit(c Change) (Edit, error) {
	old, found := r.Find(c.Kind, c.Key)
	if old.Version != c.Version || !found && c.Doc == nil {
		return Edit{}, &Conflict{c.Kind, c.Key, old.Who, old.At}
	}
	old.Kind, old.Key = c.Kind, c.Key
	edit := Edit{Old: old, New: Row{Kind: c.Kind, Key: c.Key, Doc: c.Doc, Position: old.Position}}
	lines := r.Of(c.Kind)
	switch {
	case c.Position > 0:
		edit.New.Position = c.Position
	case c.Kind != Line:
	case c.First && len(lines) > 0 && lines[0].Key != c.Key:
		edit.New.Position = lines[0].Position - 1
	case !found && len(lines) > 0:
		edit.New.Position = lines[len(lines)-1].Position + 1
	}
	return edit, nil
}

// same says whether nothing would change; documents come back from the database with their fields in another order.
func same(e Edit) bool {
	if e.Old.Doc == nil || e.New.Doc == nil || e.Old.Position != e.New.Position {
		return e.Old.Doc == nil && e.New.Doc == nil
	}
	var old, now any
	return json.Unmarshal(e.Old.Doc, &old) == nil && json.Unmarshal(e.New.Doc, &now) == nil && reflect.DeepEqual(old, now)
}

// ReplaceLines are the changes that make d the whole list of lines.
func (r Rows) ReplaceLines(d *directory.Directory) (changes []Change) {
	for i, l := range d.Lines() {
		old, _ := r.Find(Line, l.DNIS)
		c := Put(Line, l.DNIS, old.Version, l)
		c.Position = i + 1
		changes = append(changes, c)
	}
	for _, old := range r.Of(Line) {
		if _, stays := d.Lookup(old.Key); !stays {
			changes = append(changes, Remove(Line, old.Key, old.Version))
		}
	}
	return changes
}

// Import is what replacing the lines did, or would do.
type Import struct {
	Added    []string         `json:"added" nullable:"false" doc:"dialled numbers"`
	Changed  []string         `json:"changed" nullable:"false"`
	Removed  []string         `json:"removed" nullable:"false"`
	Revision string           `json:"revision" doc:"of the lines it was compared with; give it back to import"`
	Warnings directory.Faults `json:"warnings"`
}

// ImportOf tells edits of lines by what they do.
func ImportOf(edits []Edit, revision string) Import {
	done := Import{Added: []string{}, Changed: []string{}, Removed: []string{}, Revision: revision, Warnings: directory.Faults{}}
	for _, e := range edits {
		switch {
		case e.Old.Doc == nil:
			done.Added = append(done.Added, e.New.Key)
		case e.New.Doc == nil:
			done.Removed = append(done.Removed, e.New.Key)
		default:
			done.Changed = append(done.Changed, e.New.Key)
		}
	}
	return done
}
