package proc

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain turns the test program into the parent of TestOrphan when asked.
func TestMain(m *testing.M) {
	if log := os.Getenv("PROC_TEST_PARENT"); log != "" {
		p, err := Start(Spec{Name: "sleeper", Path: "/bin/sleep", Args: []string{"60"}, LogFile: log, Orphaned: syscall.SIGKILL})
		if err != nil {
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString(strconv.Itoa(p.PID()) + "\n")
		select {}
	}
	os.Exit(m.Run())
}

func sh(t *testing.T, script string) *Process {
	t.Helper()
	p, err := Start(Spec{Name: "server", Path: "/bin/sh", Args: []string{"-c", script}, LogFile: filepath.Join(t.TempDir(), "log")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestChildOfAKilledParentEnds(t *testing.T) {
	t.Parallel()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "PROC_TEST_PARENT="+filepath.Join(t.TempDir(), "log"))
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 16)
	n, _ := out.Read(line)
	child, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil || gone(child) {
		t.Fatalf("the child did not start: %q", line[:n])
	}
	_ = parent.Process.Kill()
	_ = parent.Wait()
	err = Poll(t.Context(), nil, func(context.Context) error {
		if gone(child) {
			return nil
		}
		return errors.New("still there")
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWaitQuotesTheLogOfAServerThatEnds(t *testing.T) {
	t.Parallel()
	p := sh(t, "echo cannot open the shop; exit 3")
	err := p.Wait(t.Context(), 5*time.Second, func(context.Context) error { return errors.New("not yet") })
	if err == nil || !strings.Contains(err.Error(), "cannot open the shop") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
}

func TestWaitGivesUpAtOnceWhereItIsHopeless(t *testing.T) {
	t.Parallel()
	p := sh(t, "sleep 60")
	began := time.Now()
	err := p.Wait(t.Context(), time.Minute, func(context.Context) error { return Hopeless(errors.New("wrong password")) })
	if err == nil || !strings.Contains(err.Error(), "wrong password") || time.Since(began) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

func TestStopEndsTheWholeFamily(t *testing.T) {
	t.Parallel()
	p := sh(t, `trap '' TERM; sleep 60 & echo $!; wait; wait`)
	var child int
	err := Poll(t.Context(), p.Done(), func(context.Context) error {
		lines, err := LastLines(p.log, 1)
		if err == nil && len(lines) == 1 {
			child, err = strconv.Atoi(lines[0])
		} else if err == nil {
			err = errors.New("nothing yet")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(syscall.SIGTERM, 50*time.Millisecond); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("a server that ignores the signal: %v", err)
	}
	if p.Alive() || Poll(t.Context(), nil, func(context.Context) error {
		if gone(child) {
			return nil
		}
		return errors.New("still there")
	}) != nil {
		t.Error("somebody is left")
	}
}

func TestPortsOfTwoStacksDoNotMeet(t *testing.T) {
	t.Parallel()
	var a, b Ports
	defer a.Release()
	defer b.Release()
	first, err := a.One(0)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := b.One(first); err != nil || second == first {
		t.Errorf("got %d twice, %v", second, err)
	}
	a1, a2, err := a.RTP(2)
	b1, b2, err2 := b.RTP(1)
	if err != nil || err2 != nil || a1 <= b2 && b1 <= a2 {
		t.Errorf("RTP ranges %d-%d and %d-%d, %v, %v", a1, a2, b1, b2, err, err2)
	}
}
