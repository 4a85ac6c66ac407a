package store

import "context"

// What the tests look at from outside.

// Written is the number of lines in the spool's files, leftovers included.
func (j *Journal) Written() int64 { return j.spool.written.Load() }

// HashesOfTests makes hashes as cheap as they may be: tests make hundreds. It returns what they cost otherwise.
func HashesOfTests() (memory, passes uint32) {
	shipped := params
	params = hashParams{memory: 64, passes: 1, threads: 1}
	return shipped.memory, shipped.passes
}

// HashWith makes a password hash of other costs, as an earlier program might have.
func (s *Store) HashWith(memory, passes uint32) string {
	old := hashParams{memory: memory, passes: passes, threads: 1}
	sum, _ := s.sum(context.Background(), old, "correct horse battery", make([]byte, 16), 32)
	return encodeHash(old, make([]byte, 16), sum)
}

// DSN is the address of the store's database.
func (s *Store) DSN() string { return s.pool.Config().ConnString() }

// Expire removes expired sessions now.
func (s *Sessions) Expire(ctx context.Context) { s.expire(ctx) }

// MigrateTo brings the schema up to a version of the past.
func (s *Store) MigrateTo(ctx context.Context, version int64) error {
	db := s.migrationDB()
	defer db.Close()
	provider, err := s.newProvider(db)
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}
