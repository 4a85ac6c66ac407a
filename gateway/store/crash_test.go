package store_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

const (
	crashDir   = "HOTLINE_CRASH_DIR"
	crashDSN   = "HOTLINE_CRASH_DSN"
	crashFirst = "HOTLINE_CRASH_FIRST"
)

// crashChild is the program that gets killed: it appends one change and one record after another and says after
// each how many are in the spool.
func crashChild(dir, dsn string) {
	first, _ := strconv.Atoi(os.Getenv(crashFirst))
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(context.Background(), dsn, storetest.Keys(), log)
	if err != nil {
		panic(err)
	}
	j, err := store.NewJournal(s, dir, store.JournalOptions{Log: log, SegmentBytes: 16 << 10})
	if err != nil {
		panic(err)
	}
	left := j.Written()
	go func() { _ = j.Run(context.Background()) }()
	for n := first; ; n++ {
		j.Append(change("crash.1", n))
		j.Append(record("crash.1", n))
		if n%16 == 0 {
			time.Sleep(time.Millisecond) // let it be killed at all kinds of places, not only in a flood
		}
		fmt.Println(first + int(j.Written()-left)/2 - 1)
	}
}

// crashOnce runs the child for a moment, kills it, and returns the highest number it said was written.
func crashOnce(t *testing.T, dir, dsn string, first int) (written int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, crashDSN+"="+dsn, crashFirst+"="+strconv.Itoa(first))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	written = first - 1
	lines := bufio.NewScanner(out)
	for killing := false; lines.Scan(); {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			written = max(written, n)
		}
		if !killing && written >= first { // a busy machine may need long for the first line
			killing = true
			time.AfterFunc(time.Duration(10+rand.IntN(90))*time.Millisecond, func() { _ = child.Process.Kill() })
		}
	}
	_ = child.Wait()
	return written
}

func TestNothingWrittenIsLostWhenTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	dir, s := filepath.Join(t.TempDir(), "spool"), storetest.New(t)
	first := 1
	for range 8 {
		written := crashOnce(t, dir, s.DSN(), first)
		conn := connectTo(t, s)
		j, stop := journal(t, s, dir, store.JournalOptions{})
		flush(t, j)
		last := one[int](t, conn, "SELECT COALESCE(max(seq), 0) FROM call_change")
		count := one[int](t, conn, "SELECT count(*) FROM call_change")
		version := one[int](t, conn, "SELECT COALESCE(max(version), 0) FROM call")
		if last < written || count != last || version < written {
			t.Fatalf("%d were written, %d are stored up to %d, call version %d", written, count, last, version)
		}
		if j.Rejected() != 0 {
			t.Errorf("%d rejected", j.Rejected())
		}
		stop()
		t.Logf("killed after %d, stored %d", written, last)
		first = last + 1
	}
}

// TestKilledInAnOutage is the worst night: PostgreSQL away and the program killed again and again.
func TestKilledInAnOutage(t *testing.T) {
	t.Parallel()
	const far = 1_000_000
	dir, s := filepath.Join(t.TempDir(), "spool"), storetest.New(t)
	var written []int
	for run := range 5 {
		written = append(written, crashOnce(t, dir, nowhere, run*far+1))
	}
	j, _ := journal(t, s, dir, store.JournalOptions{})
	flush(t, j)
	conn := connectTo(t, s)
	newest := 0
	for run, last := range written {
		if last > run*far {
			newest = last
		}
		got := one[int](t, conn, "SELECT count(*) FROM call_change WHERE seq BETWEEN $1 AND $2", run*far+1, last)
		if got != last-run*far {
			t.Errorf("run %d: %d written, %d stored", run, last-run*far, got)
		}
	}
	if version := one[int](t, conn, "SELECT version FROM call"); version < newest || j.Rejected() != 0 {
		t.Errorf("version %d, %d rejected", version, j.Rejected())
	}
	t.Logf("killed after %v", written)
}

func TestAHalfWrittenLineIsSkipped(t *testing.T) {
	t.Parallel()
	dir, away := t.TempDir(), storetest.Open(t, nowhere)
	j, stop := journal(t, away, dir, store.JournalOptions{})
	for n := 1; n <= 10; n++ {
		j.Append(change("torn.1", n))
	}
	stop()
	segments, _ := filepath.Glob(filepath.Join(dir, "0*.jsonl"))
	if len(segments) != 1 {
		t.Fatal(segments)
	}
	whole, _ := os.ReadFile(segments[0])
	if err := os.WriteFile(segments[0], whole[:len(whole)-20], 0o600); err != nil {
		t.Fatal(err)
	}

	s := storetest.New(t)
	j, _ = journal(t, s, dir, store.JournalOptions{})
	j.Append(change("torn.1", 11))
	flush(t, j)
	if n := one[int](t, connectTo(t, s), "SELECT count(*) FROM call_change"); n != 10 || j.Rejected() != 0 {
		t.Errorf("%d stored, %d rejected", n, j.Rejected())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "0*.jsonl")); len(left) != 1 {
		t.Errorf("segments left: %v", left)
	}
}

func TestAReplayHasNoEffect(t *testing.T) {
	t.Parallel()
	s, dir := storetest.New(t), t.TempDir()
	j, stop := journal(t, s, dir, store.JournalOptions{})
	want, entries := story("replay.1", "13800001111")
	for range 3 {
		for _, e := range entries {
			j.Append(e)
		}
	}
	flush(t, j)
	written := j.Written()
	stop()
	if err := os.Remove(filepath.Join(dir, "sent")); err != nil { // as if nothing had been sent
		t.Fatal(err)
	}
	j, _ = journal(t, s, dir, store.JournalOptions{})
	if j.Pending() != written || written < int64(len(entries)) {
		t.Errorf("%d pending", j.Pending())
	}
	flush(t, j)
	got, err := s.Call(t.Context(), want.Call.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
