package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestInspect(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	found, err := s.Inspect(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatal(err)
	}
	if found.VersionNum < 130000 || found.Encoding != "UTF8" || !found.MayCreate || found.Version == "" {
		t.Errorf("server: %+v", found)
	}
	if found.Schema == 0 || found.Schema != found.Newest || found.Leader != "" {
		t.Errorf("database: %+v", found)
	}
	if found.Ahead.Abs() > time.Second {
		t.Errorf("the clock of this same machine is %v ahead", found.Ahead)
	}
	lease, err := s.HoldLease(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Release()
	for name, want := range map[string]string{"ari/hotline": "hotline on ", "ari/other": ""} {
		found, err := s.Inspect(t.Context(), name)
		if err != nil || !strings.HasPrefix(found.Leader, want) || (found.Leader == "") != (want == "") {
			t.Errorf("%s is led by %q, %v", name, found.Leader, err)
		}
	}
}

func TestInspectChangesNothing(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.EmptyDSN(t))
	found, err := s.Inspect(t.Context(), "ari/hotline")
	if err != nil || found.Schema != 0 || found.Newest == 0 {
		t.Errorf("an empty database: %+v, %v", found, err)
	}
	if n := one[int](t, connectTo(t, s), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
		t.Errorf("%d tables were made", n)
	}
}

func TestInspectWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, nowhere)
	if _, err := s.Inspect(t.Context(), "ari/hotline"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("nobody there: %v", err)
	}
}
