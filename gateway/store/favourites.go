package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/target"
)

// MaxFavourites is how many favourites an agent may have.
const MaxFavourites = 50

const (
	selectFavourites = `
SELECT kind, key FROM favourite WHERE agent = $1 ORDER BY added_at, kind, key`

	lockAccount = `
SELECT agent_no FROM account WHERE agent_no = $1 FOR UPDATE`

	insertFavourite = `
INSERT INTO favourite (agent, kind, key)
SELECT $1, $2, $3 WHERE (SELECT count(*) FROM favourite WHERE agent = $1) < $4
ON CONFLICT DO NOTHING`

	existsFavourite = `
SELECT EXISTS (SELECT FROM favourite WHERE agent = $1 AND kind = $2 AND key = $3)`

	deleteFavourite = `
DELETE FROM favourite WHERE agent = $1 AND kind = $2 AND key = $3`
)

// Favourites are the targets that an agent keeps at the top of his list, the oldest first.
func (s *Store) Favourites(ctx context.Context, agentNo string) ([]target.Key, error) {
	keys, err := query(ctx, s.pool, scanFavourite, selectFavourites, key(agentNo))
	return keys, wrap(err, "read favourites of agent %s", key(agentNo))
}

func scanFavourite(row pgx.CollectableRow) (k target.Key, err error) {
	return k, row.Scan(&k.Kind, &k.Name)
}

// AddFavourite keeps a target; kept is false when the agent has MaxFavourites others. The account's row is locked, so
// that two pages cannot both add the last one.
func (s *Store) AddFavourite(ctx context.Context, agentNo string, k target.Key) (kept bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var no string
		if err := tx.QueryRow(ctx, lockAccount, key(agentNo)).Scan(&no); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertFavourite, no, key(k.Kind), key(k.Name), MaxFavourites); err != nil {
			return err
		}
		return tx.QueryRow(ctx, existsFavourite, no, key(k.Kind), key(k.Name)).Scan(&kept)
	})
	return kept && err == nil, wrap(err, "add a favourite of agent %s", key(agentNo))
}

// RemoveFavourite forgets one; what is not there is no error.
func (s *Store) RemoveFavourite(ctx context.Context, agentNo string, k target.Key) error {
	_, err := s.pool.Exec(ctx, deleteFavourite, key(agentNo), key(k.Kind), key(k.Name))
	return wrap(err, "remove a favourite of agent %s", key(agentNo))
}
