// Package prometheus holds the rules by which Prometheus watches a hotline, and runs a private Prometheus with them:
// its own folder, a free port on 127.0.0.1, and an unprivileged user where the caller is root.
package prometheus

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
)

// Rules are the recording and alerting rules, rules/*.yml.
//
//go:embed rules/*.yml
var Rules embed.FS

// Job is the name under which gateways are watched.
const Job = "hotline"

const (
	startDeadline = 30 * time.Second
	stopGrace     = 15 * time.Second
)

// ErrNotInstalled says what to do.
var ErrNotInstalled = errors.New("no Prometheus is installed; run `make setup` (bin/stack setup --tests), or install the package prometheus")

// Options says what a Prometheus watches.
type Options struct {
	// Dir holds configuration, data and log. Empty means a temporary folder that Close removes.
	Dir string
	// Port on 127.0.0.1; 0 or a taken one means a free one.
	Port int
	// Targets are the gateways, host:port of their /metrics.
	Targets []string
	// Every is how often they are asked; 0 means 5 s. The rules are worked out as often, where that is less than their own 15 s.
	Every time.Duration
}

// Server is a running Prometheus. Its methods may be called from any goroutine.
type Server struct {
	dir       string
	temporary bool
	port      int
	ports     proc.Ports
	process   *proc.Process
	client    http.Client
}

// Installed tells whether Prometheus and promtool are on this host.
func Installed() bool {
	for _, name := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(name); err != nil {
			return false
		}
	}
	return true
}

// Start starts a Prometheus and returns when it serves. The caller owns it and calls Close.
func Start(ctx context.Context, opts Options) (*Server, error) {
	path, err := exec.LookPath("prometheus")
	if err != nil {
		return nil, ErrNotInstalled
	}
	s := &Server{dir: opts.Dir, client: http.Client{Transport: &http.Transport{}}}
	if err := s.start(ctx, path, opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, path string, opts Options) (err error) {
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "hotline-prometheus-"); err != nil {
			return fmt.Errorf("make a folder for Prometheus: %w", err)
		}
		s.temporary = true
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return fmt.Errorf("find Prometheus's folder: %w", err)
	}
	if s.port, err = s.ports.One(opts.Port); err != nil {
		return fmt.Errorf("find a port for Prometheus: %w", err)
	}
	if err := s.write(opts); err != nil {
		return fmt.Errorf("write Prometheus's configuration: %w", err)
	}
	user := proc.Unprivileged("prometheus", "nobody")
	if err := user.Own(s.dir); err != nil {
		return err
	}
	s.process, err = proc.Start(proc.Spec{
		Name: "Prometheus", Path: path, Dir: s.dir, LogFile: s.Log(), User: user, Orphaned: syscall.SIGTERM,
		Args: []string{
			"--config.file=" + filepath.Join(s.dir, "prometheus.yml"), "--storage.tsdb.path=" + filepath.Join(s.dir, "data"),
			"--web.listen-address=127.0.0.1:" + strconv.Itoa(s.port), "--log.level=warn",
		},
	})
	if err != nil {
		return err
	}
	return s.process.Wait(ctx, startDeadline, func(ctx context.Context) error { return s.get(ctx, "/-/ready", nil) })
}

// write writes the configuration and copies the rules.
func (s *Server) write(opts Options) error {
	if err := os.MkdirAll(filepath.Join(s.dir, "rules"), 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "data"), 0o755); err != nil {
		return err
	}
	names, err := fs.Glob(Rules, "rules/*.yml")
	if err != nil {
		return err
	}
	every := opts.Every
	if every == 0 {
		every = 5 * time.Second
	}
	for _, name := range names {
		text, err := Rules.ReadFile(name)
		if err != nil {
			return err
		}
		if every < 15*time.Second {
			text = []byte(strings.ReplaceAll(string(text), "interval: 15s", "interval: "+span(every)))
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o644); err != nil {
			return err
		}
	}
	var config strings.Builder
	fmt.Fprintf(&config, "global:\n  scrape_interval: %s\n  scrape_timeout: %s\n  evaluation_interval: %[1]s\n", span(every), span(every))
	fmt.Fprintf(&config, "rule_files:\n  - rules/*.yml\nscrape_configs:\n  - job_name: %s\n    static_configs:\n      - targets:\n", Job)
	for _, target := range opts.Targets {
		fmt.Fprintf(&config, "          - %q\n", target)
	}
	return os.WriteFile(filepath.Join(s.dir, "prometheus.yml"), []byte(config.String()), 0o644)
}

// span is a time as Prometheus writes it.
func span(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) + "ms" }

// URL is where it is seen.
func (s *Server) URL() string { return "http://127.0.0.1:" + strconv.Itoa(s.port) }

// Log is the path of its log.
func (s *Server) Log() string { return filepath.Join(s.dir, "prometheus.log") }

// PID is its process id.
func (s *Server) PID() int { return s.process.PID() }

// Done is closed when it ends, however that comes.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Close stops it and removes its folder if that was a temporary one.
func (s *Server) Close() error {
	var err error
	if s.process != nil {
		err = s.process.Stop(syscall.SIGTERM, stopGrace)
	}
	s.client.CloseIdleConnections()
	s.ports.Release()
	if s.temporary {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}
