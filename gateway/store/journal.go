package store

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"

	"hotline/gateway/switchboard"
)

// JournalOptions are the bounds and listeners of a journal; zero fields take the values named.
type JournalOptions struct {
	Log          *slog.Logger // nil: silent
	Queue        int          // entries waiting for the disk: 65,536
	SegmentBytes int64        // size at which a file of the spool is finished: 4 MiB
	SpoolBytes   int64        // size of the whole spool beyond which entries are dropped: 1 GiB
	OnDropped    func()       // called for each entry dropped, from any goroutine; must not block
	OnRejected   func()       // called for each entry PostgreSQL refused; must not block
}

func (o JournalOptions) withDefaults() JournalOptions {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	o.Queue = orDefault(o.Queue, 65_536)
	o.SegmentBytes = orDefault(o.SegmentBytes, 4<<20)
	o.SpoolBytes = orDefault(o.SpoolBytes, 1<<30)
	if o.OnDropped == nil {
		o.OnDropped = func() {}
	}
	if o.OnRejected == nil {
		o.OnRejected = func() {}
	}
	return o
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Journal carries entries to PostgreSQL by way of files on the local disk, and implements switchboard.Journal.
//
// There is one path, in normal times, during an outage and after a restart: Append → memory → file → PostgreSQL.
// An entry is safe from the program's death once it is in the file (10 ms, transfers at once: Asterisk does not know
// which routes are left to 110), from the machine's once a second,
// and leaves the file when PostgreSQL has committed it. Order is kept. Writing an entry twice has no effect.
type Journal struct {
	opts   JournalOptions
	log    *slog.Logger
	store  *Store
	spool  *spool
	fresh  recent
	queue  chan item
	hurry  signal // a Flush waits: gather no longer
	urgent signal // an entry was appended that must be in the file at once

	mu     sync.RWMutex // held while Append sends, so that closing leaves no entry behind
	closed bool

	settled  counter // lines committed or rejected, leftovers of earlier runs included
	arrived  atomic.Int64
	dropped  atomic.Int64
	rejected atomic.Int64
	lastErr  atomic.Pointer[error]
	complain limiter // of trouble
	alarm    limiter // of drops
}

// item is an entry for the disk or, from Flush, the question how many lines were written before it.
type item struct {
	entry   switchboard.Entry
	written chan<- int64
}

// NewJournal opens the spool in dir, made if need be; one program at a time may have it. Lines an earlier run left
// there are sent first. Nothing is sent before Run.
func NewJournal(s *Store, dir string, opts JournalOptions) (*Journal, error) {
	opts = opts.withDefaults()
	j := &Journal{opts: opts, log: opts.Log, store: s, queue: make(chan item, opts.Queue), hurry: newSignal(), urgent: newSignal()}
	spool, err := openSpool(dir, opts)
	if err != nil {
		return nil, fmt.Errorf("open the journal's spool %s: %w", dir, err)
	}
	j.spool = spool
	j.arrived.Store(spool.written.Load())
	return j, nil
}

// Append takes e, whose records it copies, and returns at once. When 65,536 entries wait for the disk, or the spool
// is full, e is dropped, counted and an alarm logged.
func (j *Journal) Append(e switchboard.Entry) {
	it := item{entry: copyEntry(e)}
	j.mu.RLock()
	defer j.mu.RUnlock()
	if !j.closed {
		j.arrived.Add(1)
		select {
		case j.queue <- it:
			if e.Transfer != nil {
				j.urgent.raise()
			}
			return
		default:
			j.arrived.Add(-1)
		}
	}
	j.drop("the disk does not keep up")
}

func (j *Journal) drop(why string) {
	n := j.dropped.Add(1)
	j.opts.OnDropped()
	if j.alarm.may() {
		j.log.Error("journal entries are dropped: calls will lack records", "alarm", true, "why", why, "dropped", n)
	}
}

// Run writes and sends until ctx ends, then writes what was appended to the disk and closes the spool; what is not
// in PostgreSQL by then is sent by the next run. Its owner calls it once, and Flush before ending it.
func (j *Journal) Run(ctx context.Context) error {
	var group sync.WaitGroup
	group.Go(func() { j.write(ctx) })
	group.Go(func() { j.feed(ctx) })
	group.Go(func() { j.spool.syncEachSecond(ctx) })
	group.Wait()
	return j.spool.close()
}

// Flush returns when everything appended before it, and everything an earlier run left, is in PostgreSQL (or was
// refused by it), or with ctx's error. Run must be running.
func (j *Journal) Flush(ctx context.Context) error {
	written := make(chan int64, 1)
	select {
	case j.queue <- item{written: written}:
	case <-ctx.Done():
		return fmt.Errorf("flush the journal: %w", ctx.Err())
	}
	select {
	case n := <-written:
		j.hurry.raise()
		return wrapFlush(j.settled.wait(ctx, n))
	case <-ctx.Done():
		return fmt.Errorf("flush the journal: %w", ctx.Err())
	}
}

func wrapFlush(err error) error {
	if err != nil {
		return fmt.Errorf("flush the journal: %w", err)
	}
	return nil
}

// Pending is the number of entries not yet in PostgreSQL.
func (j *Journal) Pending() int64 { return max(0, j.arrived.Load()-j.settled.get()) }

// Dropped is the number of entries lost since the start because a bound was reached.
func (j *Journal) Dropped() int64 { return j.dropped.Load() }

// Rejected is the number of entries PostgreSQL refused since the start; they are in the spool's rejected.jsonl.
func (j *Journal) Rejected() int64 { return j.rejected.Load() }

// SpoolBytes is the size of the spool on disk.
func (j *Journal) SpoolBytes() int64 { return j.spool.bytes.Load() }

// LastError is why entries do not reach PostgreSQL at present; nil when they do.
func (j *Journal) LastError() error {
	if err := j.lastErr.Load(); err != nil {
		return *err
	}
	return nil
}

func (j *Journal) setError(err error) {
	if err == nil {
		j.lastErr.Store(nil)
		return
	}
	j.lastErr.Store(&err)
}

// copyEntry copies the records, so that the switchboard may go on changing its own.
func copyEntry(e switchboard.Entry) switchboard.Entry {
	return switchboard.Entry{
		Call: copyOf(e.Call), Leg: copyOf(e.Leg), Offer: copyOf(e.Offer),
		Change: copyOf(e.Change), Disposition: copyOf(e.Disposition), Agent: copyOf(e.Agent),
		Transfer: copyOf(e.Transfer), Deed: copyDeed(e.Deed),
		Abuse: copyOf(e.Abuse), Hit: copyOf(e.Hit),
	}
}

func copyDeed(d *switchboard.Deed) *switchboard.Deed {
	d = copyOf(d)
	if d != nil {
		d.Detail = maps.Clone(d.Detail)
	}
	return d
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

var _ switchboard.Journal = (*Journal)(nil)
