package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/deploy/asterisk"
	"hotline/gateway/ari"
	"hotline/gateway/ari/aritest"
	"hotline/gateway/seal"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/ivr/prompts"
)

func TestMain(m *testing.M) {
	ari.PoolConnections()
	storetest.Main(m)
}

// patient is a doctor who finds nothing wrong with a pretended Asterisk, with what it pretends.
func patient(t *testing.T) (*Doctor, *aritest.Server) {
	s := aritest.New(t)
	var modules []map[string]string
	for _, m := range neededModules {
		modules = append(modules, map[string]string{"name": m, "status": "Running"})
	}
	s.Answer("GET /asterisk/modules", 200, modules)
	var sounds []map[string]any
	names, err := prompts.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		sounds = append(sounds, map[string]any{"id": name, "formats": []map[string]string{{"language": "hotline", "format": "slin"}}})
	}
	s.Answer("GET /sounds", 200, sounds)
	s.Answer("GET /asterisk/variable", 200, fmt.Sprintf(`{"value":"%d"}`, time.Now().Unix()))
	s.Answer("GET /asterisk/config/dynamic/res_pjsip/global/global", 200,
		`[{"attribute":"endpoint_identifier_order","value":"username,auth_username,ip,anonymous"}]`)
	s.Answer("GET /endpoints/PJSIP", 200, `[{"resource":"trunk","state":"online"},{"resource":"second","state":"online"}]`)
	return &Doctor{
		Config: Config{
			KeysConfig:  KeysConfig{Keys: "hash " + seal.NewSecret() + ",key 1 " + seal.NewSecret()},
			DatabaseURL: "postgres://nobody@127.0.0.1:1/none?sslmode=disable",
			Lines:       emergencyLine(t, "trunk/110 second/110"),
			ARIURL:      s.URL, ARIUser: aritest.User, ARIPassword: aritest.Password, ARIApp: "hotline", Trunk: "trunk",
		},
		ServeConfig: ServeConfig{
			Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", Folders: Folders{SpoolDir: t.TempDir()}, RingTimeout: 20 * time.Second,
		},
	}, s
}

// finding is what a report says of one part.
func finding(t *testing.T, r Report, part string) Finding {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Part == part })
	if i < 0 {
		t.Fatalf("nothing is said of %q in %+v", part, r.Findings)
	}
	return r.Findings[i]
}

func expect(t *testing.T, r Report, part string, level Level, found, advice string) {
	t.Helper()
	f := finding(t, r, part)
	if f.Level != level || !strings.Contains(f.Found, found) || !strings.Contains(f.Advice, advice) {
		t.Errorf("%s: want %s, %q, advice %q; got %s, %q, advice:\n%s", part, level, found, advice, f.Level, f.Found, f.Advice)
	}
	if f.Level == LevelFault && f.Advice == "" {
		t.Errorf("%s: a fault without advice", part)
	}
}

func TestNothingIsWrong(t *testing.T) {
	t.Parallel()
	dsn := storetest.OwnRoleDSN(t)
	d, s := patient(t)
	d.DatabaseURL = dsn
	d.AsteriskConfig = goodFiles(t)
	r := d.examine(t.Context())
	if r.Faults != 0 || r.Warnings != 0 {
		t.Errorf("%d faults, %d warnings: %+v", r.Faults, r.Warnings, r.Findings)
	}
	for _, q := range s.Requests() {
		if strings.Contains(q.Path, "app=hotline&") || strings.HasSuffix(q.Path, "app=hotline") {
			t.Errorf("a running gateway would have been thrown out by %s", q)
		}
	}
	for _, kind := range []string{"auth", "aor", "endpoint"} {
		if s.Asked("DELETE /asterisk/config/dynamic/res_pjsip/"+kind+"/hotline-doctor") != 1 {
			t.Errorf("the trial account's %s was left behind", kind)
		}
	}
}

