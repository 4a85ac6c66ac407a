package asterisk

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func testConfig() Config {
	return Config{
		SystemName: "hotline", HTTPAddress: "127.0.0.1:31881", SIPAddress: "127.0.0.1:31860",
		RTPFirst: 26000, RTPLast: 27999,
		ARIApp: "hotline", ARIUser: "hotline", ARIPassword: "secret",
		TrunkAddresses: []string{"127.0.0.1"}, Loopback: true,
		Bench: &Bench{First: 6001, Agents: 20},
	}
}

func TestStartServesARIAndStopLeavesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("runs Asterisk")
	}
	inst, err := Install(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	s, err := Prepare(inst, t.TempDir(), testConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("up in %v", time.Since(began))
	v, err := s.version(t.Context())
	if err != nil || v != inst.Version {
		t.Errorf("ARI says version %v, %v; want %v", v, err, inst.Version)
	}
	for _, c := range []string{"pjsip show endpoints", "module show like pjsip", "queue show bench", "core show translation", "moh show classes"} {
		out, err := s.CLI(t.Context(), c)
		t.Logf("%s: %v\n%s", c, err, out)
	}
	for _, f := range []string{s.Log(), s.Messages()} {
		b, _ := os.ReadFile(f)
		t.Logf("%s:\n%s", f, b)
	}
	pid := s.PID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid))); err == nil {
		t.Errorf("process %d is left after Close", pid)
	}
}
