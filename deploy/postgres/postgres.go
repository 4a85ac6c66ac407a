// Package postgres runs a private PostgreSQL cluster: its own data folder, a
// free port on 127.0.0.1, and an unprivileged user where the caller is root.
//
// The stack, the end-to-end tests and the unit tests of the store use it. A
// fresh cluster is up in about a second.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
)

const (
	// Name is the database, and the superuser who owns it.
	Name = "hotline"

	startDeadline = 30 * time.Second
	stopGrace     = 15 * time.Second
	passwordFile  = "password"
)

// Options says where and how a cluster runs. The zero value is a cluster in a
// temporary folder that Close removes.
type Options struct {
	// Dir holds the cluster's data, log and password. Data of an earlier
	// cluster there is used again. Empty means a temporary folder.
	Dir string
	// Port on 127.0.0.1; 0 means a free one.
	Port int
	// Unsafe switches off everything that makes data survive a power cut. For
	// tests only: it makes commits several times faster.
	Unsafe bool
	// Settings are further lines of the configuration, such as
	// "log_statement" = "all".
	Settings map[string]string
}

// Server is one cluster. Its methods may be called from any goroutine.
type Server struct {
	bin, dir  string
	temporary bool
	port      int
	password  string
	settings  []string
	user      proc.User
	ports     proc.Ports

	mu      sync.Mutex
	process *proc.Process // nil while stopped
}

// Start makes the cluster if its folder has none, starts it and returns when
// it accepts connections. The caller owns it and calls Close.
func Start(ctx context.Context, opts Options) (*Server, error) {
	bin, err := findBin()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: opts.Dir, user: proc.Unprivileged("postgres", "nobody")}
	if err := s.prepare(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.Start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) prepare(ctx context.Context, opts Options) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "hotline-pg-")
		if err != nil {
			return fmt.Errorf("make a folder for PostgreSQL: %w", err)
		}
		s.dir, s.temporary = dir, true
	}
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return fmt.Errorf("find PostgreSQL's folder: %w", err)
	}
	s.dir = dir
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("make PostgreSQL's folder: %w", err)
	}
	if s.port, err = s.ports.One(opts.Port); err != nil {
		return fmt.Errorf("find a port for PostgreSQL: %w", err)
	}
	if err := s.initialise(ctx); err != nil {
		return err
	}
	s.settings = settings(s.port, opts)
	return nil
}

// initialise makes the cluster in a folder of another name and renames it, so
// that a half-made one is never taken for good.
func (s *Server) initialise(ctx context.Context) error {
	if _, err := os.Stat(s.data()); err == nil {
		password, err := os.ReadFile(filepath.Join(s.dir, passwordFile))
		if err != nil {
			return fmt.Errorf("read the password of the cluster in %s (remove that folder to begin anew): %w", s.dir, err)
		}
		s.password = strings.TrimSpace(string(password))
		return nil
	}
	half := s.data() + ".new"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("remove a half-made cluster: %w", err)
	}
	s.password = rand.Text()
	if err := os.WriteFile(filepath.Join(s.dir, passwordFile), []byte(s.password), 0o600); err != nil {
		return fmt.Errorf("write the cluster's password: %w", err)
	}
	if err := s.user.Own(s.dir); err != nil {
		return err
	}
	// C.UTF-8 sorts by code point, the same everywhere, whatever the host's
	// locale; order for people is the console's business.
	if err := s.run(ctx, "", "initdb", "-D", half, "-U", Name, "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth=scram-sha-256", "--pwfile="+filepath.Join(s.dir, passwordFile), "--no-sync"); err != nil {
		return err
	}
	if err := s.run(ctx, "CREATE DATABASE "+Name+";\n", "postgres", "--single", "-D", half, "template1"); err != nil {
		return err
	}
	if err := os.Rename(half, s.data()); err != nil {
		return fmt.Errorf("put the new cluster in place: %w", err)
	}
	return nil
}