// goodFiles is a folder with the configuration that is printed.
func goodFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	c := &Config{ARIURL: "http://127.0.0.1:8088/ari", ARIUser: "hotline", ARIApp: "hotline"}
	for _, name := range asteriskFiles {
		text := c.asteriskFile(name)
		if name == "pjsip.conf" {
			text += "\n[trunk]\ntype=endpoint\ncontext=from-trunk\n"
		}
		writeFile(t, filepath.Join(dir, name), text)
	}
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsOfAsterisk(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	for name, c := range map[string]struct {
		harm                func(*Doctor, *aritest.Server)
		part                string
		level               Level
		found, advice       string
		nothingElseIsAsked  bool
		andTheRestIsAskedOf string
	}{
		"dead": {
			harm: func(_ *Doctor, s *aritest.Server) { s.Stop() },
			part: "asterisk", level: LevelFault, found: "cannot be reached", advice: "HOTLINE_ARI_URL", nothingElseIsAsked: true,
		},
		"wrong password": {
			harm: func(d *Doctor, _ *aritest.Server) { d.ARIPassword = "another" },
			part: "asterisk", level: LevelFault, found: "refuses the user hotline", advice: "[hotline]\ntype = user", nothingElseIsAsked: true,
		},
		"no ari": {
			harm: func(_ *Doctor, s *aritest.Server) { s.Answer("GET /asterisk/info", 404, "") },
			part: "asterisk", level: LevelFault, found: "but no ARI", advice: "enabled = yes", nothingElseIsAsked: true,
		},
		"too old": {
			harm: func(_ *Doctor, s *aritest.Server) { s.SetVersion("20.18.2") },
			part: "asterisk", level: LevelFault, found: "version 20.18.2 is older than 22.10.1", advice: "install 22.10.1 or newer",
			andTheRestIsAskedOf: "prompts",
		},
		"a module is missing": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /asterisk/modules", 200, `[{"name":"res_ari.so","status":"Running"},{"name":"res_srtp.so","status":"Not Running"}]`)
			},
			part: "asterisk modules", level: LevelFault, found: "res_srtp.so", advice: "load = res_stasis.so",
		},
		"modules cannot be listed": {
			harm: func(_ *Doctor, s *aritest.Server) { s.Answer("GET /asterisk/modules", 404, "{}") },
			part: "asterisk modules", level: LevelWarning, advice: "res_ari_asterisk.so",
		},
		"no trunk to call back through": {
			harm: func(_ *Doctor, s *aritest.Server) { s.Answer("GET /endpoints/PJSIP", 200, `[]`) },
			part: "calls to citizens", level: LevelWarning, found: "trunk is no PJSIP endpoint", advice: "HOTLINE_TRUNK",
		},
		"the trunk has no contact": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /endpoints/PJSIP", 200, `[{"resource":"trunk","state":"offline"}]`)
			},
			part: "calls to citizens", level: LevelWarning, found: "cannot be reached", advice: "contact=sip:",
		},
		"an emergency line without a route": {
			harm: func(d *Doctor, _ *aritest.Server) { d.Lines = emergencyLine(t, "") },
			part: "one key 110", level: LevelFault, found: "leads nowhere", advice: "trunk/number",
		},
		"an emergency line with one trunk": {
			harm: func(d *Doctor, _ *aritest.Server) { d.Lines = emergencyLine(t, "trunk/110 trunk/0519000110") },
			part: "one key 110", level: LevelWarning, found: "only goes through trunk", advice: "second trunk",
		},
		"an emergency line over a trunk that nobody named": {
			harm: func(d *Doctor, _ *aritest.Server) { d.Lines = emergencyLine(t, "trunk/110 typo/110") },
			part: "one key 110", level: LevelFault, found: "typo: no such PJSIP endpoint", advice: "pjsip.conf",
		},
		"an emergency line whose second trunk is down": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /endpoints/PJSIP", 200, `[{"resource":"trunk","state":"online"},{"resource":"second","state":"offline"}]`)
			},
			part: "one key 110", level: LevelWarning, found: "not known to be reached by second", advice: "qualify_frequency",
		},
		"an emergency line that cannot be reached": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /endpoints/PJSIP", 200, `[{"resource":"trunk","state":"offline"},{"resource":"second","state":"offline"}]`)
			},
			part: "one key 110", level: LevelFault, found: "cannot be reached: trunk, second", advice: "check the trunks",
		},
		"no event stream": {
			harm: func(_ *Doctor, s *aritest.Server) { s.Answer("GET /events", 503, "") },
			part: "event stream", level: LevelFault, advice: "sessionlimit",
		},
		"a stranger has the application": {
			harm: func(d *Doctor, s *aritest.Server) {
				d.DatabaseURL = dsn
				s.Answer("GET /applications", 200, `[{"name":"hotline"}]`)
			},
			part: "application hotline", level: LevelWarning, found: "no gateway holds the lease", advice: "HOTLINE_ARI_APP",
		},
		"somebody has the application, and nobody can be asked": {
			harm: func(_ *Doctor, s *aritest.Server) { s.Answer("GET /applications", 200, `[{"name":"hotline"}]`) },
			part: "application hotline", level: LevelWarning, found: "cannot be told without PostgreSQL", advice: "no second gateway",
		},
		"accounts cannot be written": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("PUT /asterisk/config/dynamic/res_pjsip/aor/hotline-doctor", 403, `{"message":"Could not create object"}`)
			},
			part: "telephone accounts", level: LevelFault, found: "aor: configure: asterisk answers 403: Could not create object", advice: "endpoint=astdb,ps_endpoints",
		},
		"accounts cannot be removed": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("DELETE /asterisk/config/dynamic/res_pjsip/aor/hotline-doctor", 500, `{}`)
			},
			part: "telephone accounts", level: LevelFault, found: "aor: unconfigure", advice: "sorcery.conf",
		},
		"wrong order": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /asterisk/config/dynamic/res_pjsip/global/global", 200, `[{"attribute":"endpoint_identifier_order","value":"ip,username,anonymous"}]`)
			},
			part: "identification order", level: LevelFault, found: "swallows", advice: "endpoint_identifier_order=username,auth_username,ip,anonymous",
		},
		"order not visible": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /asterisk/config/dynamic/res_pjsip/global/global", 404, `{}`)
			},
			part: "identification order", level: LevelWarning, advice: "endpoint_identifier_order=username",
		},
		"another time": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /asterisk/variable", 200, fmt.Sprintf(`{"value":"%d"}`, time.Now().Add(-time.Minute-500*time.Millisecond).Unix()))
			},
			part: "clock of asterisk", level: LevelWarning, found: "by -1m", advice: "chrony",
		},
		"a prompt is missing": {
			harm: func(_ *Doctor, s *aritest.Server) {
				s.Answer("GET /sounds", 200, `[{"id":"hotline/please_wait","formats":[{"language":"en"}]},{"id":"greeting_12345","formats":[{"language":"en"}]}]`)
			},
			part: "prompts", level: LevelFault, found: "missing: agent_no, agent_serves, all_busy, ", advice: "sounds/hotline/",
		},
		"a line's greeting is missing": {
			harm: func(d *Doctor, _ *aritest.Server) { d.Lines = linesFile(t, "12345,x,general,greeting_mine,yes") },
			part: "prompts", level: LevelFault, found: "missing: greeting_mine ", advice: "core reload",
		},
		"files elsewhere": {
			harm: func(d *Doctor, _ *aritest.Server) { d.AsteriskConfig = "" },
			part: "http session limit", level: LevelWarning, found: "not visible", advice: "sessionlimit = 5000",
			andTheRestIsAskedOf: "ari write time-out",
		},
		"not serving, but a line": {
			harm: func(d *Doctor, _ *aritest.Server) { d.Lines = linesFile(t, "abc,x,general,,no") },
			part: "configuration", level: LevelFault, found: "serve would not start", advice: `row 2, dnis: "abc"`,
		},
		"no password": {
			harm: func(d *Doctor, _ *aritest.Server) { d.ARIPassword = "" },
			part: "configuration", level: LevelFault, advice: "HOTLINE_ARI_PASSWORD_FILE",
		},
		"no database": {
			harm: func(d *Doctor, _ *aritest.Server) { d.DatabaseURL = "" },
			part: "configuration", level: LevelFault, advice: "HOTLINE_DATABASE_URL",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, s := patient(t)
			d.AsteriskConfig = goodFiles(t)
			c.harm(d, s)
			r := d.examine(t.Context())
			expect(t, r, c.part, c.level, c.found, c.advice)
			asked := slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Part == "event stream" })
			if c.nothingElseIsAsked && asked {
				t.Error("an Asterisk that does not answer is asked on and on")
			}
			if c.andTheRestIsAskedOf != "" {
				finding(t, r, c.andTheRestIsAskedOf)
			}
		})
	}
}

