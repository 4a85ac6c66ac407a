package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"hotline/gateway/call"
	"hotline/gateway/seal"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestAKeyIsReplaced(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	old := seal.Key{ID: 1, Secret: [seal.KeySize]byte{2}} // storetest's
	fresh := seal.Key{ID: 2, Secret: [seal.KeySize]byte{3}}
	with := func(keys ...seal.Key) *store.Store {
		s, err := store.Open(t.Context(), dsn, makeRing(t, 1, keys...), storetest.Log(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	before := with(old)
	j, stop := journal(t, before, t.TempDir(), store.JournalOptions{})
	want, entries := story("hotline-1.1", "13800001234")
	for _, e := range entries {
		j.Append(e)
	}
	for n := range 2500 {
		j.Append(record(call.ID(fmt.Sprint("c", n)), 1))
	}
	flush(t, j)
	stop()

	both := with(fresh, old)
	if err := both.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := with(fresh).Migrate(t.Context()); !errors.Is(err, store.ErrKeys) {
		t.Errorf("the old key was taken away too early: %v", err)
	}
	did, err := both.Reseal(t.Context())
	if err != nil || did.Key != 2 || !slices.Equal(did.Free, []int{1}) || did.Rows["call.number_sealed"] < 2500 {
		t.Fatalf("%+v, %v", did, err)
	}
	if again, err := both.Reseal(t.Context()); err != nil || again.Rows["call.number_sealed"] != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
	after := with(fresh)
	if err := after.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := after.Call(t.Context(), "hotline-1.1")
	if err != nil || got.Call.Number != want.Call.Number || got.Disposition == nil || got.Disposition.Note != want.Disposition.Note {
		t.Errorf("%v: %+v", err, got)
	}
	if page, err := after.Calls(t.Context(), store.Filter{Number: "13800001234"}); err != nil || len(page.Calls) != 1 {
		t.Errorf("it is not found again: %v: %+v", err, page)
	}
	if _, err := before.Calls(t.Context(), store.Filter{}); !errors.Is(err, seal.ErrUnknownKey) || errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a program without the new key: %v", err)
	}
}
