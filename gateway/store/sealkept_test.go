package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"hotline/gateway/seal"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

// keptInClear are rows of a database of before anything was sealed.
const keptInClear = `
INSERT INTO call (id, number, callback, dnis, line, queue, unknown_no, recorded, state, version, arrived_at, agent, result, ended_by, recording, came_from)
SELECT 'c' || n, CASE n WHEN 1 THEN '' ELSE '1380000' || n END, CASE n % 7 WHEN 0 THEN '1390000' || n ELSE '' END, '12345', '12345', 'general',
    false, false, 'ended', 1, now(), '', 'answered', 'caller', '', CASE n % 5 WHEN 0 THEN '{"id":"x1","number":"13700009999","name":"王女士"}'::jsonb END
FROM generate_series(1000, 18000) n UNION ALL
SELECT 'c1', '', '', '12345', '12345', 'general', false, false, 'ended', 1, now(), '', 'answered', 'caller', '', NULL;
INSERT INTO callback (id, number, dnis, line, queue, reason, missed, kept_place, missed_at, created_at, state)
VALUES ('c1001', '13800001001', '12345', '12345', 'general', 'abandoned', 1, false, now(), now(), 'open');
INSERT INTO disposition VALUES ('c1001', '8001', 'help', '王女士，13700009999', now()), ('c1001', '8002', 'help', '', now());
INSERT INTO call_transfer (call, n, kind, by_agent, to_kind, to_key, title, agent, reason, routes, tried, leg, aside, result, why)
VALUES ('c1001', 1, 'consult', '8001', 'number', '13700009999', '13700009999', '', '找王女士', '{PJSIP/13700009999@trunk}', 1, 'l', false, 'answered', ''),
       ('c1001', 2, 'one_key', '8001', 'emergency', '110', '公安', '', '王女士被困', '{PJSIP/110@p}', 1, 'l', false, 'answered', '');
INSERT INTO audit (at, who, action, object, detail, address)
VALUES (now(), '9001', 'call.list', '', '{"number":"13800001001","calls":["c1001"]}', ''),
       (now(), '9001', 'transfer.consult', 'c1001', '{"to":"13700009999","reason":"回拨13700009999"}', '')`

func TestWhatWasKeptInClearIsSealed(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.EmptyDSN(t))
	if err := s.MigrateTo(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	conn := connectTo(t, s)
	if _, err := conn.Exec(t.Context(), keptInClear); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	nothingInClear(t, conn, "1380000", "1390000", "13700009999", "王女士")

	page, err := s.Calls(t.Context(), store.Filter{Number: "13800001001"})
	if err != nil || len(page.Calls) != 1 || page.Calls[0].Call.Number != "13800001001" {
		t.Errorf("%v: %+v", err, page)
	}
	d, err := s.Call(t.Context(), "c1001")
	if err != nil || len(d.Transfers) != 2 || d.Disposition == nil {
		t.Fatalf("%v: %+v", err, d)
	}
	if out := d.Transfers[0]; out.ToKey != "13700009999" || out.Title != "13700009999" || out.Reason != "找王女士" || out.Routes[0] != "PJSIP/13700009999@trunk" {
		t.Errorf("the outside number: %+v", out)
	}
	if out := d.Transfers[1]; out.ToKey != "110" || out.Title != "公安" || out.Reason != "王女士被困" || len(out.Routes) != 1 {
		t.Errorf("110: %+v", out)
	}
	if d, err := s.Call(t.Context(), "c17990"); err != nil || d.Call.CameFrom == nil || d.Call.CameFrom.Name != "王女士" || d.Call.Callback != "139000017990" {
		t.Errorf("%v: %+v", err, d.Call)
	}
	if d, err := s.Call(t.Context(), "c1"); err != nil || d.Call.Number != "" {
		t.Errorf("who withheld his number: %v: %+v", err, d.Call)
	}
	open, err := s.OpenCallbacks(t.Context(), 0)
	if err != nil || len(open) != 1 || open[0].Number != "13800001001" {
		t.Errorf("%v: %+v", err, open)
	}
	if hash := one[string](t, conn, "SELECT detail->>'number_hash' FROM audit WHERE action = 'call.list'"); hash != s.NumberHash("13800001001") {
		t.Errorf("who searched for the number cannot be found: %q", hash)
	}
}

// nothingInClear looks for words in every column of every table.
func nothingInClear(t *testing.T, conn *pgx.Conn, words ...string) {
	t.Helper()
	tables, err := conn.Query(t.Context(), "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(tables, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, word := range words {
			if n := one[int](t, conn, `SELECT count(*) FROM `+name+` t WHERE t::text LIKE '%' || $1 || '%'`, word); n != 0 {
				t.Errorf("%d rows of %s hold %s in clear", n, name, word)
			}
		}
	}
}

func TestOtherKeysAreRefused(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	for what, ring := range map[string]*seal.KeyRing{
		"another key of the same id": ringOf(t, 1, 9), "its key is gone": ringOf(t, 2, 9), "another hash key": otherHash(t),
	} {
		s, err := store.Open(t.Context(), dsn, ring, storetest.Log(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); !errors.Is(err, store.ErrKeys) || !strings.Contains(err.Error(), "put") {
			t.Errorf("%s: %v", what, err)
		}
		s.Close()
	}
	if err := storetest.Open(t, dsn).Migrate(context.Background()); err != nil {
		t.Errorf("the right keys: %v", err)
	}
}

func ringOf(t *testing.T, id, secret byte) *seal.KeyRing {
	t.Helper()
	return makeRing(t, 1, seal.Key{ID: id, Secret: [seal.KeySize]byte{secret}})
}

func otherHash(t *testing.T) *seal.KeyRing {
	t.Helper()
	return makeRing(t, 7, seal.Key{ID: 1, Secret: [seal.KeySize]byte{2}})
}

func makeRing(t *testing.T, hash byte, keys ...seal.Key) *seal.KeyRing {
	t.Helper()
	ring, err := seal.NewKeyRing([seal.KeySize]byte{hash}, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}