func linesFile(t *testing.T, row string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lines.csv")
	writeFile(t, path, "dnis,name,queue,greeting,record\n"+row+"\n")
	return path
}

// emergencyLine is the same with 110 alone, and its routes.
func emergencyLine(t *testing.T, routes string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lines.csv")
	writeFile(t, path, "dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes\n"+
		"110,公安报警,emergency,公安局,general,,,no,,,,,,"+routes+"\n")
	return path
}

func TestFaultsInAsterisksFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, old, new string
		part           string
		level          Level
		found, advice  string
	}{
		"session limit left out": {"http.conf", "sessionlimit = 5000", "", "http session limit", LevelFault, "is 100", "sessionlimit = 5000"},
		"session limit too low":  {"http.conf", "sessionlimit = 5000", "sessionlimit=200", "http session limit", LevelFault, "is 200", "sessionlimit = 5000"},
		"session limit commented out": {
			"http.conf", "sessionlimit = 5000", "; sessionlimit = 5000\n;--\nsessionlimit = 9000\n--;", "http session limit", LevelFault, "is 100", "restart Asterisk",
		},
		"session limit included": {"http.conf", "sessionlimit = 5000", "#include \"http.d/*.conf\"", "http session limit", LevelOK, "4000", ""},
		"write time-out":         {"ari.conf", "websocket_write_timeout = 5000", "websocket_write_timeout => 100 ; ms", "ari write time-out", LevelFault, "is 100", "websocket_write_timeout = 5000"},
		"no way in":              {"extensions.conf", "Stasis(hotline,", "Stasis(other,", "dialplan", LevelFault, "no extension runs Stasis(hotline,inbound", "same => n,Stasis(hotline,inbound,${DNIS}${CALL_DATA})"},
		"hung up at a restart":   {"extensions.conf", "STASISSTATUS", "NOTHING", "dialplan", LevelWarning, "hung up while the gateway restarts", "gateway-away"},
		"no trunk":               {"pjsip.conf", "context=from-trunk", "context=default", "trunk", LevelWarning, "no endpoint", "context=from-trunk"},
		"no such file":           {"http.conf", "", "", "http session limit", LevelWarning, "cannot be read", "sessionlimit = 5000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := patient(t)
			d.AsteriskConfig = goodFiles(t)
			path := filepath.Join(d.AsteriskConfig, c.file)
			text, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(text, []byte(c.old)) {
				t.Fatalf("%q is not in %s: %v", c.old, c.file, err)
			}
			if err := os.Mkdir(filepath.Join(d.AsteriskConfig, "http.d"), 0o700); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(d.AsteriskConfig, "http.d", "a.conf"), "sessionlimit=4000\n#include http.d/a.conf\n")
			if c.old == "" {
				_ = os.Remove(path)
			} else {
				writeFile(t, path, strings.ReplaceAll(string(text), c.old, c.new))
			}
			expect(t, d.examine(t.Context()), c.part, c.level, c.found, c.advice)
		})
	}
}

