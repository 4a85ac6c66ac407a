// Package asterisk finds or builds an Asterisk, writes its configuration and
// runs it in a private work folder, so that several can run side by side.
package asterisk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
)

const (
	startDeadline = 60 * time.Second
	stopGrace     = 10 * time.Second
	// maxSocketPath is the kernel's limit for the path of a socket, with room
	// for the file's name.
	maxSocketPath = 90
)

// Server is one Asterisk in its work folder. Prepare makes it, Start runs it.
// Its methods may be called from any goroutine.
type Server struct {
	inst   *Installation
	config Config
	user   proc.User
	runDir string

	mu      sync.Mutex
	process *proc.Process // nil while stopped
}

// Prepare writes configuration and folders into dir. What an earlier run left
// there (agents' accounts, recordings) is kept. The caller then puts sounds
// into SoundsDir and MusicDir and calls Start.
func Prepare(inst *Installation, dir string, config Config) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find Asterisk's folder: %w", err)
	}
	config.Dir, config.ModuleDir = dir, inst.moduleDir
	s := &Server{inst: inst, user: proc.Unprivileged("asterisk")}
	for _, sub := range []string{"etc", "var", "log", "run", "data/moh", "data/sounds/hotline", "data/agi-bin", "var/keys", "spool/recording", "spool/monitor", "spool/tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, fmt.Errorf("make Asterisk's folders: %w", err)
		}
	}
	if config.RunDir, err = s.socketDir(dir); err != nil {
		return nil, err
	}
	s.config = config
	links := map[string]string{
		"documentation": "documentation", // it refuses to load modules without
		"sounds/en":     "sounds/en",
		"rest-api":      "rest-api",
	}
	for name, target := range links {
		if err := relink(filepath.Join(inst.dataDir, target), filepath.Join(dir, "data", name)); err != nil {
			return nil, err
		}
	}
	if err := config.Render(filepath.Join(dir, "etc")); err != nil {
		return nil, err
	}
	return s, nil
}

// socketDir returns the folder of the control socket: below dir, or where that
// path is too long for a socket, a temporary one that Stop removes.
func (s *Server) socketDir(dir string) (string, error) {
	run := filepath.Join(dir, "run")
	if len(run) <= maxSocketPath {
		return run, nil
	}
	run, err := os.MkdirTemp("", "hotline-ast-")
	if err != nil {
		return "", fmt.Errorf("make a folder for Asterisk's socket: %w", err)
	}
	s.runDir = run
	return run, s.user.Own(run)
}

func relink(target, link string) error {
	if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("replace %s: %w", link, err)
	}
	if err := os.Symlink(target, link); err != nil {
		return fmt.Errorf("link Asterisk's data: %w", err)
	}
	return nil
}

// Start runs Asterisk and returns when all its modules are loaded and ARI
// answers. On a running one it does nothing.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && s.process.Alive() {
		return nil
	}
	if err := s.user.Own(s.config.Dir); err != nil {
		return err
	}
	program, args := s.inst.argv(s.inst.program, []string{"-f", "-C", filepath.Join(s.config.Dir, "etc", "asterisk.conf")})
	host, err := hostname()
	if err != nil {
		return err
	}
	p, err := proc.Start(proc.Spec{
		Name: "Asterisk", Path: program, Args: args, Env: s.inst.env(),
		Dir: s.config.Dir, LogFile: s.Log(), User: s.user, Hostname: host,
		// It has no state that a kill could spoil, and callers who are cut
		// off hear it at once.
		Orphaned: syscall.SIGKILL,
	})
	if err != nil {
		return err
	}
	if err := p.Wait(ctx, startDeadline, s.ready); err != nil {
		p.Kill()
		return fmt.Errorf("%w; %s", err, proc.Tail(s.Messages(), 15))
	}
	s.process = p
	return nil
}

// hostname returns the host name to run Asterisk under; empty means the host's
// own. Asterisk looks it up for every call, and where /etc/hosts does not have
// it, each look-up waits seconds for a name server.
func hostname() (string, error) {
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("find the host's name: %w", err)
	}
	hosts, err := os.ReadFile("/etc/hosts")
	if err == nil && namedIn(string(hosts), name) {
		return "", nil
	}
	if os.Geteuid() != 0 {
		return "", fmt.Errorf("/etc/hosts does not name this host, and every call would wait seconds for a name server; as root: echo '127.0.1.1 %s' >> /etc/hosts", name)
	}
	return "localhost", nil
}

