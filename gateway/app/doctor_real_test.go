package app

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/stack"
)

// real is a doctor for real servers that nothing is wrong with.
func real(t *testing.T, opts stack.Options) (*Doctor, *stack.Stack) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs PostgreSQL and Asterisk")
	}
	opts.Progress = t.Output()
	s, err := stack.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	info := s.Info()
	return &Doctor{
		Config: Config{
			KeysConfig:  KeysConfig{KeysFile: info.Keys, OwnerURL: info.Postgres},
			DatabaseURL: info.GatewayPostgres, ARIURL: info.ARI.URL, ARIUser: info.ARI.User,
			ARIPassword: info.ARI.Password, ARIApp: info.ARI.App, Trunk: "trunk",
		},
		ServeConfig: ServeConfig{
			Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", Folders: Folders{SpoolDir: t.TempDir()}, RingTimeout: 20 * time.Second,
		},
	}, s
}

// singleRoute is what the doctor says of the lines as they are shipped: a city has to add its second trunk.
func singleRoute(f Finding) bool {
	return f.Level == LevelWarning && strings.HasPrefix(f.Part, "one key ") && f.Found == "only goes through trunk"
}

func TestRealServersAreWell(t *testing.T) {
	t.Parallel()
	d, s := real(t, stack.Options{})
	began := time.Now()
	r := d.examine(t.Context())
	t.Logf("examined in %v", time.Since(began))
	for _, f := range r.Findings {
		if f.Level != LevelOK && f.Part != "database schema" && !singleRoute(f) { // nobody has migrated it yet
			t.Errorf("%+v", f)
		}
	}
	expect(t, r, "database schema", LevelWarning, "is of version 0", "as it starts")
	expect(t, r, "application hotline", LevelOK, "free", "")
	messages, err := os.ReadFile(s.Asterisk.Messages())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(messages)) {
		// It says so of every account that is made, whatever is in it.
		if strings.Contains(line, "'stir_shaken' is no longer supported") {
			continue
		}
		if strings.Contains(line, "ERROR") || strings.Contains(line, "WARNING") {
			t.Error("Asterisk complains of the examination:", line)
		}
	}
	if out, err := s.Asterisk.CLI(t.Context(), "pjsip show endpoints"); err != nil || strings.Contains(out, "hotline-doctor") {
		t.Errorf("the trial account is left: %v: %s", err, out)
	}
}

// A gateway that serves does not notice the doctor.
func TestTheDoctorDisturbsNobody(t *testing.T) {
	t.Parallel()
	d, s := real(t, stack.Options{Gateway: true})
	d.Listen = strings.Trim(strings.TrimPrefix(s.ConsoleURL(), "http://"), "/")
	d.MetricsListen = strings.TrimSuffix(strings.TrimPrefix(s.MetricsURL(), "http://"), "/metrics")
	for range 3 {
		r := d.examine(t.Context())
		for _, f := range r.Findings {
			if f.Level != LevelOK && !singleRoute(f) {
				t.Errorf("%+v", f)
			}
		}
		expect(t, r, "application hotline", LevelOK, "served by hotline on", "")
		expect(t, r, "HOTLINE_LISTEN", LevelOK, "held by a running gateway", "")
		expect(t, r, "HOTLINE_METRICS_LISTEN", LevelOK, "held by a running gateway", "")
	}
	log, err := os.ReadFile(s.GatewayLog())
	if err != nil {
		t.Fatal(err)
	}
	if ups := strings.Count(string(log), "event stream from asterisk is up"); ups != 1 {
		t.Errorf("the gateway's event stream came up %d times:\n%s", ups, log)
	}
}

// An account's fields are sent in any order; whatever it is, the telephone can be talked through.
func TestEveryAccountHasItsCodecs(t *testing.T) {
	t.Parallel()
	d, _ := real(t, stack.Options{})
	link := d.ARI(noARIMeter{}, quiet())
	accounts := &sipAccounts{ari: link}
	for n := range 40 {
		p := agent.Profile{No: strconv.Itoa(8000 + n%4), Phone: agent.PhoneBrowser}
		if _, err := accounts.Make(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		endpoint, err := link.Setting(t.Context(), "res_pjsip", "endpoint", "agent-"+p.No)
		if err != nil || endpoint["allow"] != "(opus|alaw|ulaw)" || endpoint["webrtc"] != "yes" {
			t.Fatalf("account %d: codecs %q, webrtc %q, %v", n, endpoint["allow"], endpoint["webrtc"], err)
		}
	}
}

// TestRealFaults spoils a real Asterisk's configuration in every way at once.
func TestRealFaults(t *testing.T) {
	t.Parallel()
	d, s := real(t, stack.Options{})
	etc := filepath.Join(s.Asterisk.Config().Dir, "etc")
	spoil := func(file, old, new string) {
		text, err := os.ReadFile(filepath.Join(etc, file))
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%q is not in %s: %v", old, file, err)
		}
		writeFile(t, filepath.Join(etc, file), strings.ReplaceAll(string(text), old, new))
	}
	spoil("http.conf", "sessionlimit = 5000", "")
	spoil("ari.conf", "websocket_write_timeout = 5000", "")
	spoil("extensions.conf", "Stasis(hotline,inbound", "Stasis(another,inbound")
	spoil("pjsip.conf", "endpoint_identifier_order=username,auth_username,ip,anonymous", "")
	for _, line := range []string{"endpoint=astdb,ps_endpoints", "auth=astdb,ps_auths", "aor=astdb,ps_aors"} {
		spoil("sorcery.conf", line, "")
	}
	spoil("modules.conf", "load = func_strings.so", "")
	spoil("modules.conf", "load = res_pjsip_transport_websocket.so", "")
	if err := os.Remove(filepath.Join(s.Asterisk.SoundsDir(), "please_wait.wav")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.Asterisk.SoundsDir(), "please_wait.wav16")); err != nil {
		t.Fatal(err)
	}
	if err := s.RestartAsterisk(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := d.examine(t.Context())
	expect(t, r, "http session limit", LevelFault, "is 100", "sessionlimit = 5000")
	expect(t, r, "ari write time-out", LevelFault, "is 100", "websocket_write_timeout = 5000")
	expect(t, r, "dialplan", LevelFault, "no extension runs Stasis(hotline,inbound", "extensions.conf needs")
	expect(t, r, "identification order", LevelFault, `is "ip,username`, "endpoint_identifier_order=username")
	expect(t, r, "telephone accounts", LevelFault, "the gateway cannot write them: auth", "endpoint=astdb,ps_endpoints")
	expect(t, r, "asterisk modules", LevelFault, "func_strings.so res_pjsip_transport_websocket.so", "load = func_strings.so")
	expect(t, r, "browser telephones", LevelFault, "takes no SIP", "protocol=ws")
	expect(t, r, "prompts", LevelFault, "missing: please_wait ", "sounds/hotline/")

	d.ARIPassword = "wrong"
	expect(t, d.examine(t.Context()), "asterisk", LevelFault, "refuses the user", "ari.conf")
	if err := s.Asterisk.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.StopPostgres(); err != nil {
		t.Fatal(err)
	}
	r = d.examine(t.Context())
	expect(t, r, "asterisk", LevelFault, "cannot be reached", "start Asterisk")
	expect(t, r, "postgresql", LevelFault, "unavailable", "start PostgreSQL")
}
