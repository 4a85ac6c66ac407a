package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/deploy/postgres"
	"hotline/gateway/seal"
	"hotline/gateway/store"
)

const (
	profileCalls   = 10_000_000 // of a year
	profileNumbers = 1_000_000
	profileChunk   = 1_000_000
	profileLookups = 6_000
	profileRate    = 100 // callers a second
	profileAtOnce  = 4   // as many as the switchboard asks side by side
	profileLimit   = 10
	profileSkew    = 3 // some call often: the busiest number has 1 % of all calls
)

// profile measures what the gateway asks of PostgreSQL about a caller while his call arrives: his tags, how often he
// called, his last calls and his requests, among ten million calls of a million numbers.
func profile(ctx context.Context, _ *rig) (_ figures, err error) {
	server, err := postgres.Start(ctx, postgres.Options{Unsafe: true, Settings: map[string]string{
		"shared_buffers": "1GB", "maintenance_work_mem": "1GB", "work_mem": "256MB", "autovacuum": "off",
	}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	keys, err := seal.Parse(seal.NewKeys())
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, server.DSN(), keys, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	past, err := fillPast(ctx, server.DSN(), keys)
	if err != nil {
		return nil, err
	}
	return lookUpAll(ctx, s, past)
}

// pastCalls are who called in the year before.
type pastCalls struct {
	rows, most int64 // calls in the table, and of the number that has most
}

// numberOf is the n-th number, from 1.
func numberOf(n int) string { return fmt.Sprintf("138%08d", n) }

// lookUpAll asks for callers as they call: who called often calls often, one in ten never called before. They come at a
// city's busiest pace, and a lookup's time begins when its caller comes, whether or not somebody is free to ask. Then
// it asks as fast as it can.
func lookUpAll(ctx context.Context, s *store.Store, past pastCalls) (figures, error) {
	pinging, pinged := context.WithCancel(ctx)
	pings := make(chan []float64)
	go func() { pings <- ping(pinging, s) }()
	paced, err := lookUp(ctx, s, profileLookups, time.Second/profileRate)
	pinged()
	idle := <-pings
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if _, err := lookUp(ctx, s, profileLookups, 0); err != nil {
		return nil, err
	}
	var all []float64
	for _, one := range paced {
		all = append(all, one...)
	}
	return figures{
		"p50_ms": quantile(all, 0.5), "p99_ms": quantile(all, 0.99), "rows": float64(past.rows), "numbers": profileNumbers,
		"lookups": float64(len(all)), "rate_per_s": profileRate, "most_per_s": profileLookups / time.Since(began).Seconds(),
		"busiest_calls": float64(past.most), "busiest_p50_ms": quantile(paced[1], 0.5), "busiest_p99_ms": quantile(paced[1], 0.99),
		"ping_p50_ms": quantile(idle, 0.5), "ping_p99_ms": quantile(idle, 0.99),
	}, nil
}

// ping asks PostgreSQL for nothing at the same pace meanwhile: what the machine takes for any question.
func ping(ctx context.Context, s *store.Store) (took []float64) {
	tick := time.NewTicker(time.Second / profileRate)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return took
		case due := <-tick.C:
			if s.Ping(ctx) == nil {
				took = append(took, float64(time.Since(due).Microseconds())/1000)
			}
		}
	}
}

