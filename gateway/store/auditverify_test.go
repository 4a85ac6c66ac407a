package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/switchboard"
)

// audited is a store with forty rows in its audit, written from many sides at once.
func audited(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.New(t)
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	var group sync.WaitGroup
	for n := range 20 {
		group.Go(func() {
			if err := s.Audit(t.Context(), store.AuditEntry{Who: "9001", Action: "call.view", Object: fmt.Sprint(n), Detail: map[string]any{"说明": "王：\"\u00e9\"", "n": 1.50}}); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			j.Append(switchboard.Entry{Deed: &switchboard.Deed{ID: fmt.Sprint("deed", n), At: t0, Who: "8001", Action: "transfer.consult", Object: "c1"}})
		})
	}
	group.Wait()
	flush(t, j)
	return s
}

func verdict(t *testing.T, s *store.Store, anchor string) store.AuditVerdict {
	t.Helper()
	v, err := s.VerifyAudit(t.Context(), anchor)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheAuditIsAChain(t *testing.T) {
	t.Parallel()
	s := audited(t)
	v := verdict(t, s, "")
	if v.Rows != 40 || len(v.Faults) != 0 || len(v.Clock) != 0 || !strings.HasPrefix(v.Head, "40:") {
		t.Errorf("%+v", v)
	}
	if again := verdict(t, s, v.Head); !again.Anchor || len(again.Faults) != 0 {
		t.Errorf("with its own head: %+v", again)
	}
	if _, err := s.VerifyAudit(t.Context(), "40:beef"); err == nil {
		t.Error("half a head was taken")
	}
}

// Each is done by somebody who may do everything in PostgreSQL.
func TestWhatIsDoneToTheAuditByHandIsNamed(t *testing.T) {
	t.Parallel()
	const remake = `DO $$ DECLARE a audit; b bytea := ''; BEGIN
		FOR a IN SELECT * FROM audit ORDER BY seq LOOP b := audit_hash(b, a); UPDATE audit SET hash = b WHERE seq = a.seq; END LOOP; END $$`
	for _, c := range []struct {
		name, sql     string
		seq           int64
		what          string
		clock, anchor bool
	}{
		{"edited", "UPDATE audit SET who = '9002' WHERE seq = 17", 17, "not as it was written", false, true},
		{"its detail", `UPDATE audit SET detail = '{"n": 2}' WHERE seq = 17`, 17, "not as it was written", false, true},
		{"removed", "DELETE FROM audit WHERE seq = 17", 17, "1 rows are missing", false, true},
		{"cut off", "DELETE FROM audit WHERE seq > 30", 31, "the last 10 rows", false, false},
		{"made anew", "UPDATE audit SET who = '9002' WHERE seq = 17; " + remake, 40, "another than at the earlier", false, false},
		{"clock set back", "UPDATE audit SET kept_at = kept_at - interval '1 hour' WHERE seq = 20; " + remake, 40, "another than", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := audited(t)
			head := verdict(t, s, "").Head
			if _, err := connectTo(t, s).Exec(t.Context(), "ALTER TABLE audit DISABLE TRIGGER USER; "+c.sql); err != nil {
				t.Fatal(err)
			}
			v := verdict(t, s, head)
			if len(v.Faults) != 1 || v.Faults[0].Seq != c.seq || !strings.Contains(v.Faults[0].What, c.what) || v.Anchor != c.anchor {
				t.Errorf("%+v", v)
			}
			if (len(v.Clock) == 1 && v.Clock[0].Seq == 20 && strings.Contains(v.Clock[0].What, "59m59")) != c.clock {
				t.Errorf("of the clock: %+v", v.Clock)
			}
		})
	}
}

// With an owner of its own, the gateway's role can add to the audit and nothing else.
func TestTheGatewaysRoleCannotChangeTheAudit(t *testing.T) {
	t.Parallel()
	s := storetest.AsOwnRole(t)
	if err := s.Audit(t.Context(), store.AuditEntry{Who: "9001", Action: "sign_in"}); err != nil {
		t.Fatal(err)
	}
	j, _ := journal(t, s, t.TempDir(), store.JournalOptions{})
	j.Append(record("c1", 1))
	flush(t, j)
	conn := connectTo(t, s)
	for _, sql := range []string{
		"UPDATE audit SET who = ''", "DELETE FROM audit", "TRUNCATE audit", "DROP TABLE audit", "DELETE FROM setting_change",
		"ALTER TABLE audit DISABLE TRIGGER USER", "CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		"GRANT UPDATE ON audit TO CURRENT_USER", "SET session_replication_role = replica",
	} {
		_, err := conn.Exec(t.Context(), sql)
		t.Log(err)
		if err == nil && !strings.HasPrefix(sql, "GRANT") || err != nil && !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := conn.Exec(t.Context(), "UPDATE audit SET who = ''"); err == nil {
		t.Error("the audit can be changed")
	}
	if v := verdict(t, s, ""); v.Rows != 1 || len(v.Faults) != 0 {
		t.Errorf("%+v", v)
	}
}
