package stack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
)

const (
	gatewayStart = 30 * time.Second
	gatewayStop  = 20 * time.Second
)

// errNoGateway says that a stack without a gateway was asked for it.
var errNoGateway = errors.New("this stack was started without a gateway (Options.Gateway)")

func (s *Stack) buildGateway(ctx context.Context) error {
	if !s.opts.Gateway {
		return nil
	}
	root, err := ModuleRoot()
	if err != nil {
		return err
	}
	began := time.Now()
	s.binary = filepath.Join(s.dir, "gateway", "hotline")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", s.binary, "./gateway")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./gateway: %w: %s", err, out)
	}
	s.say("gateway: built (%v)", took(began))
	return nil
}

// ModuleRoot is the top folder of the checkout: the nearest one, from the
// current folder upwards, whose go.mod is the hotline's.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the current folder: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module hotline\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the current folder is not inside a checkout of the hotline; change into one")
		}
	}
}

// calmMonitor keeps Go's monitor thread from beginning its 20 µs rounds anew after every pause between two events, which
// would take a fifth of the gateway's processor time. Its own purpose, a line about the scheduler, comes every 24 days.
// deploy/systemd/hotline.service has it too.
const calmMonitor = "GODEBUG=schedtrace=2147483647"

// gatewayEnv is the environment of the gateway and of its admin commands.
func (s *Stack) gatewayEnv() []string {
	c := s.Asterisk.Config()
	env := append(os.Environ(),
		"HOTLINE_LISTEN="+s.addresses.console,
		"HOTLINE_METRICS_LISTEN="+s.addresses.metrics,
		"HOTLINE_DATABASE_URL="+s.gatewayDSN(),
		"HOTLINE_OWNER_URL="+s.Postgres.DSN(),
		"HOTLINE_ARI_URL="+s.Asterisk.ARIURL(),
		"HOTLINE_ARI_USER="+c.ARIUser,
		"HOTLINE_ARI_PASSWORD="+c.ARIPassword,
		"HOTLINE_ARI_APP="+c.ARIApp,
		"HOTLINE_SPOOL_DIR="+filepath.Join(s.dir, "gateway", "spool"),
		"HOTLINE_KEYS_FILE="+s.keysFile(),
		"HOTLINE_LOG_LEVEL=info",
		"HOTLINE_MEDIA_ADDRESS="+loopback,
		"HOTLINE_SOUNDS_DIR="+s.Asterisk.SoundsDir(),
		calmMonitor,
	)
	if s.opts.Lines != "" {
		env = append(env, "HOTLINE_LINES="+s.opts.Lines)
	}
	if s.opts.Settings != "" {
		env = append(env, "HOTLINE_SETTINGS="+s.opts.Settings)
	}
	return append(env, s.opts.GatewayEnv...)
}

func (s *Stack) startGateway(ctx context.Context) error {
	if !s.opts.Gateway {
		return nil
	}
	s.onStop("stop the gateway", s.StopGateway)
	began := time.Now()
	if err := s.StartGateway(ctx); err != nil {
		return err
	}
	s.say("gateway: ready at %s (%v)", s.ConsoleURL(), took(began))
	return nil
}

// StartGateway starts the gateway that StopGateway or KillGateway ended, and
// returns when it is ready. On a running one it does nothing.
func (s *Stack) StartGateway(ctx context.Context) error {
	p, err := s.launchGateway()
	if err != nil || p == nil {
		return err
	}
	if err := p.Wait(ctx, gatewayStart, s.gatewayReady); err != nil {
		s.KillGateway()
		return err
	}
	return nil
}

// LaunchGateway is StartGateway without waiting for it to be ready, for
// measuring how long that takes.
func (s *Stack) LaunchGateway() error {
	_, err := s.launchGateway()
	return err
}

func (s *Stack) launchGateway() (*proc.Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.binary == "" {
		return nil, errNoGateway
	}
	if s.gateway != nil && s.gateway.Alive() {
		return nil, nil
	}
	p, err := proc.Start(proc.Spec{
		Name: "the gateway", Path: s.binary, Args: []string{"serve"}, Env: s.gatewayEnv(),
		Dir: filepath.Join(s.dir, "gateway"), LogFile: s.GatewayLog(), Orphaned: syscall.SIGTERM,
	})
	if err != nil {
		return nil, err
	}
	s.gateway = p
	return p, nil
}

// gatewayReady asks /readyz.
func (s *Stack) gatewayReady(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addresses.metrics+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask whether the gateway is ready: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask whether the gateway is ready: %w", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway's /readyz says %s", resp.Status)
	}
	return nil
}

// StopGateway ends the gateway in good order, which hangs up nobody.
func (s *Stack) StopGateway() error {
	if p := s.takeGateway(); p != nil {
		return p.Stop(syscall.SIGTERM, gatewayStop)
	}
	return nil
}

// KillGateway ends the gateway at once by SIGKILL, as a crash would.
func (s *Stack) KillGateway() {
	if p := s.takeGateway(); p != nil {
		p.Kill()
	}
}

func (s *Stack) takeGateway() *proc.Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.gateway
	s.gateway = nil
	return p
}

// gatewayDone is closed when the running gateway ends; nil while it is stopped.
func (s *Stack) gatewayDone() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gateway == nil {
		return nil
	}
	return s.gateway.Done()
}

// GatewayPID is the gateway's process id, 0 while stopped.
func (s *Stack) GatewayPID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gateway == nil || !s.gateway.Alive() {
		return 0
	}
	return s.gateway.PID()
}

// GatewayLog is the path of the gateway's log.
func (s *Stack) GatewayLog() string { return filepath.Join(s.dir, "gateway", "gateway.log") }

// Admin runs the gateway's command line, such as "admin", "create-user" …, on
// this stack, with stdin as its input, and returns what it printed.
func (s *Stack) Admin(ctx context.Context, stdin string, args ...string) (string, error) {
	if s.binary == "" {
		return "", errNoGateway
	}
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Env = s.gatewayEnv()
	cmd.Dir = filepath.Join(s.dir, "gateway")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("run hotline %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}
