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

const writeLines = 1000

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
const writeGather = 10 * time.Millisecond

// writeFrom writes it and what waits behind it, up to the next Flush or 1,000 entries, in one go.
func (j *Journal) writeFrom(ctx context.Context, it item) {
	var entries []switchboard.Entry
	if it.written == nil {
		select {
		case <-time.After(writeGather):
		case <-j.urgent:
		}
	}
	for it.written == nil {
		entries = append(entries, it.entry)
		if len(entries) == writeLines || len(j.queue) == 0 {
			break
		}
		it = <-j.queue
	}
	if rows := j.encode(entries); len(rows) > 0 {
		j.toDisk(ctx, rows)
	}
	if it.written != nil {
		it.written <- j.spool.written.Load()
	}
}

// encode makes the lines of entries, without the records that a newer one of the same call replaces anyway.
func (j *Journal) encode(entries []switchboard.Entry) []parsed {
	rows := make([]parsed, 0, len(entries))
	for _, e := range entries {
		rows = append(rows, parsed{line: line{ID: ulid.Make().String(), Entry: e}})
	}
	var kept []parsed
	for _, row := range latest(rows) {
		text, err := json.Marshal(row.line)
		if err == nil && row.Entry == (switchboard.Entry{}) {
			err = errEmptyLine
		}
		if err != nil {
			j.reject(j.store.sealLine(fmt.Appendf(nil, "%+v", row.Entry)), fmt.Errorf("encode the entry: %w", err))
			continue
		}
		row.raw = j.store.sealLine(text)
		kept = append(kept, row)
	}
	j.arrived.Add(int64(len(kept) - len(entries)))
	return kept
}

// toDisk appends whole lines, trying again for as long as the disk fails, until the run ends. Meanwhile entries
// wait in memory.
func (j *Journal) toDisk(ctx context.Context, rows []parsed) {
	var buf []byte
	for _, row := range rows {
		buf = append(append(buf, row.raw...), '\n')
	}
	var pause backoff
	for {
		from, to, err := j.spool.append(buf, len(rows))
		if err == nil {
			j.fresh.add(from, to, rows)
			return
		}
		if j.complain.may() {
			j.log.Error("the journal cannot write its spool", "alarm", true, "err", err)
		}
		if errors.Is(err, errFull) || !pause.sleep(ctx) {
			j.arrived.Add(-int64(len(rows)))
			for range rows {
				j.drop(err.Error())
			}
			return
		}
	}
}

var errFull = errors.New("the spool has reached its size limit")

// append writes whole lines to the current segment, or none of them, and returns where they stand.
func (s *spool) append(buf []byte, lines int) (from, to position, err error) {
	if s.bytes.Load()+int64(len(buf)) > s.opts.SpoolBytes {
		return from, to, errFull
	}
	from = s.getTail()
	if from.offset > 0 && from.offset+int64(len(buf)) > s.opts.SegmentBytes {
		from = position{segment: from.segment + 1}
		if err := s.begin(from.segment); err != nil {
			return from, to, err
		}
	}
	f := s.file.Load()
	if _, err := f.WriteAt(buf, from.offset); err != nil {
		return from, to, errors.Join(fmt.Errorf("write the spool: %w", err), f.Truncate(from.offset))
	}
	s.dirty.Store(true)
	s.bytes.Add(int64(len(buf)))
	s.written.Add(int64(lines))
	to = position{from.segment, from.offset + int64(len(buf))}
	s.setTail(to)
	return from, to, nil
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
