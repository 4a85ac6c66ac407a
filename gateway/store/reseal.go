package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// sealedColumns are all that hold something sealed, with what for.
var sealedColumns = []struct{ table, column, purpose string }{
	{"call", "number_sealed", purposeNumber},
	{"call", "callback_sealed", purposeNumber},
	{"call", "came_from_sealed", purposeOrigin},
	{"callback", "number_sealed", purposeNumber},
	{"disposition", "note_sealed", purposeNote},
	{"call_transfer", "sealed", purposeTransfer},
	{"abuse_entry", "note_sealed", purposeNote},
	{"block_entry", "number_sealed", purposeNumber},
	{"block_entry", "reason_sealed", purposeNote},
	{"block_entry", "decided_note_sealed", purposeNote},
	{"block_entry", "lifted_note_sealed", purposeNote},
}

const (
	resealAtOnce = 1000

	// %[1]s is a table, %[2]s its column.
	selectSealedBefore = `
SELECT ctid::text, %[2]s FROM %[1]s WHERE %[2]s IS NOT NULL AND get_byte(%[2]s, 0) <> $1`

	countSealedBefore = `
SELECT count(*) FROM %[1]s WHERE %[2]s IS NOT NULL AND get_byte(%[2]s, 0) <> $1`

	// A row that was written meanwhile is left: it is sealed with the new key.
	updateSealed = `
UPDATE %[1]s t SET %[2]s = n.new FROM unnest($1::text[], $2::bytea[], $3::bytea[]) n (at, old, new)
WHERE t.ctid = n.at::tid AND t.%[2]s = n.old`

	dropKeys = `
DELETE FROM seal_key WHERE id <> $1 RETURNING id`
)

// Resealed is what Reseal did.
type Resealed struct {
	Key  int            // with which everything is sealed now
	Rows map[string]int // of each column, "table.column"
	Free []int          // keys that nothing in the database needs any more
}

// Reseal seals anew with the ring's first key whatever another key sealed, while others read and write. When it ends
// well the other keys are not needed any more; ended in the middle, it goes on where it was.
func (s *Store) Reseal(ctx context.Context) (Resealed, error) {
	first := s.seal(purposeCheck, checkText)[0]
	r := Resealed{Key: int(first), Rows: map[string]int{}}
	cfg := s.pool.Config().ConnConfig.Copy()
	cfg.RuntimeParams["statement_timeout"], cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "0", "0"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return r, wrap(err, "seal anew")
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, c := range sealedColumns {
		name := c.table + "." + c.column
		if r.Rows[name], err = s.resealColumn(ctx, conn, c.table, c.column, c.purpose, first); err != nil {
			return r, wrap(err, "seal %s anew", name)
		}
	}
	for _, c := range sealedColumns {
		var left int
		if err := conn.QueryRow(ctx, fmt.Sprintf(countSealedBefore, c.table, c.column), int(first)).Scan(&left); err != nil {
			return r, wrap(err, "look what is left")
		}
		if left > 0 {
			return r, fmt.Errorf("%d rows of %s were sealed with another key meanwhile: restart the gateway, which seals with key %d then, and seal anew once more", left, c.table, first)
		}
	}
	r.Free, err = query(ctx, conn, pgx.RowTo[int], dropKeys, int(first))
	return r, wrap(err, "note the keys in use")
}

func (s *Store) resealColumn(ctx context.Context, conn *pgx.Conn, table, column, purpose string, first byte) (n int, err error) {
	rows, err := conn.Query(ctx, fmt.Sprintf(selectSealedBefore, table, column), int(first))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var at []string
	var was, now [][]byte
	flush := func() error {
		_, err := s.pool.Exec(ctx, fmt.Sprintf(updateSealed, table, column), at, was, now)
		n += len(at)
		at, was, now = nil, nil, nil
		return err
	}
	for rows.Next() {
		var place string
		var sealed []byte
		if err := rows.Scan(&place, &sealed); err != nil {
			return n, err
		}
		text, err := s.keys.Open(purpose, sealed)
		if err != nil {
			return n, err
		}
		at, was, now = append(at, place), append(was, sealed), append(now, s.seal(purpose, text))
		if len(at) == resealAtOnce {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := rows.Err(); err != nil || len(at) == 0 {
		return n, err
	}
	return n, flush()
}
