package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestAStartWithoutPostgreSQLKnowsTheLastSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, rows := seeded(t)
	if _, err := s.ChangeSettings(t.Context(), "9001", put(t, rows, line("12333", "人事"))); err != nil {
		t.Fatal(err)
	}
	name := func(from *store.Store) string {
		_, now := from.StartSettings(t.Context(), dir, settings.Default())
		l, _ := now.Lines.Lookup("12333")
		return l.Name
	}
	if got := name(s); got != "人事" {
		t.Errorf("from PostgreSQL: %s", got)
	}
	away := storetest.Open(t, nowhere)
	if got := name(away); got != "人事" {
		t.Errorf("from the copy: %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"format":1,"rows":[`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := name(away); !strings.Contains(got, "人力资源") {
		t.Errorf("from a broken copy: %s", got)
	}
	if got := name(s); got != "人事" {
		t.Errorf("from PostgreSQL again: %s", got)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v %v", err, left)
	}
}

func TestLinesOfAFileAreSeededWithTheirQueues(t *testing.T) {
	t.Parallel()
	d, err := directory.ReadCSV(strings.NewReader("dnis,name,queue,greeting,record\n12345,热线,water,,no\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := storetest.New(t)
	_, now := s.StartSettings(t.Context(), t.TempDir(), settings.Default().For(d))
	if _, ok := now.Queue("water"); !ok || len(now.Lines.Lines()) != 1 {
		t.Errorf("%+v", now)
	}
}
