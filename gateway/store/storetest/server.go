package storetest

import (
	"testing"

	"hotline/deploy/postgres"
)

// PostgreSQL is a server of one test's own, which the test may stop and start.
type PostgreSQL struct {
	t      testing.TB
	server *postgres.Server
}

// Server starts a server for this test alone, with a migrated database. It takes about a second.
func Server(t testing.TB) *PostgreSQL {
	t.Helper()
	server, err := postgres.Start(t.Context(), postgres.Options{
		Unsafe: true, Settings: map[string]string{"synchronous_commit": "on"},
	})
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := migrate(t.Context(), server.DSN()); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return &PostgreSQL{t: t, server: server}
}

// DSN is the address of its database, the same after every start.
func (p *PostgreSQL) DSN() string { return p.server.DSN() }

// Stop cuts all connections and stops the server; what was committed is kept.
func (p *PostgreSQL) Stop() {
	p.t.Helper()
	if err := p.server.Stop(); err != nil {
		p.t.Fatalf("storetest: %v", err)
	}
}

// Start starts a stopped server and returns when it answers.
func (p *PostgreSQL) Start() {
	p.t.Helper()
	if err := p.server.Start(p.t.Context()); err != nil {
		p.t.Fatalf("storetest: %v", err)
	}
}
