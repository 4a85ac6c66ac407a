package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

var errEmptyLine = errors.New("the line holds no record")

const batchTimeout = 15 * time.Second

// feed moves lines from the spool to PostgreSQL until ctx ends.
func (j *Journal) feed(ctx context.Context) {
	r := newReader(j.spool)
	defer r.close()
	var pause backoff
	for ctx.Err() == nil {
		n, err := j.feedOnce(ctx, r)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			j.trouble("the journal cannot read its spool", err)
			pause.sleep(ctx)
		case n == 0:
			pause.reset()
			select {
			case <-j.spool.grown:
				j.gather(ctx)
			case <-ctx.Done():
			}
		}
	}
}

// gatherFor is how long lines are gathered for one transaction: one each would cost more than the lines do, and
// PostgreSQL would compete with the call that is just being put through.
const gatherFor = 100 * time.Millisecond

func (j *Journal) gather(ctx context.Context) {
	select {
	case <-time.After(gatherFor):
	case <-j.hurry:
	case <-ctx.Done():
	}
}

// feedOnce sends the next lines, and returns how many they were.
func (j *Journal) feedOnce(ctx context.Context, r *reader) (int, error) {
	rows, n, err := j.nextRows(r)
	if err != nil || n == 0 {
		return 0, err
	}
	if !j.send(ctx, latest(rows)) {
		return 0, ctx.Err()
	}
	err = r.done()
	j.settled.add(n)
	if err != nil {
		return n, fmt.Errorf("note what was sent: %w", err)
	}
	return n, nil
}

// nextRows are the next n lines: from memory where they are still there, else from the files.
func (j *Journal) nextRows(r *reader) (rows []parsed, n int, err error) {
	if rows, r.next = j.fresh.take(r.pos); len(rows) > 0 {
		return rows, len(rows), nil
	}
	lines, err := r.read()
	return j.decode(lines), len(lines), err
}

// parsed is a line ready to be sent; raw is kept for rejected.jsonl.
type parsed struct {
	line
	raw []byte
}

func (j *Journal) decode(lines [][]byte) []parsed {
	rows := make([]parsed, 0, len(lines))
	for _, raw := range lines {
		row := parsed{raw: raw}
		text, err := j.store.openLine(raw)
		if err == nil {
			err = json.Unmarshal(text, &row.line)
		}
		if err != nil {
			j.reject(raw, fmt.Errorf("read the line: %w", err))
			continue
		}
		if row.Entry == (switchboard.Entry{}) {
			j.reject(raw, errEmptyLine)
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

// latest drops records that a newer one of the same call in the batch replaces anyway: a call's record is written
// whole at each of its changes, most of them within one batch.
func latest(rows []parsed) []parsed {
	newest := make(map[call.ID]*call.Record, len(rows))
	for _, row := range rows {
		if c := row.Entry.Call; c != nil && (newest[c.ID] == nil || c.Version >= newest[c.ID].Version) {
			newest[c.ID] = c
		}
	}
	return slices.DeleteFunc(rows, func(row parsed) bool {
		c := row.Entry.Call
		return c != nil && c.ID != "" && newest[c.ID] != c
	})
}

// send writes rows in one transaction. While PostgreSQL cannot be reached it tries again for ever; what PostgreSQL
// refuses is found by halving and set aside. It reports false when ctx ended before.
func (j *Journal) send(ctx context.Context, rows []parsed) bool {
	var pause backoff
	for len(rows) > 0 {
		err := j.store.writeRows(ctx, rows)
		switch {
		case err == nil:
			j.setError(nil)
			return true
		case isDataError(err) && len(rows) > 1:
			half := len(rows) / 2
			return j.send(ctx, rows[:half]) && j.send(ctx, rows[half:])
		case isDataError(err):
			j.reject(rows[0].raw, err)
			return true
		case ctx.Err() != nil:
			return false
		}
		j.trouble("the journal waits for PostgreSQL", err)
		if !pause.sleep(ctx) {
			return false
		}
	}
	return true
}

// trouble remembers err for /readyz, and logs it unless the same trouble was logged a moment ago.
func (j *Journal) trouble(what string, err error) {
	j.setError(err)
	if j.complain.may() {
		j.log.Error(what, "err", err, "pending", j.Pending())
	}
}
