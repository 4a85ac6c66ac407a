// Package proc runs the servers of a stack as children: each with its log
// file, its unprivileged user and a promise to end with its parent.
//
// It is Linux only, as the stack is.
package proc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Spec says what to run.
type Spec struct {
	// Name is for messages and is the process's argv[0] where Argv0 is empty.
	Name string
	Path string
	// Argv0 replaces the process's argv[0].
	Argv0 string
	Args  []string
	// Env is the whole environment; nil means the parent's.
	Env []string
	// Dir is the folder it works in. A child that drops to another user is
	// started in "/" instead, as it may not be allowed to enter Dir yet.
	Dir string
	// LogFile receives standard output and standard error, appended.
	LogFile string
	// User is who runs it; the zero value is the parent's own user.
	User User
	// Hostname, if not empty, is what the child takes the host's name to be.
	// Only root can have that.
	Hostname string
	// Orphaned is the signal the kernel sends when the parent dies without
	// stopping it, so that a killed test leaves nothing behind.
	Orphaned syscall.Signal
}

// Process is a running child. Its methods may be called from any goroutine.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}

	mu  sync.Mutex
	err error // how it ended; valid once done is closed
}

// Start starts the child in a session of its own, as a service has, so that a
// Ctrl-C in the terminal reaches the owner alone and the owner decides the
// order, and the kernel shares the processors among the servers.
func Start(spec Spec) (*Process, error) {
	out, err := os.OpenFile(spec.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", spec.Name, err)
	}
	defer out.Close()

	cmd := exec.Command(spec.Path, spec.Args...)
	if spec.Argv0 != "" {
		cmd.Args[0] = spec.Argv0
	}
	cmd.Env = spec.Env
	cmd.Stdout, cmd.Stderr = out, out
	spec.User.Apply(cmd, spec.Dir)
	cmd.SysProcAttr.Setsid = true
	cmd.SysProcAttr.Pdeathsig = spec.Orphaned

	p := &Process{name: spec.Name, log: spec.LogFile, cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The kernel counts the death of the thread that started the child as
		// the parent's, so that thread is kept until the child has ended.
		runtime.LockOSThread()
		if spec.Hostname == "" {
			defer runtime.UnlockOSThread()
		} else if err := rename(spec.Hostname); err != nil {
			started <- err
			return // and the thread, which is of no use to others, ends
		}
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		err := cmd.Wait()
		p.mu.Lock()
		p.err = err
		p.mu.Unlock()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s (%s): %w", spec.Name, spec.Path, err)
	}
	return p, nil
}

// rename gives this thread, and the children that it starts, a host name of
// their own.
func rename(hostname string) error {
	if err := syscall.Unshare(syscall.CLONE_NEWUTS); err != nil {
		return fmt.Errorf("separate the host's name: %w", err)
	}
	if err := syscall.Sethostname([]byte(hostname)); err != nil {
		return fmt.Errorf("set the host's name: %w", err)
	}
	return nil
}

// PID is the child's process id, also after its end.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Alive tells whether the child still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Err says how the child ended: nil while it runs or after exit status 0.
func (p *Process) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Signal sends sig to the child alone. A child that has ended is no error.
func (p *Process) Signal(sig syscall.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("send %v to %s: %w", sig, p.name, err)
	}
	return nil
}

// Kill ends the child and its whole process group at once and waits for it.
func (p *Process) Kill() {
	p.killGroup()
	<-p.done
}

// Stop sends sig and waits up to grace for the child to end; then it kills the
// child's process group and says so in its error.
func (p *Process) Stop(sig syscall.Signal, grace time.Duration) error {
	if !p.Alive() {
		return nil
	}
	if err := p.Signal(sig); err != nil {
		return err
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		p.killGroup() // stragglers among its own children
		return nil
	case <-timer.C:
		p.Kill()
		return fmt.Errorf("%s did not stop within %v of %v and was killed; %s", p.name, grace, sig, Tail(p.log, 5))
	}
}

func (p *Process) killGroup() {
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL) // ESRCH: nobody is left
}

// Wait polls ready until it returns nil, the child ends, ctx ends or the
// deadline passes. The error quotes the child's last log lines.
func (p *Process) Wait(ctx context.Context, deadline time.Duration, ready func(context.Context) error) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	err := Poll(ctx, p.done, ready)
	switch {
	case err == nil:
		return nil
	case !p.Alive():
		return fmt.Errorf("%s ended while starting (%v); %s", p.name, p.cmd.ProcessState, Tail(p.log, 15))
	default:
		return fmt.Errorf("%s was not ready after %v: %w; %s", p.name, time.Since(began).Round(time.Second), err, Tail(p.log, 15))
	}
}

// Poll calls ready every few milliseconds until it returns nil, stop closes or
// ctx ends, and returns the last error of ready in that case.
func Poll(ctx context.Context, stop <-chan struct{}, ready func(context.Context) error) error {
	const first, most = 5 * time.Millisecond, 100 * time.Millisecond
	for pause := first; ; pause = min(pause*2, most) {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if _, final := errors.AsType[hopeless](err); final {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-stop:
			timer.Stop()
			return err
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%w (%w)", err, ctx.Err())
		}
	}
}

// Hopeless marks an error of a ready function that waiting cannot heal.
func Hopeless(err error) error { return hopeless{err} }

type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// Context returns a context that ends at Ctrl-C, SIGTERM or a closed terminal.
func Context() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}