func TestAFileThatAsteriskHasNotReadYet(t *testing.T) {
	t.Parallel()
	d, s := patient(t)
	d.AsteriskConfig = goodFiles(t)
	s.Answer("GET /asterisk/info", 200, `{"system":{"version":"22.10.1"},"status":{"last_reload_time":"2020-01-01T00:00:00.000+0000"}}`)
	expect(t, d.examine(t.Context()), "http session limit", LevelWarning, "changed after Asterisk read it", "restart Asterisk")
}

func TestFaultsOfPostgreSQL(t *testing.T) {
	t.Parallel()
	good := store.Inspection{Version: "15.8", VersionNum: 150008, Encoding: "UTF8", MayCreate: true, Schema: 1, Newest: 1}
	for name, c := range map[string]struct {
		harm          func(*store.Inspection)
		part          string
		level         Level
		found, advice string
	}{
		"old":                {func(i *store.Inspection) { i.VersionNum, i.Version = 120001, "12.1" }, "postgresql", LevelFault, "12.1 is too old", "13 or newer"},
		"not UTF8":           {func(i *store.Inspection) { i.Encoding = "SQL_ASCII" }, "database encoding", LevelFault, "SQL_ASCII", "ENCODING 'UTF8'"},
		"empty":              {func(i *store.Inspection) { i.Schema = 0 }, "database schema", LevelWarning, "1 is needed", "as it starts"},
		"empty, no right":    {func(i *store.Inspection) { i.Schema, i.MayCreate = 0, false }, "database schema", LevelFault, "may not make tables", "GRANT CREATE"},
		"newer than program": {func(i *store.Inspection) { i.Schema = 7 }, "database schema", LevelWarning, "newer program", "install"},
		"clock":              {func(i *store.Inspection) { i.Ahead = 90 * time.Second }, "clock of postgresql", LevelWarning, "1m30s", "time servers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := good
			c.harm(&found)
			x := &examination{Doctor: &Doctor{}}
			x.postgreSQL(found)
			expect(t, Report{Findings: x.findings}, c.part, c.level, c.found, c.advice)
		})
	}
}

