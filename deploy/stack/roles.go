package stack

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// gatewayRole is the gateway's own role in PostgreSQL: the tables belong to another, so that it cannot change the audit.
const gatewayRole = "hotline_gateway"

// makeRole makes the gateway's role, with a password that stays in the folder.
func (s *Stack) makeRole(ctx context.Context) error {
	path := filepath.Join(s.dir, "gateway", "database-password")
	kept, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		kept = []byte(rand.Text())
		err = os.WriteFile(path, kept, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the password of the gateway's role: %w", err)
	}
	s.rolePassword = strings.TrimSpace(string(kept))
	sql := fmt.Sprintf(`DO $$ BEGIN CREATE ROLE %[1]s; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
		ALTER ROLE %[1]s LOGIN PASSWORD '%[2]s'`, gatewayRole, s.rolePassword)
	if out, err := s.Postgres.Psql(ctx, "-c", sql).CombinedOutput(); err != nil {
		return fmt.Errorf("make the gateway's role: %w: %s", err, out)
	}
	return nil
}

// gatewayDSN is the database as the gateway's own role sees it; Postgres.DSN is its owner's.
func (s *Stack) gatewayDSN() string {
	u, err := url.Parse(s.Postgres.DSN())
	if err != nil {
		return s.Postgres.DSN()
	}
	u.User = url.UserPassword(gatewayRole, s.rolePassword)
	return u.String()
}
