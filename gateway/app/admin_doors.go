package app

import (
	"context"
	"os/user"

	"hotline/gateway/store"
)

// accountFlags name one account.
type accountFlags struct {
	KeysConfig
	DatabaseURL string `env:"HOTLINE_DATABASE_URL" required:"" help:"PostgreSQL, postgres://user:password@host/database."`
	AgentNo     string `required:"" help:"Agent number of the account."`
}

// change does something to the account and leaves a trace of it, with who did it on this machine.
func (f *accountFlags) change(ctx context.Context, action string, do func(*store.Store) error) error {
	keys, err := f.ring()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, f.DatabaseURL, keys, quiet())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := do(db); err != nil {
		return err
	}
	detail := map[string]any{}
	if who, err := user.Current(); err == nil {
		detail["by"] = who.Username
	}
	return db.Audit(ctx, store.AuditEntry{Who: "system", Action: action, Object: f.AgentNo, Detail: detail})
}

// Unlock is `hotline admin unlock`.
type Unlock struct{ accountFlags }

// Run lets the account sign in again at once.
func (c *Unlock) Run(ctx context.Context) error {
	return c.change(ctx, "account.unlock", func(db *store.Store) error { return db.Unlock(ctx, c.AgentNo) })
}

// ResetSecondFactor is `hotline admin reset-second-factor`.
type ResetSecondFactor struct{ accountFlags }

// Run takes the account's second factor and recovery codes away.
func (c *ResetSecondFactor) Run(ctx context.Context) error {
	return c.change(ctx, "account.reset_second_factor", func(db *store.Store) error { return db.ResetFactor(ctx, c.AgentNo) })
}
