package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// readSent reads how far PostgreSQL has the spool. A missing or damaged file means from the beginning, which costs
// time and nothing else.
func (s *spool) readSent() position {
	var p position
	buf := make([]byte, 64)
	n, _ := s.sent.ReadAt(buf, 0)
	if _, err := fmt.Sscanf(string(buf[:n]), "%d %d\n", &p.segment, &p.offset); err != nil || p.offset < 0 {
		return position{}
	}
	if !s.betweenLines(p) {
		p.offset = 0
	}
	return p
}

// betweenLines tells whether p is the beginning of a line, and not beyond the segment's end.
func (s *spool) betweenLines(p position) bool {
	if p.offset == 0 {
		return true
	}
	f, err := os.Open(s.path(p.segment))
	if err != nil {
		return false
	}
	defer f.Close()
	var before [1]byte
	_, err = f.ReadAt(before[:], p.offset-1)
	return err == nil && before[0] == '\n'
}

// writeSent notes how far PostgreSQL has the spool. It is of a fixed length and goes to the page cache: an old
// value only means that some lines are sent twice.
func (s *spool) writeSent(p position) error {
	_, err := s.sent.WriteAt(fmt.Appendf(nil, "%020d %020d\n", p.segment, p.offset), 0)
	return err
}

// countLines counts the whole lines of a file from an offset on, and its size in bytes.
func countLines(path string, from int64) (lines, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return 0, 0, err
	}
	buf := make([]byte, 256<<10)
	for {
		n, err := f.Read(buf)
		lines += int64(bytes.Count(buf[:n], []byte{'\n'}))
		if errors.Is(err, io.EOF) {
			return lines, info.Size(), nil
		}
		if err != nil {
			return lines, info.Size(), err
		}
	}
}

// syncDir makes a new name in the folder survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