func TestPostgreSQLAway(t *testing.T) {
	t.Parallel()
	d, _ := patient(t)
	expect(t, d.examine(t.Context()), "postgresql", LevelFault, "unavailable", "their records wait in "+d.SpoolDir)
	d.DatabaseURL = "postgres://%"
	expect(t, d.examine(t.Context()), "postgresql", LevelFault, "", "postgres://user:password@host")
}

func TestTheApplicationBelongsToTheLeader(t *testing.T) {
	t.Parallel()
	d, s := patient(t)
	d.DatabaseURL = storetest.DSN(t)
	db := storetest.Open(t, d.DatabaseURL)
	lease, err := db.HoldLease(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Release()
	expect(t, d.examine(t.Context()), "application hotline", LevelWarning, "does not hear this Asterisk", "log")
	s.Answer("GET /applications", 200, `[{"name":"hotline"}]`)
	expect(t, d.examine(t.Context()), "application hotline", LevelOK, "served by hotline on", "")
}

func TestPorts(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, `hotline_build_info{version="1"} 1 "this API has no such address and method"`)
	}))
	defer ours.Close()
	d, _ := patient(t)
	d.Listen, d.MetricsListen = stranger.Listener.Addr().String(), stranger.Listener.Addr().String()
	r := d.examine(t.Context())
	expect(t, r, "HOTLINE_LISTEN", LevelFault, "taken by another program", "ss -ltnp")
	expect(t, r, "HOTLINE_METRICS_LISTEN", LevelFault, "taken by another program", "set HOTLINE_METRICS_LISTEN")
	d.Listen, d.MetricsListen = ours.Listener.Addr().String(), ours.Listener.Addr().String()
	r = d.examine(t.Context())
	expect(t, r, "HOTLINE_LISTEN", LevelOK, "held by a running gateway", "")
	expect(t, r, "HOTLINE_METRICS_LISTEN", LevelOK, "held by a running gateway", "")
	d.Listen, d.MetricsListen = "192.0.2.1:443", "nonsense"
	r = d.examine(t.Context())
	expect(t, r, "HOTLINE_LISTEN", LevelFault, "192.0.2.1", "an address that this machine has")
	expect(t, r, "HOTLINE_METRICS_LISTEN", LevelFault, "nonsense", "host:port")
}

