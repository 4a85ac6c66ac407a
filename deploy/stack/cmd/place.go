package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
	"hotline/deploy/stack"
)

// place is where a checkout keeps its one running stack.
type place struct{ root string }

func here() (place, error) {
	root, err := stack.ModuleRoot()
	return place{root}, err
}

func (p place) dir() string  { return filepath.Join(p.root, "build", "stack") }
func (p place) info() string { return filepath.Join(p.root, "build", "stack.json") }
func (p place) log() string  { return filepath.Join(p.dir(), "stack.log") }
func (p place) lock() string { return filepath.Join(p.dir(), "stack.lock") }

// errRunning says that another process owns the stack.
var errRunning = errors.New("the stack runs already")

// claim takes the lock that the owner of the stack holds for its whole life.
// The kernel gives it back however the owner ends, so there is no process id
// on file that could be stale.
func (p place) claim() (*os.File, error) {
	if err := os.MkdirAll(p.dir(), 0o755); err != nil {
		return nil, fmt.Errorf("make the stack's folder: %w", err)
	}
	f, err := os.OpenFile(p.lock(), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the stack's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, errRunning
	}
	return f, nil
}

// owner returns the process id of the stack's owner, 0 when nobody runs it.
func (p place) owner() (int, error) {
	f, err := p.claim()
	if err == nil {
		f.Close()
		return 0, nil
	}
	if !errors.Is(err, errRunning) {
		return 0, err
	}
	text, err := os.ReadFile(p.lock())
	if err != nil {
		return 0, fmt.Errorf("read the stack's lock: %w", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read the stack's lock %s: %w", p.lock(), err)
	}
	return pid, nil
}

// waitFree waits until the owner has ended.
func (p place) waitFree(ctx context.Context, atMost time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	return proc.Poll(ctx, nil, func(context.Context) error {
		f, err := p.claim()
		if err == nil {
			f.Close()
		}
		return err
	})
}
