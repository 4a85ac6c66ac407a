package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
)

const segmentSuffix = ".jsonl"

// position is a place between two lines of the spool.
type position struct {
	segment uint64
	offset  int64
}

func (p position) before(q position) bool {
	return p.segment < q.segment || p.segment == q.segment && p.offset < q.offset
}

// spool is the journal's folder: numbered segments of whole lines, one being written, the file "sent" that says up
// to where PostgreSQL has them, the file "rejected.jsonl", and "lock".
//
// Segments are written and removed in order. One goroutine writes, one reads; tail is what they share.
type spool struct {
	dir    string
	opts   JournalOptions
	log    *slog.Logger
	lock   *os.File
	locked bool
	sent   *os.File
	start  position // where the reader begins

	bytes   atomic.Int64 // on disk, all segments
	written atomic.Int64 // lines in the segments, from start on
	grown   signal       // raised when tail moved

	file  atomic.Pointer[os.File] // segment being written
	dirty atomic.Bool             // written to since it was last synced

	rejecting sync.Mutex // held while rejected.jsonl is written

	mu   sync.Mutex
	tail position // end of the last whole line
}

var errBusy = errors.New("another program has it open")

// openSpool makes dir if need be, takes its lock, counts what an earlier run left and begins a new segment.
func openSpool(dir string, opts JournalOptions) (*spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &spool{dir: dir, opts: opts, log: opts.Log, grown: newSignal()}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *spool) open() (err error) {
	if s.lock, err = os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return errBusy
	}
	s.locked = true
	if s.sent, err = os.OpenFile(filepath.Join(s.dir, "sent"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	last, err := s.takeStock()
	if err != nil {
		return err
	}
	return s.begin(last + 1)
}

// takeStock finds where to go on reading, removes what was sent and counts the rest. It returns the highest segment
// number ever used.
func (s *spool) takeStock() (last uint64, err error) {
	segments, err := s.segments()
	if err != nil {
		return 0, err
	}
	s.start = s.readSent()
	last = s.start.segment
	for _, n := range segments {
		last = max(last, n)
		if n < s.start.segment {
			err = errors.Join(err, os.Remove(s.path(n)))
			continue
		}
		err = errors.Join(err, s.count(n))
	}
	if len(segments) > 0 && s.start.segment < segments[0] {
		s.start = position{segment: segments[0]}
	}
	return last, err
}

func (s *spool) count(segment uint64) error {
	from := int64(0)
	if segment == s.start.segment {
		from = s.start.offset
	}
	lines, size, err := countLines(s.path(segment), from)
	s.written.Add(lines)
	s.bytes.Add(size)
	return err
}

// begin makes an empty segment the one being written.
func (s *spool) begin(segment uint64) error {
	f, err := os.OpenFile(s.path(segment), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("begin a segment: %w", err)
	}
	if err := syncDir(s.dir); err != nil {
		return errors.Join(fmt.Errorf("begin a segment: %w", err), f.Close(), os.Remove(f.Name()))
	}
	old := s.file.Swap(f)
	s.setTail(position{segment: segment})
	if old == nil {
		return nil
	}
	return errors.Join(old.Sync(), old.Close())
}

func (s *spool) close() error {
	var err error
	if f := s.file.Swap(nil); f != nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if s.locked { // said aloud, as a child being started just now has the file open for a moment too
		err = errors.Join(err, syscall.Flock(int(s.lock.Fd()), syscall.LOCK_UN))
	}
	for _, f := range []*os.File{s.sent, s.lock} {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

// segments lists the numbers of the segments there are, in order.
func (s *spool) segments() ([]uint64, error) {
	names, err := filepath.Glob(filepath.Join(s.dir, "[0-9]*"+segmentSuffix))
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, name := range names {
		var n uint64
		if _, err := fmt.Sscanf(filepath.Base(name), "%d"+segmentSuffix, &n); err == nil && s.path(n) == name {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func (s *spool) path(segment uint64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%020d%s", segment, segmentSuffix))
}

func (s *spool) getTail() position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tail
}

func (s *spool) setTail(p position) {
	s.mu.Lock()
	s.tail = p
	s.mu.Unlock()
	s.grown.raise()
}