// lookUp asks so many times and returns how long each took, in milliseconds: those of the number with most calls under 1,
// all others under 0.
func lookUp(ctx context.Context, s *store.Store, lookups int, every time.Duration) (took [2][]float64, failed error) {
	type arrival struct {
		n  int
		at time.Time
	}
	arrivals := make(chan arrival, lookups)
	var mu sync.Mutex
	var asking sync.WaitGroup
	for range profileAtOnce {
		asking.Go(func() {
			for a := range arrivals {
				_, err := s.Caller(ctx, numberOf(a.n), "not-kept-yet", profileLimit)
				ms := float64(time.Since(a.at).Microseconds()) / 1000
				mu.Lock()
				which := 0
				if a.n == 1 {
					which = 1
				}
				took[which], failed = append(took[which], ms), errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	lot := rand.New(rand.NewPCG(7, 7))
	for i, began := 0, time.Now(); i < lookups; i++ {
		time.Sleep(time.Until(began.Add(time.Duration(i) * every)))
		arrivals <- arrival{whoCalls(lot, i), time.Now()}
	}
	close(arrivals)
	asking.Wait()
	return took, failed
}

func whoCalls(lot *rand.Rand, i int) int {
	switch {
	case i%10 == 0:
		return profileNumbers + i + 1
	case i%100 == 1:
		return 1
	}
	return 1 + int(profileNumbers*math.Pow(lot.Float64(), profileSkew))
}

// The past, made where it is kept. Indexes are taken away meanwhile.
const (
	makeNumbers = `CREATE UNLOGGED TABLE who (n int PRIMARY KEY, hash bytea NOT NULL)`

	indexesOfCalls = `
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'call' AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype = 'p')`

	makePast = `
INSERT INTO call (id, number_hash, number_sealed, dnis, line, queue, unknown_no, recorded, state, version, arrived_at, answered_at,
                  queued_at, talking_at, released_at, ended_at, agent, result, ended_by, recording, gathered)
SELECT 'hotline-' || lpad(c.n::text, 9, '0') || '.1', who.hash, $3, '12345', '12345政务服务便民热线', 'general', false, true, 'ended', 9, at,
       at + '1s', at + '9s', at + '14s', at + '4min', at + '4min', (8000 + c.n % 400)::text, 'answered', 'caller', '', true
FROM (SELECT n, 1 + floor($4::int * power(random(), $5::float8))::int AS caller,
             now() - INTERVAL '365 days' * (1 - n / $6::float8) AS at
      FROM generate_series($1::bigint, $2::bigint) n) c JOIN who ON who.n = c.caller ORDER BY c.n`

	makeNotes = `
INSERT INTO disposition (call, agent, kind, note_sealed, at, scope)
SELECT 'hotline-' || lpad(n::text, 9, '0') || '.1', (8000 + n % 400)::text, 'help', $2, now(), ''
FROM generate_series(1, $1::bigint, 2) n`

	makeTags = `
INSERT INTO caller_tag SELECT hash, 'elderly', true, '8001', now(), '' FROM who WHERE n % 10 = 0 AND n <= $1`

	makeRequests = `
INSERT INTO request SELECT 'A' || n || '.' || i, hash, 'help', '城管局', (ARRAY['open', 'answered', 'closed', 'final'])[1 + i % 4], $2, now(), now()
FROM who, generate_series(1, 4) i WHERE n % 4 = 1 AND n <= $1`
)

// filling is a connection that says how long each step took.
type filling struct {
	*pgx.Conn
	ctx context.Context
	err error
}

func (f *filling) step(what, sql string, args ...any) {
	if f.err != nil {
		return
	}
	began := time.Now()
	if _, f.err = f.Exec(f.ctx, sql, args...); f.err != nil {
		f.err = fmt.Errorf("%s: %w", what, f.err)
		return
	}
	fmt.Printf("  %-50s %6.1f s\n", what, time.Since(began).Seconds())
}

func fillPast(ctx context.Context, dsn string, keys *seal.KeyRing) (past pastCalls, err error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return past, err
	}
	defer conn.Close(ctx)
	f := &filling{Conn: conn, ctx: ctx}
	f.step("table of numbers", makeNumbers)
	f.numbers(keys)
	indexes := f.withoutIndexes()
	sealed, note := keys.Seal("number", numberOf(1)), keys.Seal("note", `{"title":"路灯不亮","answer":"已转城管处理，三日内答复。"}`)
	for from := 1; from <= profileCalls; from += profileChunk {
		f.step(fmt.Sprintf("calls up to %d of %d", from+profileChunk-1, profileCalls), makePast,
			from, from+profileChunk-1, sealed, profileNumbers, float64(profileSkew), float64(profileCalls))
	}
	f.step("what agents wrote of half of them", makeNotes, profileCalls, note)
	f.step("tags", makeTags, profileNumbers)
	f.step("requests", makeRequests, profileNumbers, note)
	for _, sql := range indexes {
		f.step(sql[:min(len(sql), 46)], sql)
	}
	f.step("vacuum", "VACUUM ANALYZE call, disposition, caller_tag, request")
	f.step("checkpoint", "CHECKPOINT") // or the lookups would write what was made
	if f.err == nil {
		f.err = conn.QueryRow(ctx, "SELECT sum(n)::bigint, max(n) FROM (SELECT count(*) AS n FROM call GROUP BY number_hash) c").Scan(&past.rows, &past.most)
	}
	return past, f.err
}

// numbers writes the hashes of all numbers.
func (f *filling) numbers(keys *seal.KeyRing) {
	if f.err != nil {
		return
	}
	_, f.err = f.CopyFrom(f.ctx, pgx.Identifier{"who"}, []string{"n", "hash"}, pgx.CopyFromSlice(profileNumbers, func(i int) ([]any, error) {
		return []any{i + 1, keys.Hash("number", numberOf(i+1))}, nil
	}))
}

// withoutIndexes drops the indexes of calls and returns what makes them again.
func (f *filling) withoutIndexes() (again []string) {
	if f.err != nil {
		return nil
	}
	rows, err := f.Query(f.ctx, indexesOfCalls)
	if err != nil {
		f.err = err
		return nil
	}
	type index struct{ Name, Def string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	f.err = err
	for _, i := range all {
		f.step("without "+i.Name, "DROP INDEX "+i.Name)
		again = append(again, i.Def)
	}
	f.step("calls without a log meanwhile", "ALTER TABLE call SET UNLOGGED")
	return again
}
