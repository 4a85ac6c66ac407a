package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	agents "hotline/agent"
	"hotline/deploy/desk"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

const (
	ringFor  = 2 * time.Second  // before the agent answers
	holdFor  = 3 * time.Second  //
	talkFor  = 22 * time.Second // before he says goodbye in any case
	leaveFor = 10 * time.Second // for going home in good order
	holdEach = 3                // calls: the first of them is held
)

// AgentOptions says who takes calls, and where.
type AgentOptions struct {
	// Console is the address of the console, SIP is host:port of Asterisk.
	Console, SIP string
	// No and Password are those of an account with a desk telephone.
	No, Password string
	// Cache keeps the synthetic speech between runs.
	Cache string
	// Progress receives a line for each thing the agent does.
	Progress io.Writer
}

// clerk is the demo's agent at his desk.
type clerk struct {
	opts    AgentOptions
	part    *part
	console *desk.Console
	phone   *telephone
	taken   int // calls
}

// RunAgent takes calls until ctx ends: the agent answers, talks, sometimes holds, hangs up, and writes down what it
// was about. At the end he signs out. The error is that of a desk he cannot sit at, or was sent away from.
func RunAgent(ctx context.Context, opts AgentOptions) error {
	part, err := rehearse(ctx, opts.No, opts.Cache, opts.Progress)
	if err != nil {
		return err
	}
	c := &clerk{opts: opts, part: part, console: desk.NewConsole(opts.Console, opts.No, opts.Password)}
	if c.phone, err = plugIn(opts, c.console); err != nil {
		return err
	}
	// Console and telephone outlive ctx: the agent still needs them to go home.
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	sent := make(chan error, 1)
	go func() { sent <- c.console.Run(live) }()
	registered := make(chan struct{})
	go func() {
		defer close(registered)
		c.phone.stayRegistered(live)
	}()

	err = c.work(ctx, sent)
	if err == nil {
		err = c.goHome()
	}
	stop()
	<-registered
	return errors.Join(err, c.phone.Unplug())
}

// work takes calls until ctx ends or the gateway sends the console away.
func (c *clerk) work(ctx context.Context, sent <-chan error) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-sent:
			return err
		case ring := <-c.phone.Rings():
			c.take(ctx, ring)
		case <-c.console.Changed():
		case <-tick.C:
		}
		c.tend(ctx)
	}
}

// tend does what the desk asks for between two calls.
func (c *clerk) tend(ctx context.Context) {
	d, err := c.console.Desk()
	if err != nil || ctx.Err() != nil {
		return
	}
	switch {
	case d.Agent.State == agents.SignedOut:
		c.do(ctx, switchboard.CmdSignIn, struct{}{}, "")
	case d.Agent.State == agents.NotReady && notByWill(d.Agent.Reason) && c.phone.registered.Load():
		if c.do(ctx, switchboard.CmdReady, struct{}{}, "") == nil {
			c.say("ready")
		}
	case d.Agent.State == agents.WrapUp && d.Call != nil:
		if wait(ctx, between(2*time.Second, 4*time.Second)) {
			c.finish(ctx, d.Call)
		}
	}
}

// notByWill tells whether an agent is not ready for a reason that is over once he is back at his desk.
func notByWill(reason string) bool {
	switch reason {
	case agents.ReasonSignedIn, agents.ReasonNoAnswer, agents.ReasonUnreachable, agents.ReasonLinkLost:
		return true
	}
	return false
}

// take lives through one call, from its ringing until the receiver is down.
func (c *clerk) take(ctx context.Context, ring *desk.Ring) {
	talking, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ring.Context(), cancel)()
	if !wait(talking, ringFor) {
		if ctx.Err() != nil {
			_ = ring.Refuse() // the caller goes on to somebody else
		}
		return
	}
	d, _ := c.console.Desk() // without a link the screen pop is missing, not the caller
	number := ""
	if d.Call != nil {
		number = d.Call.Number
	}
	if err := ring.Answer(); err != nil {
		c.say("%v", err)
		return
	}
	began := time.Now()
	c.say("answers %s", number)
	c.talk(talking, ring, c.part.to(number))
	hangUp, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	by := "the caller has hung up"
	if talking.Err() == nil || ctx.Err() != nil {
		by = "hangs up"
		if err := ring.HangUp(hangUp); err != nil {
			c.say("%v", err)
		}
	}
	c.say("%s after %v, having heard him for %v", by, time.Since(began).Round(time.Second), ring.Heard().Round(time.Second))
}

