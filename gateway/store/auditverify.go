package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// selectChain reads the audit as its chain was made of it: audit_hash in the migrations.
const selectChain = `
SELECT seq, id, audit_micros(kept_at), audit_micros(at), who, action, object, detail::text, address, journal, hash
FROM audit ORDER BY seq`

// AuditFault is a place where the chain is broken.
type AuditFault struct {
	Seq  int64  `json:"seq"`
	ID   int64  `json:"id"` // of the row, 0 where rows are missing
	What string `json:"what"`
}

// AuditVerdict is what verifying the audit found.
type AuditVerdict struct {
	Rows   int64        `json:"rows"`
	Head   string       `json:"head"`   // "SEQ:HASH" of the last row, to be kept elsewhere
	Faults []AuditFault `json:"faults"` // edited, removed or inserted rows, at most 100
	Clock  []AuditFault `json:"clock"`  // rows before which PostgreSQL's clock was set back, at most 100
	Anchor bool         `json:"anchor"` // the row of an earlier head was seen, and is the same
}

// most is how many places of one kind are told.
const most = 100

type chained struct {
	seq, id                                     int64
	keptAt, at, who, action, object, detail, ip string
	journal                                     *string
	hash                                        []byte
}

// sum is the hash that the row must have behind one of that hash.
func (c *chained) sum(before []byte) []byte {
	h := sha256.New()
	h.Write(before)
	for _, field := range []*string{new(strconv.FormatInt(c.seq, 10)), &c.keptAt, &c.at, &c.who, &c.action, &c.object, &c.detail, &c.ip, c.journal} {
		if field == nil {
			h.Write([]byte("-"))
			continue
		}
		fmt.Fprintf(h, "%d:%s", len(*field), *field)
	}
	return h.Sum(nil)
}

// VerifyAudit walks through the whole audit and names every row that is not as it was written. anchor is an earlier
// verdict's Head, empty when there is none: with it, rows that were all made anew, or cut off at the end, are found too.
func (s *Store) VerifyAudit(ctx context.Context, anchor string) (v AuditVerdict, err error) {
	anchorSeq, anchorHash, err := parseAnchor(anchor)
	if err != nil {
		return v, err
	}
	check := chainCheck{verdict: &v, anchorSeq: anchorSeq, anchorHash: anchorHash}
	err = s.snapshot(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, selectChain)
		if err != nil {
			return err
		}
		var c chained
		_, err = pgx.ForEachRow(rows, []any{&c.seq, &c.id, &c.keptAt, &c.at, &c.who, &c.action, &c.object, &c.detail, &c.ip, &c.journal, &c.hash},
			func() error { check.row(&c); return nil })
		return err
	})
	if err == nil {
		check.end()
	}
	return v, wrap(err, "verify the audit")
}

func parseAnchor(anchor string) (seq int64, hash []byte, err error) {
	if anchor == "" {
		return 0, nil, nil
	}
	at, sum, _ := bytes.Cut([]byte(anchor), []byte(":"))
	seq, err = strconv.ParseInt(string(at), 10, 64)
	if err == nil {
		hash, err = hex.DecodeString(string(sum))
	}
	if err != nil || len(hash) != sha256.Size {
		return 0, nil, fmt.Errorf("%q is no head of an earlier verification, SEQ:HASH: %w", anchor, ErrInvalid)
	}
	return seq, hash, nil
}

// chainCheck is the walk.
type chainCheck struct {
	verdict    *AuditVerdict
	seq        int64 // of the row before
	keptAt     int64 // the latest so far
	hash       []byte
	anchorSeq  int64
	anchorHash []byte
}

func (k *chainCheck) row(c *chained) {
	v := k.verdict
	v.Rows++
	if c.seq != k.seq+1 {
		k.fault(AuditFault{Seq: k.seq + 1, What: fmt.Sprintf("%d rows are missing before row %d", c.seq-k.seq-1, c.id)})
	} else if sum := c.sum(k.hash); !bytes.Equal(sum, c.hash) {
		k.fault(AuditFault{Seq: c.seq, ID: c.id, What: "the row is not as it was written"})
	}
	kept, _ := strconv.ParseInt(c.keptAt, 10, 64)
	if kept < k.keptAt && len(v.Clock) < most {
		back := time.Duration(k.keptAt-kept) * time.Microsecond
		v.Clock = append(v.Clock, AuditFault{Seq: c.seq, ID: c.id, What: "the clock had been set back by " + back.String()})
	}
	if c.seq == k.anchorSeq {
		if v.Anchor = bytes.Equal(c.hash, k.anchorHash); !v.Anchor {
			k.fault(AuditFault{Seq: c.seq, ID: c.id, What: "the row is another than at the earlier verification"})
		}
	}
	k.seq, k.keptAt, k.hash = c.seq, kept, c.hash
	v.Head = fmt.Sprintf("%d:%x", c.seq, c.hash)
}

// end looks for what must have been there.
func (k *chainCheck) end() {
	if k.anchorSeq > k.seq {
		k.fault(AuditFault{Seq: k.seq + 1, What: fmt.Sprintf("the last %d rows are missing", k.anchorSeq-k.seq)})
	}
}

func (k *chainCheck) fault(f AuditFault) {
	if len(k.verdict.Faults) < most {
		k.verdict.Faults = append(k.verdict.Faults, f)
	}
}
