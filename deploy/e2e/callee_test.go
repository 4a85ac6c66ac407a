package e2e

import (
	"bytes"
	"context"
	_ "embed"
	"net"
	"os"
	"path/filepath"
	"testing"
	"text/template"
	"time"
)

//go:embed callee.xml
var calleeXML string

var calleeScenario = template.Must(template.New("callee.xml").Parse(calleeXML))

// called says what a citizen's telephone expects and does.
type called struct {
	number, shown string        // who is dialled, and the number he sees
	rings         time.Duration // before he answers
	status        int           // his line's answer instead, 486 for busy
}

// citizen is a telephone that is called once through the trunk.
func (h *house) citizen(t *testing.T, c called) *caller {
	t.Helper()
	one := &caller{party: newParty(t, callerTone), t: t, began: time.Now(), done: make(chan struct{})}
	var scenario bytes.Buffer
	if err := calleeScenario.Execute(&scenario, map[string]any{
		"Number": c.number, "Shown": c.shown, "Rings": c.rings.Milliseconds(), "Status": c.status, "AudioPort": one.port(),
	}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "callee.xml")
	if err := os.WriteFile(file, scenario.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(h.CitizensAddress())
	if err != nil {
		t.Fatal(err)
	}
	one.cmd = h.Installation.SIPp(context.Background(), h.SIPAddress(), "-sf", file, "-m", "1", "-i", host, "-p", port,
		"-nostdin", "-skip_rlimit", "-timeout", "300s", "-trace_msg", "-message_file", file+".log")
	one.trace = file + ".log"
	one.cmd.Dir, one.cmd.Stdout, one.cmd.Stderr = filepath.Dir(file), &one.out, &one.out
	one.cmd.Cancel = func() error { return one.cmd.Process.Kill() }
	if err := one.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		one.err = one.cmd.Wait()
		close(one.done)
	}()
	t.Cleanup(one.hangUp)
	until(t, "the citizen's telephone listens", 5*time.Second, func() bool {
		conn, err := net.ListenPacket("udp", h.CitizensAddress())
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	return one
}

// messages are the SIP messages of who is called.
func (c *caller) messages(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(c.trace)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
