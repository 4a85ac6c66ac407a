package stack

import (
	"encoding/json"
	"fmt"
	"os"
)

// Info is what other programs need to know of a running stack.
type Info struct {
	// Console is the page where people sign in; API the root of the HTTP API.
	Console string `json:"console"`
	API     string `json:"api"`
	// Metrics is for Prometheus; health is at /healthz and /readyz beside it.
	Metrics string `json:"metrics"`
	// Prometheus is where its pages are; empty where none was started.
	Prometheus string `json:"prometheus"`
	// SIP is host:port over UDP; calls from this machine are the trunk's.
	SIP string `json:"sip"`
	ARI ARI    `json:"ari"`
	// Postgres is the database as its owner, GatewayPostgres as the gateway sees it.
	Postgres        string    `json:"postgres"`
	GatewayPostgres string    `json:"gateway_postgres"`
	Accounts        []Account `json:"accounts"`
	// Services are who answers behind the trunks; empty without them.
	Services []ServiceLine `json:"services"`
	PIDs     PIDs          `json:"pids"`
	Logs     Logs          `json:"logs"`
	// Dir is the work folder, Recordings where Asterisk writes recordings.
	Dir        string `json:"dir"`
	Recordings string `json:"recordings"`
	// Keys is the file with which numbers, names and recordings are encrypted.
	Keys string `json:"keys"`
}

// ARI says how to reach Asterisk.
type ARI struct {
	URL      string `json:"url"`
	User     string `json:"user"`
	Password string `json:"password"`
	App      string `json:"app"`
}

// PIDs are process ids; 0 is a server that does not run.
type PIDs struct {
	Stack    int `json:"stack"`
	Postgres int `json:"postgres"`
	Asterisk int `json:"asterisk"`
	Gateway  int `json:"gateway"`
}

// Logs are paths.
type Logs struct {
	Postgres string `json:"postgres"`
	Asterisk string `json:"asterisk"`
	Gateway  string `json:"gateway"`
}

// Info describes the stack as it is now.
func (s *Stack) Info() Info {
	c := s.Asterisk.Config()
	info := Info{
		Console: s.ConsoleURL(), API: s.APIURL(), Metrics: s.MetricsURL(), SIP: s.SIPAddress(),
		ARI:      ARI{URL: s.Asterisk.ARIURL(), User: c.ARIUser, Password: c.ARIPassword, App: c.ARIApp},
		Postgres: s.Postgres.DSN(), GatewayPostgres: s.gatewayDSN(), Accounts: s.accounts, Services: s.services,
		PIDs: PIDs{Stack: os.Getpid(), Postgres: s.Postgres.PID(), Asterisk: s.Asterisk.PID(), Gateway: s.GatewayPID()},
		Logs: Logs{Postgres: s.Postgres.Log(), Asterisk: s.Asterisk.Messages(), Gateway: s.GatewayLog()},
		Dir:  s.dir, Recordings: s.Asterisk.RecordingsDir(), Keys: s.keysFile(),
	}
	if s.Prometheus != nil {
		info.Prometheus = s.Prometheus.URL()
	}
	return info
}

// WriteJSON writes Info to path, readable by its owner alone: it has passwords.
func (s *Stack) WriteJSON(path string) error { return writePrivate(path, s.Info()) }

// ReadInfo reads what WriteJSON wrote. The error of a file that is not there
// satisfies os.IsNotExist.
func ReadInfo(path string) (Info, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Info{}, err
	}
	var info Info
	if err := json.Unmarshal(data, &info); err != nil {
		return Info{}, fmt.Errorf("read %s: %w", path, err)
	}
	return info, nil
}

// Dir is the work folder.
func (s *Stack) Dir() string { return s.dir }

// ConsoleURL is the page where people sign in.
func (s *Stack) ConsoleURL() string { return "http://" + s.addresses.console + "/" }

// APIURL is the root of the HTTP API.
func (s *Stack) APIURL() string { return "http://" + s.addresses.console + "/api" }

// MetricsURL is what Prometheus reads.
func (s *Stack) MetricsURL() string { return "http://" + s.addresses.metrics + "/metrics" }

// CitizensAddress is host:port where Asterisk calls citizens back: who listens
// there is every telephone of the city.
func (s *Stack) CitizensAddress() string { return s.addresses.citizens }

// SIPAddress is host:port of SIP over UDP. Calls from this machine come in as
// the trunk's.
func (s *Stack) SIPAddress() string { return s.addresses.sip }