func TestSpool(t *testing.T) {
	t.Parallel()
	d, _ := patient(t)
	expect(t, d.examine(t.Context()), "spool", LevelOK, "free in "+d.SpoolDir, "")
	writeFile(t, filepath.Join(d.SpoolDir, "rejected.jsonl"), "{}\n")
	expect(t, d.examine(t.Context()), "rejected records", LevelWarning, "3 bytes", "move it away")
	d.SpoolDir = filepath.Join(d.SpoolDir, "not", "yet")
	expect(t, d.examine(t.Context()), "spool", LevelOK, "free", "")
	if _, err := os.Stat(d.SpoolDir); err == nil {
		t.Error("the doctor made the folder")
	}
	d.SpoolDir = filepath.Join(t.TempDir(), "file")
	writeFile(t, d.SpoolDir, "")
	expect(t, d.examine(t.Context()), "spool", LevelFault, "is no folder", "HOTLINE_SPOOL_DIR")
	if os.Geteuid() != 0 { // root may write anywhere
		d.SpoolDir = "/proc/hotline"
		expect(t, d.examine(t.Context()), "spool", LevelFault, "may not write", "install -d")
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good := x509.Certificate{DNSNames: []string{"hotline.example"}, IPAddresses: []net.IP{net.IPv4(10, 0, 0, 1)}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0)}
	for name, c := range map[string]struct {
		harm          func(*Doctor, *x509.Certificate)
		level         Level
		found, advice string
	}{
		"good":    {func(*Doctor, *x509.Certificate) {}, LevelOK, "for hotline.example, 10.0.0.1, until", ""},
		"expired": {func(_ *Doctor, c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) }, LevelFault, "expired on", "renew it"},
		"soon":    {func(_ *Doctor, c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, 7) }, LevelWarning, "expires on", "renew it"},
		"not yet": {func(_ *Doctor, c *x509.Certificate) { c.NotBefore = now.Add(time.Hour) }, LevelFault, "valid only from", "clock"},
		"no name": {func(_ *Doctor, c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }, LevelFault, "names no host", "subjectAltName"},
		"another's key": {func(d *Doctor, c *x509.Certificate) {
			_, d.TLSKey = certificate(t, good)
		}, LevelFault, "private key does not match", "PEM"},
		"none, at home":  {func(d *Doctor, _ *x509.Certificate) { d.TLSCert, d.TLSKey = "", "" }, LevelOK, "none", ""},
		"a proxy's":      {func(d *Doctor, _ *x509.Certificate) { d.TLSCert, d.TLSKey, d.TLS, d.Listen = "", "", tlsProxy, ":0" }, LevelOK, "proxy", ""},
		"its own, later": {func(d *Doctor, _ *x509.Certificate) { d.TLSCert, d.TLSKey, d.TLS = "", "", tlsLocal }, LevelOK, "makes its own", ""},
		"its own": {func(d *Doctor, _ *x509.Certificate) {
			d.TLSCert, d.TLSKey, d.TLS = "", "", tlsLocal
			if err := d.makeCertificate(now.Add(-390 * 24 * time.Hour)); err != nil {
				t.Fatal(err)
			}
		}, LevelWarning, "expires on", "restart the gateway"},
		"none, for all":  {func(d *Doctor, _ *x509.Certificate) { d.TLSCert, d.TLSKey, d.Listen = "", "", ":0" }, LevelWarning, "none", "microphone"},
		"no such file":   {func(d *Doctor, _ *x509.Certificate) { d.TLSCert = "/nowhere" }, LevelFault, "/nowhere", "readable"},
		"no certificate": {func(d *Doctor, _ *x509.Certificate) { d.TLSCert = d.TLSKey }, LevelFault, "", "chain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := patient(t)
			template := good
			c.harm(d, &template)
			cert, key := certificate(t, template)
			if name != "none, at home" && name != "none, for all" {
				d.TLSCert, d.TLSKey = cert, key
				c.harm(d, &template)
			}
			expect(t, d.examine(t.Context()), "certificate", c.level, c.found, c.advice)
		})
	}
}

