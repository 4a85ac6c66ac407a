package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"hotline/gateway/store"
)

// AuditCommand is `hotline audit`.
type AuditCommand struct {
	Verify VerifyAudit `cmd:"" help:"Look whether any row of the audit was changed or removed by hand."`
}

// VerifyAudit is `hotline audit verify`.
type VerifyAudit struct {
	KeysConfig
	DatabaseURL string `env:"HOTLINE_DATABASE_URL" required:"" help:"PostgreSQL, postgres://user:password@host/database."`
	Anchor      string `help:"Head that an earlier verification printed, SEQ:HASH: finds also rows that were cut off or all made anew."`
	JSON        bool   `name:"json" help:"For programs."`
}

// Run verifies and prints. A broken chain is its error, so that the exit status is 1.
func (c *VerifyAudit) Run(ctx context.Context) error {
	db, err := c.open(ctx, c.DatabaseURL, quiet())
	if err != nil {
		return err
	}
	defer db.Close()
	v, err := db.VerifyAudit(ctx, c.Anchor)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(v); err != nil {
			return err
		}
	} else {
		printVerdict(v)
	}
	if len(v.Faults) > 0 {
		return fmt.Errorf("the audit was changed by hand: %d places", len(v.Faults))
	}
	return nil
}

func printVerdict(v store.AuditVerdict) {
	for _, f := range v.Faults {
		fmt.Printf("fault    row %d (id %d): %s\n", f.Seq, f.ID, f.What)
	}
	for _, f := range v.Clock {
		fmt.Printf("clock    row %d (id %d): %s\n", f.Seq, f.ID, f.What)
	}
	fmt.Printf("%d rows; head %s\n", v.Rows, v.Head)
	if len(v.Faults) == 0 {
		fmt.Println("no row was changed or removed. Keep the head elsewhere and give it as --anchor the next time.")
	}
}

// open opens the store as the command is told to, with the keys.
func (c *KeysConfig) open(ctx context.Context, dsn string, log *slog.Logger) (*store.Store, error) {
	keys, err := c.ring()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, dsn, keys, log)
	if err != nil {
		return nil, err
	}
	if err := db.OwnedBy(c.OwnerURL); err != nil {
		db.Close()
		return nil, fmt.Errorf("HOTLINE_OWNER_URL: %w", err)
	}
	return db, nil
}
