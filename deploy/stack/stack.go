// Package stack starts the real servers that the hotline needs, together and
// on free loopback ports: PostgreSQL, Asterisk and the gateway.
//
// `make up`, the end-to-end tests and the benchmarks all use it, so what is
// shown, tested and measured is the same. A stack belongs to the process that
// started it: when that process ends, even by SIGKILL, its servers end.
package stack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"hotline/deploy/asterisk"
	"hotline/deploy/internal/proc"
	"hotline/deploy/postgres"
	"hotline/deploy/prometheus"
	"hotline/ivr/prompts"
)

const (
	loopback = "127.0.0.1"
	// ARIApp is the name under which the gateway takes calls.
	ARIApp  = "hotline"
	ariUser = "hotline"
	// benchFirst and benchAgents are the agents of Asterisk's own queue.
	benchFirst, benchAgents = 6001, 200
)

// Options says what to start. The zero value is PostgreSQL and Asterisk in a
// temporary folder, for a test.
type Options struct {
	// Dir keeps data, configuration and logs; what an earlier stack left there
	// is used again. Empty means a temporary folder that Stop removes.
	Dir string
	// Gateway builds ./gateway and starts it too.
	Gateway bool
	// GatewayEnv are further variables for the gateway, as NAME=value; they
	// win over the stack's own.
	GatewayEnv []string
	// Prometheus starts one that watches the gateway, with the rules of
	// deploy/prometheus. With the gateway only.
	Prometheus bool
	// PrometheusPort is taken where it is free; 0 or a taken one means any.
	PrometheusPort int
	// Agents are the accounts to create, with the gateway only.
	Agents []Account
	// Lines is a CSV file of dialled numbers; empty means the gateway's own.
	Lines string
	// Settings is a JSON file with all settings of the first start, lines
	// included; empty means the gateway's own. PlainSettings writes one.
	Settings string

	// Services lets somebody answer behind the trunks to 110 and the others,
	// and gives their lines the routes, where Lines and Settings are empty.
	Services bool

	// Bench adds to Asterisk what the benchmarks compare with: the queue bench
	// at 7000 and agents 6001 to 6200 straight at 76001 to 76200.
	Bench bool
	// BenchAgents is how many agents the queue has, from 6001 on; 0 means 200.
	BenchAgents int
	// BenchContact is host:port where all those agents answer, without
	// registering. Empty: no accounts are made for them.
	BenchContact string

	// Durable makes PostgreSQL safe against a power cut. Tests need it not.
	Durable bool
	// ConsolePort, MetricsPort and SIPPort are taken where they are free; 0
	// or a taken one means any free port.
	ConsolePort, MetricsPort, SIPPort int
	// DutyPhones are Asterisk's dial strings of who answers when the gateway
	// has been away for DutyAfter (0 means two minutes).
	DutyPhones []string
	DutyAfter  time.Duration
	// Trunks are further ones, such as that to another city's hotline: another
	// stack at its SIPAddress.
	Trunks []asterisk.Trunk
	// Recorded is a folder of recorded prompts, NAME.wav.
	Recorded string

	// Progress receives a line for each thing done; nil means nowhere.
	Progress io.Writer
}

// Stack is a set of running servers. Its methods may be called from any
// goroutine; the exported fields do not change after Start.
type Stack struct {
	Postgres *postgres.Server
	Asterisk *asterisk.Server
	// Prometheus is nil unless it was asked for.
	Prometheus *prometheus.Server
	// Installation is the Asterisk in use; its SIPp makes calls.
	Installation *asterisk.Installation

	opts         Options
	dir          string
	ports        proc.Ports
	addresses    addresses
	accounts     []Account
	services     []ServiceLine
	rolePassword string

	stopOnce sync.Once
	stopErr  error
	stops    []namedStop

	mu      sync.Mutex
	binary  string
	gateway *proc.Process // nil while stopped
}

type addresses struct{ console, metrics, sip, ari, citizens, emergency, emergency2, subCentres string }

type namedStop struct {
	name string
	stop func() error
}

// Start starts everything in order and returns when all of it serves. Where a
// step fails, what was started is stopped again, last first, and the error
// quotes the failing server's last log lines.
func Start(ctx context.Context, opts Options) (*Stack, error) {
	if opts.Progress == nil {
		opts.Progress = io.Discard
	}
	s := &Stack{opts: opts}
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"prepare the work folder", s.prepare},
		{"route the lines", s.routeLines},
		{"make the keys", s.makeKeys},
		{"build the gateway", s.buildGateway},
		{"start PostgreSQL", s.startPostgres},
		{"make the gateway's role", s.makeRole},
		{"start Asterisk", s.startAsterisk},
		{"start the services", s.startServices},
		{"start the gateway", s.startGateway},
		{"create the accounts", s.createAccounts},
		{"start Prometheus", s.startPrometheus},
	}
	for _, step := range steps {
		if err := step.run(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.name, err), s.Stop())
		}
	}
	return s, nil
}

// Stop stops everything, last started first, and removes a temporary folder.
// Later calls return what the first one did.
func (s *Stack) Stop() error {
	s.stopOnce.Do(func() {
		for i := len(s.stops) - 1; i >= 0; i-- {
			if err := s.stops[i].stop(); err != nil {
				s.stopErr = errors.Join(s.stopErr, fmt.Errorf("%s: %w", s.stops[i].name, err))
			}
		}
	})
	return s.stopErr
}

