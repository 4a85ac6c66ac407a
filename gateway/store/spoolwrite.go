package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"encoding/json"

	"github.com/oklog/ulid/v2"

	"hotline/gateway/switchboard"
)

const (
	writeLines = 1000
	writeBytes = 256 << 10
)

// line is one line of a segment. Its id tells a line sent twice from two equal entries.
type line struct {
	ID string `json:"id"`
	switchboard.Entry
}

// write moves entries from the queue to the disk until ctx ends, then what is left in the queue.
func (j *Journal) write(ctx context.Context) {
	for {
		select {
		case it := <-j.queue:
			j.writeFrom(ctx, it)
		case <-ctx.Done():
			j.mu.Lock()
			j.closed = true
			j.mu.Unlock()
			for len(j.queue) > 0 {
				j.writeFrom(ctx, <-j.queue)
			}
			return
		}
	}
}

// writeGather is how long entries are gathered for one write, while the telephones they tell of are being dialled.
// Entries so young are lost when the program is killed; Asterisk's channels, which carry their names, tell them.
const writeGather = 4 * time.Millisecond

// writeFrom writes it and what waits behind it, up to the next Flush or 1,000 entries, in one go.
func (j *Journal) writeFrom(ctx context.Context, it item) {
	var buf []byte
	lines := 0
	if it.written == nil {
		time.Sleep(writeGather)
	}
	for it.written == nil {
		if more, ok := j.encode(buf, it.entry); ok {
			buf, lines = more, lines+1
		}
		if lines == writeLines || len(buf) > writeBytes || len(j.queue) == 0 {
			break
		}
		it = <-j.queue
	}
	if lines > 0 {
		j.toDisk(ctx, buf, lines)
	}
	if it.written != nil {
		it.written <- j.spool.written.Load()
	}
}

func (j *Journal) encode(buf []byte, e switchboard.Entry) ([]byte, bool) {
	text, err := json.Marshal(line{ID: ulid.Make().String(), Entry: e})
	if err != nil {
		j.arrived.Add(-1)
		j.reject(fmt.Appendf(nil, "%+v", e), fmt.Errorf("encode the entry: %w", err))
		return buf, false
	}
	return append(append(buf, text...), '\n'), true
}

// toDisk appends whole lines, trying again for as long as the disk fails, until the run ends. Meanwhile entries
// wait in memory.
func (j *Journal) toDisk(ctx context.Context, buf []byte, lines int) {
	var pause backoff
	for {
		err := j.spool.append(buf, lines)
		if err == nil {
			return
		}
		if j.complain.may() {
			j.log.Error("the journal cannot write its spool", "alarm", true, "err", err)
		}
		if errors.Is(err, errFull) || !pause.sleep(ctx) {
			j.arrived.Add(-int64(lines))
			for range lines {
				j.drop(err.Error())
			}
			return
		}
	}
}

var errFull = errors.New("the spool has reached its size limit")

// append writes whole lines to the current segment, or none of them.
func (s *spool) append(buf []byte, lines int) error {
	if s.bytes.Load()+int64(len(buf)) > s.opts.SpoolBytes {
		return errFull
	}
	tail := s.getTail()
	if tail.offset > 0 && tail.offset+int64(len(buf)) > s.opts.SegmentBytes {
		if err := s.begin(tail.segment + 1); err != nil {
			return err
		}
		tail = position{segment: tail.segment + 1}
	}
	f := s.file.Load()
	if _, err := f.WriteAt(buf, tail.offset); err != nil {
		return errors.Join(fmt.Errorf("write the spool: %w", err), f.Truncate(tail.offset))
	}
	s.dirty.Store(true)
	s.bytes.Add(int64(len(buf)))
	s.written.Add(int64(lines))
	tail.offset += int64(len(buf))
	s.setTail(tail)
	return nil
}

// syncEachSecond makes what was written survive a power cut.
func (s *spool) syncEachSecond(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if !s.dirty.Swap(false) {
			continue
		}
		if err := s.file.Load().Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
			s.log.Error("the journal's spool could not be synced to the disk", "err", err)
		}
	}
}