// talk is the conversation; it ends early with ctx.
func (c *clerk) talk(ctx context.Context, ring *desk.Ring, r reply) {
	main, cancel := context.WithTimeout(ctx, talkFor)
	defer cancel()
	ring.Say(main, c.part.greeting)
	wait(main, between(time.Second, 4*time.Second)) // he listens
	ring.Say(main, r.answer)
	if c.taken++; c.taken%holdEach == 1 {
		c.hold(main, ctx, ring)
	}
	wait(main, between(time.Second, 2*time.Second))
	if id := c.callID(); id != "" {
		_ = c.do(main, switchboard.CmdSave, switchboard.WrapUpArgs{Disposition: r.disposition, Note: r.note}, id)
	}
	ring.Say(main, r.promise)
	wait(main, time.Second)
	ring.Say(ctx, c.part.farewell)
}

// hold lets the caller hear music for a while. Whoever was put on hold is taken back, even if it takes longer than the
// talk should.
func (c *clerk) hold(main, whole context.Context, ring *desk.Ring) {
	ring.Say(main, c.part.hold)
	id := c.callID()
	if id == "" || c.do(main, switchboard.CmdHold, struct{}{}, id) != nil {
		return
	}
	c.say("holds")
	wait(whole, holdFor)
	for c.do(whole, switchboard.CmdResume, struct{}{}, id) != nil && wait(whole, time.Second) {
		if d, err := c.console.Desk(); err == nil && d.Agent.State != agents.Held {
			return
		}
	}
	ring.Say(main, c.part.back)
}

// finish ends the wrap-up with what was saved during the call, or with what fits the number.
func (c *clerk) finish(ctx context.Context, d *switchboard.DeskCall) {
	r := c.part.to(d.Number)
	if c.do(ctx, switchboard.CmdFinish, switchboard.WrapUpArgs{Disposition: r.disposition, Note: r.note}, d.ID) == nil {
		c.say("has written down %s as %s", d.Number, r.disposition)
	}
}

// goHome signs out, with no call left at the desk.
func (c *clerk) goHome() error {
	ctx, cancel := context.WithTimeout(context.Background(), leaveFor)
	defer cancel()
	for ; ; wait(ctx, 100*time.Millisecond) {
		d, err := c.console.Desk()
		if ctx.Err() != nil {
			return fmt.Errorf("agent %s could not sign out: %s: %w", c.opts.No, d.Agent.State, errors.Join(err, ctx.Err()))
		}
		switch {
		case err != nil:
		case d.Agent.State == agents.SignedOut:
			c.say("signed out")
			c.phone.unregister(ctx)
			return c.console.SignOut(ctx)
		case d.Call != nil && d.Agent.State == agents.WrapUp:
			c.finish(ctx, d.Call)
		case d.Call != nil && d.Agent.State == agents.Reserved:
			_ = c.do(ctx, switchboard.CmdRefuse, switchboard.RefuseArgs{Reason: "going_home"}, d.Call.ID)
		case d.Call != nil && (d.Agent.State == agents.Talking || d.Agent.State == agents.Held):
			// Often the desk has not heard yet that the receiver is down.
			_ = c.console.Do(ctx, switchboard.CmdHangUp, struct{}{}, d.Call.ID)
		default:
			_ = c.do(ctx, switchboard.CmdSignOut, struct{}{}, "")
		}
	}
}

// callID names the call at the desk, empty when none is shown.
func (c *clerk) callID() call.ID {
	d, err := c.console.Desk()
	if err != nil || d.Call == nil {
		return ""
	}
	return d.Call.ID
}

// do is a command whose refusal is worth a line and nothing more: the desk is tended again and again.
func (c *clerk) do(ctx context.Context, name string, args any, id call.ID) error {
	err := c.console.Do(ctx, name, args, id)
	if err != nil && ctx.Err() == nil {
		c.say("%v", err)
	}
	return err
}

func (c *clerk) say(format string, args ...any) {
	fmt.Fprintf(c.opts.Progress, "agent %s: %s\n", c.opts.No, fmt.Sprintf(format, args...))
}

func between(least, most time.Duration) time.Duration { return least + rand.N(most-least) }
