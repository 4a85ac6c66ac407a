package app

import (
	"context"
	"fmt"
	"time"

	"hotline/gateway/store"
	"hotline/gateway/vault"
)

// RetentionConfig says how long what is kept of calls is kept.
type RetentionConfig struct {
	RetainRecordings int `env:"HOTLINE_RETAIN_RECORDINGS" default:"0" help:"Days after which a recording is removed for good; 0 keeps all."`
	RetainPersonal   int `env:"HOTLINE_RETAIN_PERSONAL" default:"0" help:"Days after which number, name and notes of a call are removed for good; 0 keeps all."`
}

func (c *RetentionConfig) retention() store.Retention {
	return store.Retention{Recordings: max(0, c.RetainRecordings), Personal: max(0, c.RetainPersonal)}
}

// RetentionCommand is `hotline retention`.
type RetentionCommand struct {
	Config
	RetentionConfig
	Folders
	DryRun bool `help:"Only say what is due."`
}

// Run removes what is due, or says what would be.
func (c *RetentionCommand) Run(ctx context.Context) error {
	if err := c.Config.Check(); err != nil {
		return err
	}
	db, err := c.open(ctx, c.DatabaseURL, quiet())
	if err != nil {
		return err
	}
	defer db.Close()
	due, held, err := db.Due(ctx, c.retention(), time.Now())
	if err != nil {
		return err
	}
	for _, d := range due {
		switch {
		case d.Days == 0:
			fmt.Printf("%-10s  kept for ever\n", d.Class)
		case d.Calls == 0:
			fmt.Printf("%-10s  older than %d days: none\n", d.Class, d.Days)
		default:
			fmt.Printf("%-10s  older than %d days: of %d calls, the oldest of %s\n", d.Class, d.Days, d.Calls, d.Oldest.Local().Format(time.DateOnly))
		}
	}
	fmt.Printf("held        %d calls, of which nothing is removed\n", held)
	if c.DryRun {
		return nil
	}
	keys, err := c.ring()
	if err != nil {
		return err
	}
	sealed, err := vault.New(vault.Options{Dir: c.recordingsDir(), Keys: keys, Source: studio{ari: c.ARI(noARIMeter{}, quiet())}, Log: quiet()})
	if err != nil {
		return err
	}
	did, err := db.Forget(ctx, c.retention(), time.Now(), sealed.Remove)
	for _, d := range did {
		fmt.Printf("%-10s  removed of %d calls\n", d.Class, d.Calls)
	}
	return err
}
