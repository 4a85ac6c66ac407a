package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	leaseCheck = 2 * time.Second

	tryLease = `
SELECT pg_try_advisory_lock(hashtextextended('hotline lease ' || $1, 0))`

	freeLease = `
SELECT pg_advisory_unlock_all()`

	selectLeaseHolder = `
SELECT a.application_name || ' since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ')
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('hotline lease ' || $1, 0)`
)

// Lease says that this program and no other does what the name stands for. It lasts as long as its connection, so
// a restart of PostgreSQL ends it: the holder then takes it again, and gives way only when that is ErrLeaseHeld.
type Lease struct {
	name    string
	conn    *pgx.Conn
	lost    chan struct{}
	stop    context.CancelFunc
	watched sync.WaitGroup
}

// HoldLease takes the lease of a name ("ari/hotline") on a connection of its own. When another program has it the
// error is ErrLeaseHeld and says who; while PostgreSQL is away, ErrUnavailable. It does not wait.
func (s *Store) HoldLease(ctx context.Context, name string) (*Lease, error) {
	conn, err := s.leaseConn(ctx, name)
	if err != nil {
		return nil, wrap(err, "hold the lease %s", name)
	}
	if err := takeLease(ctx, conn, name); err != nil {
		return nil, errors.Join(wrap(err, "hold the lease %s", name), conn.Close(context.WithoutCancel(ctx)))
	}
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &Lease{name: name, conn: conn, lost: make(chan struct{}), stop: stop}
	l.watched.Go(func() { l.watch(watch) })
	return l, nil
}

// leaseConn connects under a name that tells others who holds the lease. If this machine vanishes PostgreSQL
// notices within about 15 s and frees the lease.
func (s *Store) leaseConn(ctx context.Context, name string) (*pgx.Conn, error) {
	host, _ := os.Hostname()
	cfg := s.pool.Config().ConnConfig.Copy()
	holder := fmt.Sprintf("hotline on %s, process %d", host, os.Getpid())
	cfg.RuntimeParams["application_name"] = clean(holder, 60)
	cfg.RuntimeParams["tcp_keepalives_idle"] = "5"
	cfg.RuntimeParams["tcp_keepalives_interval"] = "3"
	cfg.RuntimeParams["tcp_keepalives_count"] = "3"
	return pgx.ConnectConfig(ctx, cfg)
}

func takeLease(ctx context.Context, conn *pgx.Conn, name string) error {
	var taken bool
	if err := conn.QueryRow(ctx, tryLease, key(name)).Scan(&taken); err != nil {
		return err
	}
	if taken {
		return nil
	}
	holder := "unknown"
	_ = conn.QueryRow(ctx, selectLeaseHolder, key(name)).Scan(&holder) // he may have gone meanwhile
	return fmt.Errorf("%w: %s", ErrLeaseHeld, holder)
}

// Lost is closed when the lease is no longer held: its connection died, or it was released.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Release gives the lease back and returns when another program may take it.
func (l *Lease) Release() {
	l.stop()
	l.watched.Wait()
}

// watch reads from the connection, which fails at once when PostgreSQL closes it, and asks for an answer every 2 s,
// which fails when PostgreSQL is silent.
func (l *Lease) watch(ctx context.Context) {
	defer close(l.lost)
	defer l.disconnect()
	for l.listen(ctx) == nil {
	}
}

func (l *Lease) listen(ctx context.Context) error {
	quiet, cancel := context.WithTimeout(ctx, leaseCheck)
	defer cancel()
	_, err := l.conn.WaitForNotification(quiet)
	if ctx.Err() != nil || (err != nil && quiet.Err() == nil) {
		return errors.Join(err, ctx.Err())
	}
	answer, cancel := context.WithTimeout(ctx, 2*leaseCheck)
	defer cancel()
	return l.conn.Ping(answer)
}

func (l *Lease) disconnect() {
	ctx, cancel := context.WithTimeout(context.Background(), leaseCheck)
	defer cancel()
	if !l.conn.IsClosed() {
		_, _ = l.conn.Exec(ctx, freeLease) // closing alone would free it a moment later
	}
	_ = l.conn.Close(ctx)
}