// certificate writes a certificate and its key.
func certificate(t *testing.T, template x509.Certificate) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(1), pkix.Name{CommonName: "hotline"}
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeFile(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	writeFile(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return certFile, keyFile
}

func TestReportsForPeopleAndPrograms(t *testing.T) {
	t.Parallel()
	r := Report{Faults: 1, Findings: []Finding{
		{"asterisk", LevelOK, "version 22.10.1", ""},
		{"prompts", LevelFault, "missing: x", "first line\nsecond line\n"},
	}}
	var text, program bytes.Buffer
	if err := r.print(&text, false); err != nil {
		t.Fatal(err)
	}
	want := `ok       asterisk               version 22.10.1
fault    prompts                missing: x
                                first line
                                second line

faults: 1, warnings: 0
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	if err := r.print(&program, true); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(program.Bytes(), &back); err != nil || back.Findings[1].Advice != r.Findings[1].Advice {
		t.Errorf("%v: %+v", err, back)
	}
}

// What is printed for an Asterisk that one has already is what the project's own Asterisk runs with.
func TestPrintedLinesAreThoseOfTheTemplates(t *testing.T) {
	t.Parallel()
	c := &Config{ARIURL: "http://127.0.0.1:8088/ari", ARIUser: "hotline", ARIApp: "calls"}
	whole := asterisk.Config{HTTPAddress: "127.0.0.1:8088", SIPAddress: "127.0.0.1:5060", ARIUser: "hotline", ARIApp: "calls", ARIPassword: secretHere}
	for _, name := range asteriskFiles {
		text, err := whole.File(name)
		if err != nil {
			t.Fatal(err)
		}
		template := parse(t, name, text)
		excerpt := parse(t, name, c.asteriskFile(name))
		if len(excerpt) == 0 {
			t.Errorf("%s: nothing is printed", name)
		}
		for _, line := range excerpt {
			if !slices.Contains(template, line) {
				t.Errorf("%s: [%s] %s = %s is not in deploy/asterisk/conf", name, line.section, line.key, line.value)
			}
		}
		// A dialplan is worth nothing with a line left out.
		if (name == "extensions.conf" || name == "sorcery.conf") && !slices.Equal(template, excerpt) {
			t.Errorf("%s differs from deploy/asterisk/conf:\n%v\n%v", name, template, excerpt)
		}
	}
	modules, err := whole.File("modules.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range neededModules {
		if !strings.Contains(modules, "load = "+m+"\n") {
			t.Errorf("%s is not loaded by deploy/asterisk/conf/modules.conf", m)
		}
	}
	if !slices.IsSorted(neededModules) {
		t.Error("the modules are not in order")
	}
	if asterisk.MinVersion.String() != ari.MinVersion {
		t.Errorf("deploy/asterisk asks for %v, gateway/ari for %s", asterisk.MinVersion, ari.MinVersion)
	}
	var all bytes.Buffer
	if err := c.printAsterisk(&all); err != nil || strings.Contains(all.String(), "{{") || !strings.Contains(all.String(), "Stasis(calls,inbound,") {
		t.Errorf("printed, %v:\n%s", err, &all)
	}
}

func parse(t *testing.T, name, text string) []confLine {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, name), text)
	lines, err := readConf(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
