package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

// seeded is a store with the shipped settings.
func seeded(t *testing.T) (*store.Store, settings.Rows) {
	t.Helper()
	s := storetest.New(t)
	rows, err := s.SeedSettings(t.Context(), settings.Default())
	if err != nil {
		t.Fatal(err)
	}
	return s, rows
}

// put is a change to a line that was found in rows.
func put(t *testing.T, rows settings.Rows, l directory.Line) settings.Change {
	t.Helper()
	old, _ := rows.Find(settings.Line, l.DNIS)
	return settings.Put(settings.Line, l.DNIS, old.Version, l)
}

func line(dnis, name string) directory.Line {
	return directory.Line{DNIS: dnis, Name: name, Mode: directory.Dual, Queue: settings.General}
}

func TestShippedSettingsAreKeptOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if rows, err := s.LoadSettings(t.Context()); err != nil || len(rows) != 0 {
		t.Fatal(err, rows)
	}
	var starting sync.WaitGroup
	for range 3 { // gateways that start together
		starting.Go(func() {
			if _, err := s.SeedSettings(t.Context(), settings.Default()); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	rows, err := s.LoadSettings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := settings.Assemble(rows)
	if err != nil {
		t.Fatal(err)
	}
	lines := cmp.Transformer("lines", func(d *directory.Directory) []directory.Line { return d.Lines() })
	if diff := cmp.Diff(settings.Default(), got, lines, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	changes, err := s.SettingChanges(t.Context(), "", "", 1000)
	if err != nil || len(changes) != len(rows) || changes[0].Who != store.SystemUser || changes[0].Old != nil {
		t.Errorf("%v: %d changes for %d rows", err, len(changes), len(rows))
	}
}

func TestTheSecondEditorIsTold(t *testing.T) {
	t.Parallel()
	s, rows := seeded(t)
	first, second := put(t, rows, line("12333", "甲的")), put(t, rows, line("12333", "乙的"))
	began := time.Now().Add(-time.Second)
	after, err := s.ChangeSettings(t.Context(), "9001", first)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.ChangeSettings(t.Context(), "9002", second)
	var conflict *settings.Conflict
	if !errors.As(err, &conflict) || conflict.Who != "9001" || conflict.At.Before(began) {
		t.Fatalf("%v %+v", err, conflict)
	}
	if after, err = s.ChangeSettings(t.Context(), "9002", put(t, after, line("12333", "乙的"))); err != nil {
		t.Fatal(err)
	}
	if _, err = s.ChangeSettings(t.Context(), "9002", put(t, after, line("12333", "乙的"))); err != nil {
		t.Errorf("changed to what it is: %v", err)
	}
	history, err := s.SettingChanges(t.Context(), settings.Line, "12333", 10)
	if err != nil || len(history) != 3 || !strings.Contains(string(history[0].Old), "甲的") || !strings.Contains(string(history[0].New), "乙的") {
		t.Errorf("%v %d %s", err, len(history), history[0].New)
	}
}

func TestARowThatWasRemovedTellsWho(t *testing.T) {
	t.Parallel()
	s, rows := seeded(t)
	old, _ := rows.Find(settings.Line, "12358")
	if _, err := s.ChangeSettings(t.Context(), "9001", settings.Remove(settings.Line, "12358", old.Version)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []settings.Change{put(t, rows, line("12358", "价格")), settings.Remove(settings.Line, "12358", old.Version)} {
		var conflict *settings.Conflict
		if _, err := s.ChangeSettings(t.Context(), "9002", c); !errors.As(err, &conflict) || conflict.Who != "9001" {
			t.Errorf("%v", err)
		}
	}
	// Made again, it is another row: who saw the first one is told as well.
	if _, err := s.ChangeSettings(t.Context(), "9001", settings.Put(settings.Line, "12358", 0, line("12358", "新"))); err != nil {
		t.Fatal(err)
	}
	var conflict *settings.Conflict
	if _, err := s.ChangeSettings(t.Context(), "9002", put(t, rows, line("12358", "价格"))); !errors.As(err, &conflict) {
		t.Error(err)
	}
}

func TestSettingsThatDoNotFitAreRefusedWhole(t *testing.T) {
	t.Parallel()
	s, rows := seeded(t)
	q, _ := rows.Find(settings.Queue, "expert_social")
	good, bad := put(t, rows, line("12345", "好")), line("12333", "坏")
	bad.Queue = "nowhere"
	for _, changes := range [][]settings.Change{
		{good, put(t, rows, bad)}, {good, settings.Remove(settings.Queue, "expert_social", q.Version)},
	} {
		_, err := s.ChangeSettings(t.Context(), "9001", changes...)
		var faults directory.Faults
		if !errors.Is(err, store.ErrInvalid) || !errors.As(err, &faults) || faults[0].Code != directory.UnknownQueue {
			t.Errorf("%v", err)
		}
	}
	now, err := s.LoadSettings(t.Context())
	if err != nil || now.Revision(settings.Line) != rows.Revision(settings.Line) {
		t.Error("a part of it was kept", err)
	}
}

func TestTwoChangesThatAreBadTogether(t *testing.T) {
	t.Parallel()
	for round := range 5 {
		s, rows := seeded(t)
		q, _ := rows.Find(settings.Queue, "language")
		to := line("12333", "人社")
		to.Queue = "language"
		outcomes := make(chan error, 2)
		for _, c := range []settings.Change{put(t, rows, to), settings.Remove(settings.Queue, "language", q.Version)} {
			go func() {
				_, err := s.ChangeSettings(t.Context(), "9001", c)
				outcomes <- err
			}()
		}
		if a, b := <-outcomes, <-outcomes; (a == nil) == (b == nil) {
			t.Errorf("round %d: %v, %v", round, a, b)
		}
		now, err := s.LoadSettings(t.Context())
		if _, unfit := settings.Assemble(now); err != nil || unfit != nil {
			t.Error(err, unfit)
		}
	}
}

func TestLinesAreImportedInOne(t *testing.T) {
	t.Parallel()
	s, rows := seeded(t)
	d, err := directory.ReadCSV(strings.NewReader("dnis,name,queue,greeting,record\n95598,供电,general,,no\n12345,热线,general,hello,yes\n"))
	if err != nil {
		t.Fatal(err)
	}
	seen := rows.Revision(settings.Line)
	would, plan, err := s.ImportLines(t.Context(), "9001", d, "", true)
	if err != nil || plan.Revision != seen || len(plan.Removed) != len(rows.Of(settings.Line))-1 || len(would.Of(settings.Line)) != 2 {
		t.Fatal(err, plan)
	}
	if now, _ := s.LoadSettings(t.Context()); now.Revision(settings.Line) != seen {
		t.Fatal("a dry run changed something")
	}
	after, done, err := s.ImportLines(t.Context(), "9001", d, seen, false)
	if diff := cmp.Diff(plan, done); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	got, err := settings.Assemble(after)
	if diff := cmp.Diff(d.Lines(), got.Lines.Lines()); diff != "" || err != nil {
		t.Error(err, diff)
	}
	_, _, err = s.ImportLines(t.Context(), "9002", directory.Default(), seen, false)
	var conflict *settings.Conflict
	if !errors.As(err, &conflict) || conflict.Who != "9001" {
		t.Errorf("%v", err)
	}
	unfit, err := directory.ReadCSV(strings.NewReader("dnis,name,queue,greeting,record\n12345,热线,nowhere,,no\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ImportLines(t.Context(), "9002", unfit, "", true); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("%v", err)
	}
}

func TestTheHistoryOfSettingsOnlyGrows(t *testing.T) {
	t.Parallel()
	s, _ := seeded(t)
	conn := connectTo(t, s)
	for _, sql := range []string{"DELETE FROM setting_change", "UPDATE setting_change SET who = 'x'", "TRUNCATE setting_change"} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
}

func TestSettingsWhilePostgreSQLIsAway(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, nowhere)
	if _, err := s.LoadSettings(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Error(err)
	}
	if _, err := s.ChangeSettings(t.Context(), "9001"); !errors.Is(err, store.ErrUnavailable) {
		t.Error(err)
	}
}

func TestStrangeKeysAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := seeded(t)
	for i, dnis := range []string{"", "1\x00", "'; DROP TABLE line; --", strings.Repeat("1", 3000), "\xff"} {
		_, err := s.ChangeSettings(t.Context(), "9001", settings.Put(settings.Line, dnis, 0, line(dnis, fmt.Sprint(i))))
		if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%.20q: %v", dnis, err)
		}
	}
}
