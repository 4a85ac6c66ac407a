package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

const crowdNumber = "13500000199"

// crowd lets n people call a line at once, who stay until they are hung up, and waits until all of them wait. Nobody
// listens to what they hear.
func (h *house) crowd(t *testing.T, line string, n int) {
	t.Helper()
	var scenario bytes.Buffer
	if err := callerScenario.Execute(&scenario, map[string]any{"From": "<sip:" + crowdNumber + "@127.0.0.1>", "AudioPort": freeUDP(t)}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "crowd.xml")
	if err := os.WriteFile(file, scenario.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := h.Installation.SIPp(context.Background(), h.SIPAddress(), "-sf", file, "-s", line, "-m", strconv.Itoa(n), "-l", strconv.Itoa(n),
		"-r", "50", "-i", "127.0.0.1", "-p", freeUDP(t), "-nostdin", "-skip_rlimit", "-timeout", "60s")
	cmd.Dir = filepath.Dir(file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGUSR1)
		_ = cmd.Wait()
	})
	until(t, fmt.Sprintf("%d wait", n), 20*time.Second, func() bool { return h.waiting(crowdNumber) == n })
}

// waiting is how many calls of a number wait, as the database tells it; -1 when it does not.
func (h *house) waiting(number string) int {
	list, err := tryRows[struct{ N int }](h, `SELECT count(*) AS "n" FROM call WHERE number_hash = %s AND state = 'waiting'`, h.hash(number))
	if err != nil {
		return -1
	}
	return list[0].N
}
