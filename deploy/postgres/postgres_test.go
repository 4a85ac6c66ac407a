package postgres

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func query(t *testing.T, s *Server, sql string) string {
	t.Helper()
	out, err := s.Psql(t.Context(), "-At", "-c", sql).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", sql, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestClusterStoresTextAsUTF8AndSortsByCodePoint(t *testing.T) {
	t.Parallel()
	began := time.Now()
	s, err := Start(t.Context(), Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Logf("fresh cluster up in %v", time.Since(began).Round(time.Millisecond))

	for sql, want := range map[string]string{
		"SHOW server_encoding":      "UTF8",
		"SHOW timezone":             "UTC",
		"SHOW fsync":                "off",
		"SELECT 'b' < 'É'":          "t",
		"SELECT length('市民热线')":     "4",
		"SELECT current_database()": Name,
	} {
		if got := query(t, s, sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestDataSurviveAnOutageAndASecondStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	query(t, s, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)")
	dsn := s.DSN()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port()))); err == nil {
		c.Close()
		t.Error("a stopped cluster still accepts connections")
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.DSN() != dsn {
		t.Error("the address changed over an outage")
	}
	if got := query(t, s, "SELECT n FROM kept"); got != "42" {
		t.Errorf("after an outage: got %q", got)
	}
	pid := s.PID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid))); err == nil {
		t.Errorf("process %d is left after Close", pid)
	}

	again, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := query(t, again, "SELECT n FROM kept"); got != "42" {
		t.Errorf("after a second start: got %q", got)
	}
}

func TestCloseRemovesATemporaryCluster(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("%s is left after Close", s.dir)
	}
}
