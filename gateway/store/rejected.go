package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// rejectedBytes bounds rejected.jsonl; beyond it lines are only counted and logged.
const rejectedBytes = 64 << 20

// rejectedLine is one line of rejected.jsonl.
type rejectedLine struct {
	At    time.Time `json:"at"`
	Error string    `json:"error"`
	Line  string    `json:"line"`
}

// reject sets a line aside that can never be stored, so that it does not hold up the others.
func (j *Journal) reject(raw []byte, why error) {
	n := j.rejected.Add(1)
	j.opts.OnRejected()
	err := j.spool.keepRejected(rejectedLine{At: time.Now().UTC(), Error: why.Error(), Line: string(raw)})
	j.log.Error("a journal entry was refused and set aside in rejected.jsonl", "alarm", true,
		"why", why, "rejected", n, "kept", err == nil, "err", err)
}

// keepRejected appends to rejected.jsonl and syncs it.
func (s *spool) keepRejected(l rejectedLine) error {
	s.rejecting.Lock()
	defer s.rejecting.Unlock()
	f, err := os.OpenFile(filepath.Join(s.dir, "rejected.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > rejectedBytes {
		return errors.Join(fmt.Errorf("rejected.jsonl has reached %d bytes", rejectedBytes), err)
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(text, '\n')); err != nil {
		return err
	}
	return f.Sync()
}
