package settings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

// kept are the rows of a snapshot as a database would have them.
func kept(s settings.Snapshot) settings.Rows {
	rows := s.Rows()
	for i := range rows {
		rows[i].Version, rows[i].Who, rows[i].At = int64(i+1), "9001", time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	}
	return rows
}

func TestAnEditorWhoDidNotSeeTheLatestIsTold(t *testing.T) {
	t.Parallel()
	rows := kept(settings.Default())
	old, _ := rows.Find(settings.Line, "12333")
	l := directory.Line{DNIS: "12333", Name: "人社", Mode: directory.Dual, Queue: "general"}
	after, edits, err := rows.Apply(settings.Put(settings.Line, "12333", old.Version, l))
	if err != nil || len(edits) != 1 || edits[0].Old.Version != old.Version {
		t.Fatalf("%v %+v", err, edits)
	}
	s, err := settings.Assemble(after)
	if got, _ := s.Lines.Lookup("12333"); err != nil || got.Name != "人社" || s.Lines.Lines()[3].DNIS != rows.Of(settings.Line)[3].Key {
		t.Errorf("%v %+v", err, got)
	}
	for _, c := range []settings.Change{
		settings.Put(settings.Line, "12333", old.Version-1, l), settings.Put(settings.Line, "12333", 0, l),
		settings.Remove(settings.Line, "12333", 0), settings.Put(settings.Line, "99999", 7, l), settings.Remove(settings.Line, "99999", 0),
	} {
		var conflict *settings.Conflict
		if _, _, err := rows.Apply(c); !errors.As(err, &conflict) || conflict.Key != c.Key {
			t.Errorf("%+v: %v", c, err)
		} else if c.Key == "12333" && !strings.Contains(err.Error(), "line 12333 was changed by 9001 at 2026-11-21 16:00:00") {
			t.Error(err)
		}
	}
	if _, edits, err := after.Apply(settings.Put(settings.Line, "12333", 0, l)); err != nil || len(edits) != 0 {
		t.Errorf("what is so already was changed: %v %+v", err, edits)
	}
}

func TestTheDefaultLineCanBeAnother(t *testing.T) {
	t.Parallel()
	rows := kept(settings.Default())
	old, _ := rows.Find(settings.Line, "12333")
	c := settings.Change{Kind: settings.Line, Key: "12333", Version: old.Version, Doc: old.Doc, First: true}
	after, edits, err := rows.Apply(c)
	if err != nil || len(edits) != 1 {
		t.Fatal(err, edits)
	}
	s, err := settings.Assemble(after)
	if l, known := s.Lines.Lookup("none"); err != nil || known || l.DNIS != "12333" {
		t.Errorf("%v: the default is %s", err, l.DNIS)
	}
}

func TestReplacingTheLines(t *testing.T) {
	t.Parallel()
	rows := kept(settings.Default())
	if _, edits, err := rows.Apply(rows.ReplaceLines(directory.Default())...); err != nil || len(edits) != 0 {
		t.Errorf("the same list: %v, %d edits", err, len(edits))
	}
	lines := directory.Default().Lines()
	lines[1].Name = "其他"
	lines = append(lines[:2:2], directory.Line{DNIS: "95598", Name: "供电", Mode: directory.Utility, Queue: "general"})
	d, err := directory.New(lines)
	if err != nil {
		t.Fatal(err)
	}
	after, edits, err := rows.Apply(rows.ReplaceLines(d)...)
	if err != nil {
		t.Fatal(err)
	}
	done := settings.ImportOf(edits, "r")
	if diff := cmp.Diff([]string{"95598"}, done.Added); diff != "" || len(done.Removed) != 36 || done.Changed[0] != "12396" {
		t.Errorf("%+v", done)
	}
	s, err := settings.Assemble(after)
	if err != nil || len(s.Lines.Lines()) != 3 || s.Lines.Lines()[2].DNIS != "95598" {
		t.Error(err, s.Lines.Lines())
	}
	if rows.Revision(settings.Line) == after.Revision(settings.Line) || rows.Revision(settings.Queue) != after.Revision(settings.Queue) {
		t.Error("a revision tells what changed and nothing else")
	}
}

func TestWhoRefersToAQueue(t *testing.T) {
	t.Parallel()
	s := rich()
	if diff := cmp.Diff([]string{"queue general"}, s.Referring("language")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"line 12348", "bulletin storm"}, s.Referring("expert_legal")); diff != "" {
		t.Error(diff)
	}
}
