// Package storetest gives every test a database of its own on a real PostgreSQL.
//
// All tests of a package share one server; each test has a private database copied from a migrated template, which
// takes some 30 ms, so all of them can run in parallel. The server is the one HOTLINE_TEST_DATABASE_URL names (a
// role that may create databases), which several packages can share, or one started for the package. A package that
// uses storetest has
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
package storetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/oklog/ulid/v2"
	"go.uber.org/goleak"

	"hotline/deploy/postgres"
	"hotline/gateway/seal"
	"hotline/gateway/store"
)

// EnvURL names the server the tests share.
const EnvURL = "HOTLINE_TEST_DATABASE_URL"

const setupTimeout = 60 * time.Second

// shared is the server of this package's tests.
var shared struct {
	mu       sync.Mutex
	main     bool
	base     string // DSN of the server
	template string
	server   *postgres.Server // nil when EnvURL names one
	err      error
}

// Main runs a package's tests, fails them when a goroutine is left, and stops what storetest started.
func Main(m *testing.M, options ...goleak.Option) {
	shared.main = true
	_ = flag.Set("test.parallel", "8") // the tests wait more than they compute; the command line overrides
	goleak.VerifyTestMain(runner{m}, options...)
}

type runner struct{ m *testing.M }

func (r runner) Run() int {
	code := r.m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return max(code, 1)
	}
	return code
}

func stopShared() error {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	switch {
	case shared.server != nil:
		return shared.server.Close()
	case shared.template != "":
		ctx, cancel := context.WithTimeout(context.Background(), setupTimeout)
		defer cancel()
		return execute(ctx, shared.base, "DROP DATABASE IF EXISTS "+shared.template+" WITH (FORCE)")
	}
	return nil
}

// New returns a store on an empty, migrated database of the test's own. It is closed when the test ends.
func New(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, DSN(t))
}

// DSN returns the address of an empty, migrated database of the test's own. It is dropped when the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "")
}

// newDatabase copies a template, the migrated one if none is named.
func newDatabase(t testing.TB, template string) string {
	t.Helper()
	base, migrated, err := prepareShared()
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	if template == "" {
		template = migrated
	}
	name := "test_" + strings.ToLower(ulid.Make().String())
	run(t, base, "CREATE DATABASE "+name+" TEMPLATE "+template)
	t.Cleanup(func() { run(t, base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return withDatabase(base, name)
}

// Open opens a store that is closed when the test ends and logs to the test.
func Open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, Keys(), Log(t))
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Keys returns the ring that all tests' stores share.
func Keys() *seal.KeyRing {
	ring, err := seal.NewKeyRing([seal.KeySize]byte{1}, seal.Key{ID: 1, Secret: [seal.KeySize]byte{2}})
	if err != nil {
		panic(err)
	}
	return ring
}

// Log returns a logger that writes to the test's output.
func Log(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func prepareShared() (base, template string, err error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.template == "" && shared.err == nil {
		shared.err = startShared()
	}
	return shared.base, shared.template, shared.err
}

func startShared() error {
	if !shared.main {
		return errors.New("the package's TestMain must call storetest.Main")
	}
	ctx, cancel := context.WithTimeout(context.Background(), setupTimeout)
	defer cancel()
	shared.base = os.Getenv(EnvURL)
	if shared.base == "" {
		server, err := postgres.Start(ctx, postgres.Options{Unsafe: true})
		if err != nil {
			return err
		}
		shared.server, shared.base = server, server.DSN()
	}
	template := "template_" + strings.ToLower(ulid.Make().String())
	if err := execute(ctx, shared.base, "CREATE DATABASE "+template); err != nil {
		return err
	}
	shared.template = template
	return migrate(ctx, withDatabase(shared.base, template))
}

func migrate(ctx context.Context, dsn string) error {
	s, err := store.Open(ctx, dsn, Keys(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Migrate(ctx)
}

func withDatabase(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn
	}
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, dsn, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setupTimeout)
	defer cancel()
	if err := execute(ctx, dsn, sql); err != nil {
		t.Errorf("storetest: %v", err)
	}
}

func execute(ctx context.Context, dsn, sql string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// EmptyDSN returns the address of a database without any table. It is dropped when the test ends.
func EmptyDSN(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "template0")
}

// ownRole is the gateway's role where another owns the tables.
const ownRole = "hotline_gateway"

// makeOwnRole makes the role of the server once; several tests may try at the same time.
const makeOwnRole = `
DO $$ BEGIN CREATE ROLE ` + ownRole + ` LOGIN PASSWORD '` + ownRole + `'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`

// AsOwnRole is New on a database whose tables belong to another role than the store's.
func AsOwnRole(t testing.TB) *store.Store {
	t.Helper()
	s := Open(t, OwnRoleDSN(t))
	return s
}

// OwnRoleDSN is DSN as the gateway's role, where another owns the tables.
func OwnRoleDSN(t testing.TB) string {
	t.Helper()
	owner := DSN(t)
	run(t, owner, makeOwnRole)
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(ownRole, ownRole)
	s := Open(t, u.String())
	if err := errors.Join(s.OwnedBy(owner), s.Migrate(t.Context())); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return u.String()
}