// run runs one of PostgreSQL's programs to its end as the cluster's user.
func (s *Server) run(ctx context.Context, stdin, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Stdin = strings.NewReader(stdin)
	s.user.Apply(cmd, s.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w: %s", program, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func settings(port int, opts Options) []string {
	values := map[string]string{
		"port":             strconv.Itoa(port),
		"listen_addresses": "127.0.0.1",
		// Socket paths are limited to 107 bytes, and nothing here needs one.
		"unix_socket_directories": "",
		"max_connections":         "200",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"log_line_prefix":         "%m [%p] ",
	}
	if opts.Unsafe {
		values["fsync"] = "off"
		values["synchronous_commit"] = "off"
		values["full_page_writes"] = "off"
		values["max_wal_size"] = "4GB"
	}
	for name, value := range opts.Settings {
		values[name] = value
	}
	var args []string
	for name, value := range values {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// Start starts a cluster that Stop has stopped, on the same port, and returns
// when it accepts connections. On a running cluster it does nothing.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && s.process.Alive() {
		return nil
	}
	// A postmaster that was killed leaves this file; its process id may be
	// another program's by now, which PostgreSQL would take for a postmaster.
	if err := os.Remove(filepath.Join(s.data(), "postmaster.pid")); err == nil && portAnswers(s.port) {
		return fmt.Errorf("start PostgreSQL: another one already runs on port %d", s.port)
	}
	p, err := proc.Start(proc.Spec{
		Name: "PostgreSQL", Path: filepath.Join(s.bin, "postgres"),
		Args: append([]string{"-D", s.data()}, s.settings...),
		Dir:  s.dir, LogFile: s.Log(), User: s.user,
		Orphaned: syscall.SIGQUIT,
	})
	if err != nil {
		return err
	}
	if err := p.Wait(ctx, startDeadline, s.ready); err != nil {
		p.Kill()
		return err
	}
	s.process = p
	return nil
}

// ready asks the server itself; an open port alone may still be recovering.
func (s *Server) ready(ctx context.Context) error {
	if !portAnswers(s.port) {
		return fmt.Errorf("nothing listens on 127.0.0.1:%d yet", s.port)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-d", Name)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pg_isready: %w", err)
	}
	return nil
}

func portAnswers(port int) bool {
	c, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// Stop ends the cluster: open connections are cut, committed data are kept.
// On a stopped cluster it does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	p := s.process
	s.process = nil
	return p.Stop(syscall.SIGINT, stopGrace)
}

// Restart is Stop and Start.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.Start(ctx)
}

// Close stops the cluster and removes its folder if that was a temporary one.
func (s *Server) Close() error {
	err := s.Stop()
	s.ports.Release()
	if s.temporary {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

// DSN is the connection string of the database, with its password.
func (s *Server) DSN() string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(Name, s.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + Name,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is the cluster's port on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// Log is the path of the server's log.
func (s *Server) Log() string { return filepath.Join(s.dir, "postgres.log") }

// PID is the postmaster's process id, 0 while stopped.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.PID()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Psql returns a command that runs PostgreSQL's own client on the database.
func (s *Server) Psql(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, filepath.Join(s.bin, "psql"),
		append([]string{"-X", "-q", "-d", s.DSN(), "-v", "ON_ERROR_STOP=1"}, args...)...)
}

// Installed tells whether PostgreSQL's server programs are on this host.
func Installed() bool {
	_, err := findBin()
	return err == nil
}

// findBin finds the folder of the newest server programs: Debian keeps them
// out of the PATH.
func findBin() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	best, newest := "", 0
	for _, path := range found {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil && version > newest {
			best, newest = filepath.Dir(path), version
		}
	}
	if best != "" {
		return best, nil
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		return filepath.Dir(path), nil
	}
	return "", errors.New("PostgreSQL's server is not installed; run `make setup`, or install the package postgresql")
}

// Done is closed when the running postmaster ends, however that comes; nil,
// which blocks for ever, while the cluster is stopped.
func (s *Server) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	return s.process.Done()
}
