package asterisk

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func testConfig() Config {
	return Config{
		SystemName: "hotline", HTTPAddress: "127.0.0.1:31881", SIPAddress: "127.0.0.1:31860",
		RTPFirst: 32000, RTPLast: 32099,
		ARIApp: "hotline", ARIUser: "hotline", ARIPassword: "secret",
		TrunkAddresses: []string{"127.0.0.1"}, Loopback: true,
		Bench: &Bench{First: 6001, Agents: 3, Contact: "127.0.0.1:31861"},
	}
}

// prepared returns a server that was not started yet.
func prepared(t *testing.T, c Config) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("runs Asterisk")
	}
	inst, err := Install(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	s, err := Prepare(inst, t.TempDir(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAsteriskStartsWithoutAComplaint(t *testing.T) {
	s := prepared(t, testConfig())
	if err := os.WriteFile(filepath.Join(s.MusicDir(), "music.wav"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%v up in %v", s.inst.Version, time.Since(began).Round(time.Millisecond))
	if v, err := s.version(t.Context()); err != nil || v != s.inst.Version {
		t.Errorf("ARI says version %v, %v; want %v", v, err, s.inst.Version)
	}
	for command, want := range map[string]string{
		"pjsip show identify trunk":        "127.0.0.1",
		"pjsip show endpoint trunk":        "from-trunk",
		"queue show bench":                 "PJSIP/agent-6003",
		"pjsip show aor agent-6003":        "sip:agent-6003@127.0.0.1:31861",
		"core show translation":            "opus",
		"http show status":                 "/ws",
		"dialplan show gateway-away":       "MusicOnHold",
		"core show settings":               "hotline",
		"moh show classes":                 "default",
		"pjsip show settings":              "username,auth_username,ip,anonymous",
		"module show like res_pjsip_refer": "0 modules",
	} {
		if out, err := s.CLI(t.Context(), command); err != nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v, does not mention %q:\n%s", command, err, want, out)
		}
	}
	messages, err := os.ReadFile(s.Messages())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(messages)) {
		if strings.Contains(line, "ERROR") || strings.Contains(line, "WARNING") {
			t.Error("Asterisk complains:", line)
		}
	}
	pid := s.PID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid))); err == nil {
		t.Errorf("process %d is left after Close", pid)
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	c := testConfig()
	c.HTTPAddress = "192.0.2.1:8088" // an address that this host does not have
	s := prepared(t, c)
	err := s.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "192.0.2.1") || !strings.Contains(err.Error(), "messages") {
		t.Errorf("got error %v", err)
	}
	if s.PID() != 0 {
		t.Error("an Asterisk is left running")
	}
}
