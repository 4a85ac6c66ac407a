// Command stack sets up a machine for the hotline, and starts, shows and stops
// the whole of it for development: `make setup`, `make up`, `make demo`,
// `make down`.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"hotline/deploy/internal/proc"
)

type commands struct {
	Setup  setupCmd  `cmd:"" help:"Install what is missing on this machine."`
	Up     upCmd     `cmd:"" help:"Start PostgreSQL, Asterisk and the gateway; they go on until 'down'."`
	Down   downCmd   `cmd:"" help:"Stop what 'up' started. Data stay."`
	Status statusCmd `cmd:"" help:"Show whether it runs, and its addresses."`
	Demo   demoCmd   `cmd:"" help:"Let citizens call the running stack until Ctrl-C."`
	Run    runCmd    `cmd:"" hidden:"" help:"Own the servers in the foreground (what 'up' starts)."`
}

func main() {
	var c commands
	k := kong.Parse(&c, kong.Name("stack"),
		kong.Description("The real servers of the hotline on this machine."), kong.UsageOnError())
	ctx, stop := proc.Context()
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "stack:", err)
		stop()
		os.Exit(1)
	}
}
