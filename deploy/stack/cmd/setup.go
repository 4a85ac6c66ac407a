package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hotline/deploy/asterisk"
	"hotline/deploy/postgres"
	"hotline/deploy/prometheus"
)

type setupCmd struct {
	Tests bool `help:"Also what the end-to-end tests need: a browser, Chinese letters and Prometheus."`
}

// need is something that a Debian package brings.
type need struct {
	pkg     string
	why     string
	present func() bool
	tests   bool
}

var needs = []need{
	{"postgresql", "the database", postgres.Installed, false},
	{"debootstrap", "unpacks Asterisk", func() bool { return asteriskThere() || command("debootstrap")() }, false},
	{"espeak-ng", "speaks the prompts", command("espeak-ng"), false},
	{"nodejs", "builds the console", command("node"), false},
	{"npm", "builds the console", command("npm"), false},
	{"chromium", "plays the agent in tests", command("chromium"), true},
	{"prometheus", "watches the gateway, and tries its alerts", prometheus.Installed, true},
	{"fonts-noto-cjk", "Chinese letters in screenshots", func() bool {
		found, _ := filepath.Glob("/usr/share/fonts/opentype/noto/NotoSansCJK*")
		return len(found) > 0
	}, true},
}

func command(name string) func() bool {
	return func() bool {
		if _, err := exec.LookPath(name); err == nil {
			return true
		}
		_, err := os.Stat(filepath.Join("/usr/sbin", name))
		return err == nil
	}
}

func asteriskThere() bool {
	_, err := asterisk.Find(context.Background())
	return err == nil
}

func (c *setupCmd) Run(ctx context.Context) error {
	p, err := here()
	if err != nil {
		return err
	}
	if err := c.packages(ctx); err != nil {
		return err
	}
	inst, err := asterisk.Install(ctx, os.Stdout)
	if err != nil {
		return err
	}
	fmt.Printf("setup: Asterisk %v\n", inst.Version)
	if err := consoleModules(ctx, p); err != nil {
		return err
	}
	fmt.Println("setup: everything is there")
	return nil
}

// packages installs the Debian packages that are missing.
func (c *setupCmd) packages(ctx context.Context) error {
	var missing []string
	for _, n := range needs {
		if (c.Tests || !n.tests) && !n.present() {
			fmt.Printf("setup: %s is missing (%s)\n", n.pkg, n.why)
			missing = append(missing, n.pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return fmt.Errorf("this is no Debian: install by hand what gives %s", strings.Join(missing, ", "))
	}
	prefix := []string{}
	if os.Geteuid() != 0 {
		sudo, err := exec.LookPath("sudo")
		if err != nil {
			return fmt.Errorf("neither root nor sudo is there; as root: apt-get install %s", strings.Join(missing, " "))
		}
		prefix = []string{sudo}
	}
	for _, args := range [][]string{
		{"env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "update"},
		append([]string{"env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "install", "--yes", "--no-install-recommends"}, missing...),
	} {
		if err := run(ctx, "", append(prefix, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// consoleModules fetches what the console is built with, when its lock file
// has changed since the last time.
func consoleModules(ctx context.Context, p place) error {
	console := filepath.Join(p.root, "agent", "console")
	lock, err := os.Stat(filepath.Join(console, "package-lock.json"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the console's lock file: %w", err)
	}
	// npm writes this file last.
	done, err := os.Stat(filepath.Join(console, "node_modules", ".package-lock.json"))
	if err == nil && !done.ModTime().Before(lock.ModTime()) {
		return nil
	}
	return run(ctx, console, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
}

func run(ctx context.Context, dir string, args ...string) error {
	fmt.Println("setup:", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not installed: %w", args[0], err)
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
