// Command hotline is the gateway of a 12345 hotline: it queues callers, picks agents, and shows each call at the
// desk where it is answered.
//
// # Follow one call
//
// Open these in order; each is short.
//
//  1. deploy/asterisk/conf/extensions.conf: the caller is handed to our application.
//  2. gateway/ari/listen.go: Asterisk's event is read.
//  3. gateway/app/events.go: it becomes something that happened to a call.
//  4. gateway/switchboard/calls.go: the loop makes a call of it and plays events into it; carryout.go sees to what the call wants done.
//  5. gateway/call/states.go and conversation.go: what the call wants done in each state; session.go: what he hears.
//  6. gateway/queue/queue.go: who is next, and for whom.
//  7. agent/agent.go: what it means for the agent.
//  8. gateway/switchboard/desks.go: what he sees; gateway/push/serve.go carries it to his screen.
//  9. gateway/app/phone.go: what Asterisk is asked to do.
//  10. gateway/store/upsert.go: what is kept of it in PostgreSQL.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"hotline/gateway/app"
)

var version = "dev" // set by the build

type cli struct {
	Serve     app.Serve            `cmd:"" help:"Run the gateway."`
	Doctor    app.Doctor           `cmd:"" help:"Check Asterisk, PostgreSQL and this machine, and say what to do."`
	Admin     app.Admin            `cmd:"" help:"Accounts."`
	Evidence  app.EvidenceCommand  `cmd:"" help:"Bundles of evidence."`
	Keys      app.KeysCommand      `cmd:"" help:"Keys that numbers, names and recordings are encrypted with."`
	Retention app.RetentionCommand `cmd:"" help:"Remove what is kept of calls longer than it must be."`
	Audit     app.AuditCommand     `cmd:"" help:"The record of who looked at or did what."`
	Version   versionFlag          `help:"Print the version."`
}

type versionFlag bool

func (versionFlag) BeforeReset(k *kong.Kong) error {
	fmt.Fprintln(k.Stdout, version)
	k.Exit(0)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(&cli{}, kong.Name("hotline"),
		kong.Description("Gateway of a 12345 government hotline. Every flag can be set by the environment variable beside it."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(app.Build(version)), kong.UsageOnError())
	parsed.FatalIfErrorf(parsed.Run())
}
