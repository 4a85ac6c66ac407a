package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hotline/deploy/internal/proc"
	"hotline/deploy/stack"
)

// stopDeadline is longer than the servers' own deadlines together.
const stopDeadline = 60 * time.Second

type upCmd struct {
	runFlags
}

// runFlags are common to up and to the process that it leaves behind.
type runFlags struct {
	ConsolePort int    `default:"12345" help:"Port of the console, where it is free."`
	SIPPort     int    `name:"sip-port" default:"5060" help:"Port of SIP over UDP, where it is free."`
	NoServices  bool   `help:"Let nobody answer as 110, 119, 120, 122 and the sub-centres."`
	Prometheus  bool   `help:"Start a Prometheus too, at port 9090 where it is free."`
	NoGateway   bool   `help:"Start PostgreSQL and Asterisk only."`
	Lines       string `help:"CSV file of dialled numbers." type:"path"`
	Recorded    string `help:"Folder of recorded prompts, NAME.wav." type:"path"`
}

func (c *upCmd) Run(ctx context.Context) error {
	p, err := here()
	if err != nil {
		return err
	}
	pid, err := p.owner()
	if err != nil {
		return err
	}
	if pid != 0 {
		fmt.Println("The stack is already up.")
		return show(p)
	}
	owner, err := c.spawn(p)
	if err != nil {
		return err
	}
	if err := c.follow(ctx, p, owner); err != nil {
		return err
	}
	if !c.NoGateway {
		if err := examine(ctx, p); err != nil {
			fmt.Println("doctor:", err) // what was started goes on
		}
	}
	return show(p)
}

// spawn starts `stack run` in a session of its own, so that it survives this
// command and the terminal.
func (c *upCmd) spawn(p place) (*exec.Cmd, error) {
	if err := os.MkdirAll(p.dir(), 0o755); err != nil {
		return nil, fmt.Errorf("make the stack's folder: %w", err)
	}
	log, err := os.Create(p.log())
	if err != nil {
		return nil, fmt.Errorf("make the stack's log: %w", err)
	}
	defer log.Close()
	if err := os.Remove(p.info()); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("remove what an earlier stack left: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(self, append([]string{"run"}, c.args()...)...)
	cmd.Dir = p.root
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the stack: %w", err)
	}
	return cmd, nil
}

func (f runFlags) args() []string {
	args := []string{
		"--console-port=" + strconv.Itoa(f.ConsolePort), "--sip-port=" + strconv.Itoa(f.SIPPort),
		"--no-services=" + strconv.FormatBool(f.NoServices),
		"--no-gateway=" + strconv.FormatBool(f.NoGateway), "--prometheus=" + strconv.FormatBool(f.Prometheus),
	}
	if f.Lines != "" {
		args = append(args, "--lines="+f.Lines)
	}
	if f.Recorded != "" {
		args = append(args, "--recorded="+f.Recorded)
	}
	return args
}

// follow shows the owner's progress until it has written its addresses, which
// it does when everything serves. Ctrl-C stops it.
func (c *upCmd) follow(ctx context.Context, p place, owner *exec.Cmd) error {
	log, err := os.Open(p.log())
	if err != nil {
		return fmt.Errorf("read the stack's log: %w", err)
	}
	defer log.Close()
	ended := make(chan struct{})
	go func() {
		_ = owner.Wait() // its log says why
		close(ended)
	}()
	err = proc.Poll(ctx, ended, func(context.Context) error {
		if _, err := io.Copy(os.Stdout, log); err != nil {
			return fmt.Errorf("read the stack's log: %w", err)
		}
		_, err := os.Stat(p.info())
		return err
	})
	if err == nil {
		return nil
	}
	_ = owner.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	<-ended
	_, _ = io.Copy(os.Stdout, log)
	if ctx.Err() != nil {
		return errors.New("interrupted; what had been started is stopped again")
	}
	return fmt.Errorf("the stack did not start; see above, and %s", p.log())
}

type runCmd struct {
	runFlags
}

// Run owns the servers until a signal comes.
func (c *runCmd) Run(ctx context.Context) error {
	p, err := here()
	if err != nil {
		return err
	}
	lock, err := p.claim()
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := lock.Truncate(0); err != nil {
		return fmt.Errorf("write the process id: %w", err)
	}
	if _, err := fmt.Fprintln(lock, os.Getpid()); err != nil {
		return fmt.Errorf("write the process id: %w", err)
	}
	s, err := stack.Start(ctx, stack.Options{
		Dir: p.dir(), Gateway: !c.NoGateway, Agents: stack.DemoAccounts(), Durable: true,
		ConsolePort: c.ConsolePort, SIPPort: c.SIPPort, Lines: c.Lines, Recorded: c.Recorded,
		Services:   !c.NoServices,
		Prometheus: c.Prometheus && !c.NoGateway, PrometheusPort: 9090,
		Progress: os.Stdout,
	})
	if err != nil {
		return err
	}
	write := func() error { return s.WriteJSON(p.info()) }
	err = write()
	if err == nil {
		s.KeepUp(ctx, func() { err = errors.Join(err, write()) })
		fmt.Println("stopping")
	}
	return errors.Join(err, s.Stop(), os.Remove(p.info()))
}

type downCmd struct{}

func (c *downCmd) Run(ctx context.Context) error {
	p, err := here()
	if err != nil {
		return err
	}
	pid, err := p.owner()
	if err != nil {
		return err
	}
	if pid == 0 {
		fmt.Println("Nothing runs.")
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("ask the stack (process %d) to stop: %w", pid, err)
	}
	if p.waitFree(ctx, stopDeadline) == nil {
		fmt.Println("The stack is down. Its data stay in", p.dir())
		return nil
	}
	// Its servers end with it: the kernel tells them.
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("end the stack (process %d): %w", pid, err)
	}
	return fmt.Errorf("the stack did not stop within %v and was killed; see %s", stopDeadline, p.log())
}

type statusCmd struct{}

func (c *statusCmd) Run() error {
	p, err := here()
	if err != nil {
		return err
	}
	pid, err := p.owner()
	if err != nil {
		return err
	}
	if pid == 0 {
		fmt.Println("Nothing runs. `make up` starts it.")
		return nil
	}
	return show(p)
}

// show prints where to go and who may sign in.
func show(p place) error {
	info, err := stack.ReadInfo(p.info())
	if os.IsNotExist(err) {
		fmt.Println("The stack is still starting; its progress is in", p.log())
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Println()
	if info.PIDs.Gateway != 0 {
		fmt.Println("  Console   ", info.Console)
		for _, a := range info.Accounts {
			fmt.Printf("             %s %s (%s)  password %s\n", a.AgentNo, a.Name, a.Role, a.Password)
		}
		fmt.Println("  Metrics   ", info.Metrics)
		if info.Prometheus != "" {
			fmt.Println("  Prometheus", info.Prometheus)
		}
	}
	fmt.Println("  SIP       ", info.SIP, "(UDP)")
	for _, s := range info.Services {
		fmt.Printf("  Trunk      %s: %s answer at %s\n", s.Trunk, strings.Join(s.Numbers, ", "), s.Address)
	}
	fmt.Println("  ARI       ", info.ARI.URL)
	fmt.Println("  PostgreSQL", info.Postgres)
	fmt.Println("  All of it ", p.info())
	fmt.Println("\n`make demo` lets citizens call; `make down` stops everything and keeps the data.")
	return nil
}
