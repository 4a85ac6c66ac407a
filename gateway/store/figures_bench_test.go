package store_test

import (
	"testing"
	"time"

	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
	"hotline/gateway/store/storetest"
)

// makeDays fills the tables with days of 35,000 calls, as a city with a million a month has, answered by 400 agents.
const makeDays = `
INSERT INTO call (id, number_hash, number_sealed, dnis, line, queue, unknown_no, recorded, state, version, arrived_at, queued_at, talking_at,
                  ended_at, agent, result, ended_by, recording)
SELECT 'c' || n, decode(md5((n * 7919 % 200000)::text), 'hex'), $3::bytea, '12345', '12345', 'q' || n % 9, false, true, 'ended', 8, at, at + '5s',
       at + '11s', at + '3min', (8000 + n % 400)::text, 'answered', 'caller', ''
FROM generate_series(0, $1::int * 35000 - 1) n, LATERAL (SELECT $2::timestamptz + n * interval '86400s' / 35000 AS at) a`

const makeChanges = `
INSERT INTO call_change SELECT 'c' || n, s, $2::timestamptz + n * interval '86400s' / 35000 + s * interval '20s',
       CASE WHEN s = 5 THEN 'held' ELSE 'x' END, CASE WHEN s = 4 AND n % 5 = 0 THEN 'held' ELSE 'y' END, 'z'
FROM generate_series(0, $1::int * 35000 - 1) n, generate_series(1, 6) s WHERE s <> 5 OR n % 5 = 0`

const makeAgents = `
INSERT INTO agent_change SELECT 'c' || n || '.' || s, (8000 + n % 400)::text,
       $2::timestamptz + n * interval '86400s' / 35000 + s * interval '60s',
       (ARRAY['reserved', 'talking', 'wrap_up', 'ready'])[s + 1], '', CASE WHEN s < 3 THEN 'c' || n ELSE '' END, 'z'
FROM generate_series(0, $1::int * 35000 - 1) n, generate_series(0, 3) s`

// BenchmarkReportOfADay is one of the thirty steps of a month's report.
func BenchmarkReportOfADay(b *testing.B) {
	s := storetest.New(b)
	conn := connectTo(b, s)
	if _, err := conn.Exec(b.Context(), makeDays, 4, figurestest.From, storetest.Keys().Seal("number", "13800001234")); err != nil {
		b.Fatal(err)
	}
	for _, sql := range []string{makeChanges, makeAgents} {
		if _, err := conn.Exec(b.Context(), sql, 4, figurestest.From); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := conn.Exec(b.Context(), "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	q := figures.Query{From: figurestest.From.Add(24 * time.Hour), To: figurestest.From.Add(48 * time.Hour), By: figures.ByAgent}
	for b.Loop() {
		n := 0
		if err := s.FigureCalls(b.Context(), q, func(figures.Call) { n++ }); err != nil || n != 35000 {
			b.Fatal(n, err)
		}
		if err := s.FigureStays(b.Context(), q.From, q.To, func(figures.Stay) { n++ }); err != nil {
			b.Fatal(err)
		}
	}
}
