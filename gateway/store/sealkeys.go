package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrKeys says that the key ring is not the one with which the database was sealed.
var ErrKeys = errors.New("the keys do not fit the database")

const (
	purposeCheck = "check"
	checkText    = "hotline"

	selectKeys = `
SELECT id, sealed, hash FROM seal_key ORDER BY id`

	insertKey = `
INSERT INTO seal_key (id, sealed, hash) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`
)

type usedKey struct {
	ID           int16
	Sealed, Hash []byte
}

// checkKeys finds out before anything is sealed whether all that was sealed can be opened, and notes the key in use.
func (s *Store) checkKeys(ctx context.Context) error {
	used, err := query(ctx, s.pool, pgx.RowToStructByPos[usedKey], selectKeys)
	if err != nil {
		return wrap(err, "read which keys are in use")
	}
	hash := s.keys.Hash(purposeCheck, checkText)
	for _, k := range used {
		if text, err := s.keys.Open(purposeCheck, k.Sealed); err != nil || text != checkText {
			return fmt.Errorf("%w: what key %d sealed cannot be opened; put that key back on the ring (HOTLINE_KEYS_FILE): %w", ErrKeys, k.ID, err)
		}
		if !bytes.Equal(k.Hash, hash) {
			return fmt.Errorf("%w: the hash key is another one, and no number would be found again; put the old one back", ErrKeys)
		}
	}
	sealed := s.seal(purposeCheck, checkText)
	_, err = s.pool.Exec(ctx, insertKey, int16(sealed[0]), sealed, hash)
	return wrap(err, "note the key in use")
}