func namedIn(hosts, name string) bool {
	for line := range strings.Lines(hosts) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		for i, field := range fields {
			if i > 0 && strings.EqualFold(field, name) {
				return true
			}
		}
	}
	return false
}

// ready asks whether every module is loaded, then whether ARI answers.
func (s *Server) ready(ctx context.Context) error {
	out, err := s.CLI(ctx, "core waitfullybooted")
	if err != nil {
		return err
	}
	if !strings.Contains(out, "fully booted") {
		return fmt.Errorf("it is still loading modules: %q", out)
	}
	if _, err = s.version(ctx); err != nil {
		// Nothing more is going to be loaded, so waiting cannot help.
		return proc.Hopeless(err)
	}
	return nil
}

func (s *Server) version(ctx context.Context) (Version, error) {
	var info struct {
		System struct{ Version string }
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ARIURL()+"/asterisk/info?only=system", nil)
	if err != nil {
		return Version{}, fmt.Errorf("ask ARI: %w", err)
	}
	req.SetBasicAuth(s.config.ARIUser, s.config.ARIPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return Version{}, fmt.Errorf("ask ARI: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return Version{}, fmt.Errorf("read ARI's answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return Version{}, fmt.Errorf("ARI answered %s: %s", resp.Status, body)
	}
	if err := json.Unmarshal(body, &info); err != nil {
		return Version{}, fmt.Errorf("decode ARI's answer: %w", err)
	}
	return ParseVersion(info.System.Version)
}

// CLI runs a command of Asterisk's console and returns what it prints.
func (s *Server) CLI(ctx context.Context, command string) (string, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(s.config.RunDir, "asterisk.ctl"))
	if err != nil {
		return "", fmt.Errorf("connect to Asterisk's control socket: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	// The prefix, at the very start, makes the server close after the answer.
	if _, err := io.WriteString(conn, "cli quit after "+command+"\x00"); err != nil {
		return "", fmt.Errorf("send %q to Asterisk: %w", command, err)
	}
	out, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		return "", fmt.Errorf("read Asterisk's answer to %q: %w", command, err)
	}
	// The first line is a greeting: host/pid/version.
	_, answer, _ := strings.Cut(strings.ReplaceAll(string(out), "\x00", ""), "\n")
	return strings.TrimSpace(answer), nil
}

// Stop hangs up every call and ends Asterisk. On a stopped one it does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.process != nil {
		err = s.process.Stop(syscall.SIGTERM, stopGrace)
		s.process = nil
	}
	return err
}

// Kill ends Asterisk at once, as a crash would. Start runs it again.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		s.process.Kill()
		s.process = nil
	}
}

// Restart is Stop and Start: same ports, accounts and recordings, no calls.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.Start(ctx)
}

// Close stops Asterisk and removes what lies outside of its work folder.
func (s *Server) Close() error {
	err := s.Stop()
	if s.runDir != "" {
		err = errors.Join(err, os.RemoveAll(s.runDir))
	}
	return err
}

// ARIURL is the address of ARI, without a slash at the end.
func (s *Server) ARIURL() string { return "http://" + s.config.HTTPAddress + "/ari" }

// Config is the configuration in use, with its folders filled in.
func (s *Server) Config() Config { return s.config }

// SoundsDir is the folder of the prompts that ARI plays as sound:hotline/NAME.
func (s *Server) SoundsDir() string { return filepath.Join(s.config.Dir, "data/sounds/hotline") }

// MusicDir is the folder of the music that a waiting caller hears.
func (s *Server) MusicDir() string { return filepath.Join(s.config.Dir, "data/moh") }

// RecordingsDir is where recordings are written, NAME.wav for ARI's NAME.
func (s *Server) RecordingsDir() string { return filepath.Join(s.config.Dir, "spool/recording") }

// Log is the path of what Asterisk prints while starting.
func (s *Server) Log() string { return filepath.Join(s.config.Dir, "log/output.log") }

// Messages is the path of Asterisk's own log: notices, warnings, errors.
func (s *Server) Messages() string { return filepath.Join(s.config.Dir, "log/messages") }

// PID is Asterisk's process id, 0 while stopped.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.PID()
}

// Done is closed when the running Asterisk ends, however that comes; nil, which
// blocks for ever, while it is stopped.
func (s *Server) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	return s.process.Done()
}
