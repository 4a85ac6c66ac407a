package asterisk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
)

// rootName carries a number to raise when the way of building changes, so that
// an old cache is not used.
const rootName = "asterisk-sid-1"

// namedLoader is a link in the root to its dynamic loader, so that ps and top
// show asterisk and not the loader's name.
const namedLoader = "hotline/asterisk"

// CacheDir is where the unpacked Asterisk is kept, outside of any checkout:
// $XDG_CACHE_HOME/hotline, else ~/.cache/hotline; for root /var/cache/hotline,
// because the unprivileged user whom Asterisk runs as cannot look into /root.
func CacheDir() string {
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "hotline")
	}
	if os.Geteuid() == 0 {
		return "/var/cache/hotline"
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "hotline-cache")
	}
	return filepath.Join(home, ".cache", "hotline")
}

// Install returns a usable Asterisk and builds one from Debian's packages
// where there is none, which takes about a minute and 550 MB. Progress lines
// go to progress. Several processes may call it at once: one builds.
func Install(ctx context.Context, progress io.Writer) (*Installation, error) {
	inst, err := Find(ctx)
	if err == nil || !errors.Is(err, ErrNotInstalled) {
		return inst, err
	}
	cache := CacheDir()
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, fmt.Errorf("make the cache folder: %w", err)
	}
	held, err := lock(ctx, filepath.Join(cache, rootName+".lock"), progress)
	if err != nil {
		return nil, err
	}
	defer held.Close()
	if inst, err := Find(ctx); err == nil {
		return inst, nil // another process has just built it
	}
	if err := build(ctx, filepath.Join(cache, rootName), held, progress); err != nil {
		return nil, fmt.Errorf("build Asterisk's folder: %w", err)
	}
	return Find(ctx)
}

// build makes root under another name and renames it when it is whole, so that
// an interrupted build is never taken for good. The children inherit the lock
// file, so that one that outlives this process still keeps others away.
func build(ctx context.Context, root string, held *os.File, progress io.Writer) error {
	admin, err := asRoot()
	if err != nil {
		return err
	}
	debootstrap, err := lookPath("debootstrap")
	if err != nil {
		return errors.New("debootstrap is not installed; run `make setup`, or install the package debootstrap")
	}
	half, log := root+".half", root+".log"
	// A build that was killed may have left its /proc mounted in there.
	const clean = `for m in proc sys dev/pts dev; do ! mountpoint -q "$1/$m" || umount "$1/$m"; done; rm -rf --one-file-system "$1"`
	if out, err := admin(ctx, "sh", "-c", clean, "sh", half).CombinedOutput(); err != nil {
		return fmt.Errorf("remove an earlier half-made %s: %w: %s", half, err, out)
	}
	fmt.Fprintf(progress, "asterisk: building %s from Debian's packages (about a minute, log %s)\n", root, log)
	cmd := admin(ctx, debootstrap, "--variant=minbase", "--include=asterisk,asterisk-modules,sip-tester", "sid", half)
	cmd.ExtraFiles = []*os.File{held}
	if err := runShowing(cmd, log, progress); err != nil {
		return fmt.Errorf("debootstrap: %w; %s", err, proc.Tail(log, 8))
	}
	loader, err := loaderOf(half, filepath.Join(half, "usr/sbin/asterisk"))
	if err != nil {
		return err
	}
	toLoader, err := filepath.Rel(filepath.Join(half, filepath.Dir(namedLoader)), loader)
	if err != nil {
		return fmt.Errorf("find the dynamic loader: %w", err)
	}
	// The packages themselves and their lists are no longer needed.
	const finish = `rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc &&
		mkdir -p "$(dirname "$1/$3")" && ln -sfn "$4" "$1/$3" && chmod 755 "$1" && mv "$1" "$2"`
	if out, err := admin(ctx, "sh", "-c", finish, "sh", half, root, namedLoader, toLoader).CombinedOutput(); err != nil {
		return fmt.Errorf("put the finished folder in place: %w: %s", err, out)
	}
	fmt.Fprintln(progress, "asterisk: built")
	return nil
}

// asRoot returns how to make a command that runs as root.
func asRoot() (func(context.Context, string, ...string) *exec.Cmd, error) {
	if os.Geteuid() == 0 {
		return exec.CommandContext, nil
	}
	sudo, err := exec.LookPath("sudo")
	if err != nil {
		return nil, errors.New("the packages of Asterisk can be unpacked only by root, and there is no sudo: run `make setup` once as root, or install Asterisk " + MinVersion.String() + " or newer on this host")
	}
	return func(ctx context.Context, name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, sudo, append([]string{name}, args...)...)
		cmd.Stdin = os.Stdin // sudo may ask for the password
		return cmd
	}, nil
}

// runShowing runs cmd with its output in a log and, every few seconds, the
// stage it has reached on progress.
func runShowing(cmd *exec.Cmd, log string, progress io.Writer) error {
	f, err := os.Create(log)
	if err != nil {
		return fmt.Errorf("make the log: %w", err)
	}
	defer f.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read its output: %w", err)
	}
	cmd.Stderr = f
	// The kernel counts the end of this thread as the end of the parent.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	// Asked in good order it unmounts what it has mounted in the new folder.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	shown := time.Now()
	lines := bufio.NewScanner(io.TeeReader(out, f))
	for lines.Scan() {
		stage, isStage := strings.CutPrefix(lines.Text(), "I: ")
		if isStage && time.Since(shown) > 3*time.Second {
			shown = time.Now()
			fmt.Fprintln(progress, "asterisk:  ", strings.TrimSuffix(stage, "..."))
		}
	}
	return cmd.Wait()
}

// lock takes the lock file and waits while another process holds it.
func lock(ctx context.Context, path string, progress io.Writer) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	said := false
	err = proc.Poll(ctx, nil, func(context.Context) error {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil && !said {
			said = true
			fmt.Fprintln(progress, "asterisk: waiting for another build to finish")
		}
		return err
	})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("wait for %s: %w", path, err)
	}
	return f, nil
}
