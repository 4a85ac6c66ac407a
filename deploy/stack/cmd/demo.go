package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"hotline/deploy/asterisk"
	"hotline/deploy/demo"
	"hotline/deploy/stack"
)

type demoCmd struct {
	Dial     string        `default:"12345" help:"The number that the citizens dial."`
	Every    time.Duration `default:"8s" help:"Mean time between two calls."`
	AtOnce   int           `default:"3" help:"How many citizens are on the line at the same time at most."`
	Calls    int           `default:"0" help:"End after so many calls; 0: never."`
	Patience time.Duration `default:"90s" help:"After how long a citizen hangs up by himself."`
	Agent    bool          `help:"Let a scripted agent at a desk telephone take calls too."`
}

func (c *demoCmd) Run(ctx context.Context) error {
	p, err := here()
	if err != nil {
		return err
	}
	info, err := stack.ReadInfo(p.info())
	if os.IsNotExist(err) {
		return errors.New("nothing runs; `make up` first")
	}
	if err != nil {
		return err
	}
	inst, err := asterisk.Find(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("Citizens call %s at %s until Ctrl-C. Sign in at %s to answer them.\n", c.Dial, info.SIP, info.Console)
	end, err := c.seatAgent(ctx, info)
	if err != nil {
		return err
	}
	made, failed, err := demo.Run(ctx, demo.Options{
		SIP: info.SIP, Dial: c.Dial, Every: c.Every, AtOnce: c.AtOnce, Calls: c.Calls, Patience: c.Patience,
		SIPp: inst.SIPp, Cache: stack.PromptCache(), Progress: os.Stdout,
	})
	if err == nil && failed > 0 {
		err = fmt.Errorf("%d of %d calls failed", failed, made)
	}
	return errors.Join(err, end())
}

// seatAgent lets the demo's agent work, if asked for, until ctx ends or end is called, which waits until he has gone
// home. That he cannot work is shown at once; the citizens go on calling.
func (c *demoCmd) seatAgent(ctx context.Context, info stack.Info) (end func() error, err error) {
	if !c.Agent {
		return func() error { return nil }, nil
	}
	i := slices.IndexFunc(info.Accounts, func(a stack.Account) bool { return a.AgentNo == stack.DemoAgent })
	if i < 0 {
		return nil, fmt.Errorf("the running stack has no agent %s; `make down`, then `make up`", stack.DemoAgent)
	}
	ctx, stop := context.WithCancel(ctx)
	gone := make(chan error, 1)
	go func() {
		err := demo.RunAgent(ctx, demo.AgentOptions{
			Console: info.Console, SIP: info.SIP, No: stack.DemoAgent, Password: info.Accounts[i].Password,
			Cache: stack.PromptCache(), Progress: os.Stdout,
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, "the demo's agent has stopped:", err)
		}
		gone <- err
	}()
	return func() error {
		stop()
		return <-gone
	}, nil
}
