package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

const (
	batchLines = 500
	readBytes  = 256 << 10
)

// reader goes through the spool's segments in order.
type reader struct {
	spool *spool
	pos   position // next line to send
	next  position // after the lines handed out
	file  *os.File // of pos.segment; nil until needed
	buf   []byte
}

func newReader(s *spool) *reader {
	return &reader{spool: s, pos: s.start, next: s.start, buf: make([]byte, readBytes)}
}

// read returns the next lines, at most 500, without their ends; none when everything written was read. They are
// valid until the next call, and come again until done.
func (r *reader) read() ([][]byte, error) {
	for {
		tail := r.spool.getTail()
		if r.pos == tail {
			return nil, nil
		}
		lines, err := r.readSegment(tail)
		if err != nil || len(lines) > 0 || r.pos.segment == tail.segment {
			return lines, err
		}
		if err := r.finish(); err != nil {
			return nil, err
		}
	}
}

// readSegment returns whole lines of the segment at hand, none at its end.
func (r *reader) readSegment(tail position) ([][]byte, error) {
	size, err := r.open()
	if err != nil || r.file == nil {
		return nil, err
	}
	if r.pos.segment == tail.segment {
		size = tail.offset
	}
	for {
		n := min(int64(len(r.buf)), size-r.pos.offset)
		if n <= 0 {
			return nil, nil
		}
		if _, err := r.file.ReadAt(r.buf[:n], r.pos.offset); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read the spool: %w", err)
		}
		if lines := r.split(r.buf[:n]); len(lines) > 0 {
			return lines, nil
		}
		if n < int64(len(r.buf)) {
			r.spool.log.Warn("skipped a half-written line at the end of a journal segment",
				"segment", r.pos.segment, "bytes", n)
			return nil, nil
		}
		r.buf = make([]byte, 2*len(r.buf)) // one very long line
	}
}

func (r *reader) split(chunk []byte) [][]byte {
	var lines [][]byte
	r.next = r.pos
	for len(lines) < batchLines {
		end := bytes.IndexByte(chunk, '\n')
		if end < 0 {
			break
		}
		lines = append(lines, chunk[:end])
		chunk = chunk[end+1:]
		r.next.offset += int64(end) + 1
	}
	return lines
}

// open opens the segment at hand. A segment somebody removed is passed over.
func (r *reader) open() (size int64, err error) {
	if r.file == nil {
		r.file, err = os.Open(r.spool.path(r.pos.segment))
		if errors.Is(err, fs.ErrNotExist) {
			r.file = nil
			return 0, nil
		}
		if err != nil {
			r.file = nil
			return 0, fmt.Errorf("open a segment: %w", err)
		}
	}
	info, err := r.file.Stat()
	if err != nil {
		return 0, fmt.Errorf("measure a segment: %w", err)
	}
	return info.Size(), nil
}

// done notes that the lines last read are in PostgreSQL.
func (r *reader) done() error {
	r.pos = r.next
	return r.spool.writeSent(r.pos)
}

// finish removes the segment at hand, of which everything was sent, and goes on to the next.
func (r *reader) finish() error {
	size, err := r.open()
	if err != nil {
		return err
	}
	r.close()
	if err := os.Remove(r.spool.path(r.pos.segment)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a segment: %w", err)
	}
	r.spool.bytes.Add(-size)
	r.pos = position{segment: r.pos.segment + 1}
	r.next = r.pos
	return nil
}

func (r *reader) close() {
	if r.file != nil {
		r.file.Close()
		r.file = nil
	}
}
