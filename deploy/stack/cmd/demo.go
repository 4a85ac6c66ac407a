package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	made, failed, err := demo.Run(ctx, demo.Options{
		SIP: info.SIP, Dial: c.Dial, Every: c.Every, AtOnce: c.AtOnce, Calls: c.Calls, Patience: c.Patience,
		SIPp: inst.SIPp, Cache: stack.PromptCache(), Progress: os.Stdout,
	})
	if err == nil && failed > 0 {
		err = fmt.Errorf("%d of %d calls failed", failed, made)
	}
	return err
}
