package e2e

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"hotline/deploy/internal/proc"
)

//go:embed caller.xml
var callerXML string

var callerScenario = template.Must(template.New("caller.xml").Parse(callerXML))

// caller is one SIPp call whose sound a party carries.
type caller struct {
	*party
	t     *testing.T
	cmd   *exec.Cmd
	began time.Time
	done  chan struct{}
	out   lockedBuffer
	err   error
	trace string // file of SIP messages, of who is called
}

// dialled says who dials what. From is the From header's address with or without a name; empty means Number.
type dialled struct {
	line, number, from string
	tone               tone
	address            string   // whose calls these are; empty means 127.0.0.1, the operator's
	headers            []string // more of them, "Name: value"
}

var scenarioNo = struct {
	sync.Mutex
	n int
}{}

// dial lets a citizen call. He stays until he is hung up, or hangs up himself.
func (h *house) dial(t *testing.T, c dialled) *caller {
	t.Helper()
	if c.tone == 0 {
		c.tone = callerTone
	}
	if c.from == "" {
		c.from = "<sip:" + c.number + "@127.0.0.1>"
	}
	if c.address == "" {
		c.address = "127.0.0.1"
	}
	one := &caller{party: newParty(t, c.tone), t: t, done: make(chan struct{})}
	var scenario bytes.Buffer
	if err := callerScenario.Execute(&scenario, map[string]any{"From": c.from, "AudioPort": one.port(), "Headers": c.headers}); err != nil {
		t.Fatal(err)
	}
	scenarioNo.Lock()
	scenarioNo.n++
	file := filepath.Join(t.TempDir(), fmt.Sprintf("caller%d.xml", scenarioNo.n))
	scenarioNo.Unlock()
	if err := os.WriteFile(file, scenario.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	one.cmd = h.Installation.SIPp(context.Background(), h.SIPAddress(), "-sf", file, "-s", c.line, "-m", "1", "-i", c.address,
		"-p", freeUDP(t), "-nostdin", "-skip_rlimit", "-timeout", "300s") // should the test die, he does not call for ever
	one.cmd.Dir, one.cmd.Stdout, one.cmd.Stderr = filepath.Dir(file), &one.out, &one.out
	one.cmd.Cancel = func() error { return one.cmd.Process.Kill() }
	one.began = time.Now()
	if err := one.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		one.err = one.cmd.Wait()
		close(one.done)
	}()
	t.Cleanup(one.hangUp)
	return one
}

// hangUp ends the call: a CANCEL before the answer, a BYE after it. It returns when the caller is gone.
func (c *caller) hangUp() {
	_ = c.cmd.Process.Signal(syscall.SIGUSR1) // SIPp's sign to end its calls in good order
	select {
	case <-c.done:
	case <-time.After(2 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}

// gone waits until the other side has hung up.
func (c *caller) gone(within time.Duration) {
	c.t.Helper()
	select {
	case <-c.done:
		if c.err != nil {
			c.t.Errorf("the caller's telephone: %v: %s", c.err, c.out.String())
		}
	case <-time.After(within):
		c.t.Fatalf("the caller was not hung up within %v", within)
	}
}

// onTheLine fails when the caller was hung up.
func (c *caller) onTheLine() {
	c.t.Helper()
	select {
	case <-c.done:
		c.t.Fatalf("the caller was hung up: %v: %s", c.err, c.out.String())
	default:
	}
}

// ports are those of callers and telephones, each given once: tests run side by side.
var ports struct {
	sync.Mutex
	proc.Ports
}

// freeUDP is a port that nobody else is given.
func freeUDP(t *testing.T) string {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	port, err := ports.One(0)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(port)
}

// lockedBuffer is a buffer that may be read while a program writes into it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