// onStop registers what Stop does.
func (s *Stack) onStop(name string, stop func() error) {
	s.stops = append(s.stops, namedStop{name, stop})
}

func (s *Stack) say(format string, args ...any) {
	fmt.Fprintf(s.opts.Progress, format+"\n", args...)
}

func (s *Stack) prepare(context.Context) error {
	dir, err := filepath.Abs(s.opts.Dir)
	if s.opts.Dir == "" {
		if dir, err = os.MkdirTemp("", "hotline-"); err == nil {
			s.onStop("remove the work folder", func() error { return os.RemoveAll(dir) })
		}
	}
	if err != nil {
		return fmt.Errorf("find a folder: %w", err)
	}
	s.dir = dir
	for _, sub := range []string{"", "gateway/spool"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return fmt.Errorf("make folders: %w", err)
		}
	}
	s.onStop("release ports", func() error { s.ports.Release(); return nil })
	for _, want := range []struct {
		address   *string
		preferred int
	}{
		{&s.addresses.console, s.opts.ConsolePort},
		{&s.addresses.metrics, s.opts.MetricsPort},
		{&s.addresses.sip, s.opts.SIPPort},
		{&s.addresses.ari, 0},
		{&s.addresses.citizens, 0},
		{&s.addresses.emergency, 0},
		{&s.addresses.emergency2, 0},
		{&s.addresses.subCentres, 0},
	} {
		port, err := s.ports.One(want.preferred)
		if err != nil {
			return err
		}
		*want.address = loopback + ":" + strconv.Itoa(port)
	}
	return nil
}

func (s *Stack) startPostgres(ctx context.Context) error {
	began := time.Now()
	server, err := postgres.Start(ctx, postgres.Options{Dir: filepath.Join(s.dir, "postgres"), Unsafe: !s.opts.Durable})
	if err != nil {
		return err
	}
	s.Postgres = server
	s.onStop("stop PostgreSQL", server.Close)
	s.say("postgres: ready on port %d (%v)", server.Port(), took(began))
	return nil
}

func (s *Stack) startAsterisk(ctx context.Context) error {
	inst, err := asterisk.Install(ctx, s.opts.Progress)
	if err != nil {
		return err
	}
	s.Installation = inst
	began := time.Now()
	config, err := s.asteriskConfig()
	if err != nil {
		return err
	}
	server, err := asterisk.Prepare(inst, filepath.Join(s.dir, "asterisk"), config)
	if err != nil {
		return err
	}
	s.Asterisk = server
	s.onStop("stop Asterisk", server.Close)
	if err := prompts.Build(ctx, prompts.Options{
		Sounds: server.SoundsDir(), Music: server.MusicDir(), Recorded: s.opts.Recorded,
		Cache: PromptCache(), Progress: s.opts.Progress,
	}); err != nil {
		return err
	}
	if err := server.Start(ctx); err != nil {
		return err
	}
	s.say("asterisk: %v ready, SIP on %s (%v)", inst.Version, s.addresses.sip, took(began))
	return nil
}

func (s *Stack) asteriskConfig() (asterisk.Config, error) {
	blocks := 1
	if s.opts.Bench {
		blocks = 2
	}
	first, last, err := s.ports.RTP(blocks)
	if err != nil {
		return asterisk.Config{}, err
	}
	after := s.opts.DutyAfter
	if after == 0 {
		after = 2 * time.Minute
	}
	c := asterisk.Config{
		SystemName:  "hotline",
		HTTPAddress: s.addresses.ari, SIPAddress: s.addresses.sip,
		RTPFirst: first, RTPLast: last,
		ARIApp: ARIApp, ARIUser: ariUser, ARIPassword: rand.Text(),
		TrunkAddresses: []string{loopback}, TrunkContact: s.addresses.citizens, Loopback: true,
		Trunks:     append(s.trunks(), s.opts.Trunks...),
		DutyPhones: s.opts.DutyPhones, DutyAfter: after,
	}
	if s.opts.Bench {
		agents := s.opts.BenchAgents
		if agents == 0 {
			agents = benchAgents
		}
		c.Bench = &asterisk.Bench{First: benchFirst, Agents: agents, Contact: s.opts.BenchContact}
	}
	return c, nil
}

// PromptCache is the folder that keeps synthetic speech between stacks.
func PromptCache() string { return filepath.Join(asterisk.CacheDir(), "speech") }

func took(began time.Time) time.Duration { return time.Since(began).Round(10 * time.Millisecond) }

// StopPostgres stops the database in the middle of whatever goes on.
func (s *Stack) StopPostgres() error { return s.Postgres.Stop() }

// StartPostgres starts the database again, at the same address.
func (s *Stack) StartPostgres(ctx context.Context) error { return s.Postgres.Start(ctx) }

// RestartAsterisk stops Asterisk, which ends every call, and starts it again
// with the same ports, accounts and recordings.
func (s *Stack) RestartAsterisk(ctx context.Context) error { return s.Asterisk.Restart(ctx) }
