package store_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestALeaseHasOneHolder(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	a, b := storetest.Open(t, dsn), storetest.Open(t, dsn)
	first, err := a.HoldLease(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.HoldLease(t.Context(), "ari/hotline")
	if !errors.Is(err, store.ErrLeaseHeld) || !strings.Contains(err.Error(), fmt.Sprintf("process %d since", os.Getpid())) {
		t.Errorf("the second: %v", err)
	}
	other, err := b.HoldLease(t.Context(), "ari/other")
	if err != nil {
		t.Errorf("another name: %v", err)
	}
	first.Release()
	first.Release()
	second, err := b.HoldLease(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	second.Release()
	other.Release()
}

func TestALostLeaseIsTold(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	l, err := s.HoldLease(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	select {
	case <-l.Lost():
		t.Fatal("lost at once")
	case <-time.After(3 * time.Second): // longer than one check of the connection
	}
	conn := connectTo(t, s)
	one[bool](t, conn, "SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'hotline on %' AND datname = current_database()")
	select {
	case <-l.Lost():
	case <-time.After(5 * time.Second):
		t.Fatal("nobody was told")
	}
	again, err := s.HoldLease(t.Context(), "ari/hotline")
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
}
