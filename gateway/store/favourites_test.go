package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/target"
)

func TestFavouritesAreKeptPerAgent(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	other := jia()
	other.AgentNo = "8002"
	for _, a := range []store.Account{jia(), other} {
		if err := s.CreateAccount(t.Context(), a, password, false); err != nil {
			t.Fatal(err)
		}
	}
	gjj, police := target.Key{Kind: target.Line, Name: "12329"}, target.Key{Kind: target.Emergency, Name: "110"}
	for _, k := range []target.Key{gjj, police, gjj} {
		if kept, err := s.AddFavourite(t.Context(), "8001", k); err != nil || !kept {
			t.Fatal(kept, err)
		}
	}
	if err := s.RemoveFavourite(t.Context(), "8002", gjj); err != nil {
		t.Error(err)
	}
	got, err := s.Favourites(t.Context(), "8001")
	if diff := cmp.Diff([]target.Key{gjj, police}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := s.RemoveFavourite(t.Context(), "8001", gjj); err != nil {
		t.Error(err)
	}
	got, err = s.Favourites(t.Context(), "8001")
	if diff := cmp.Diff([]target.Key{police}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.AddFavourite(t.Context(), "8009", gjj); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

func TestFavouritesAreBoundedAlsoWhenTwoPagesAdd(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	var pages sync.WaitGroup
	for page := range 4 {
		pages.Go(func() {
			for i := range 20 {
				if _, err := s.AddFavourite(t.Context(), "8001", target.Key{Kind: target.Agent, Name: fmt.Sprintf("%d-%d", page, i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	pages.Wait()
	all, err := s.Favourites(t.Context(), "8001")
	if err != nil || len(all) != store.MaxFavourites {
		t.Fatalf("%v: %d are kept", err, len(all))
	}
	if kept, err := s.AddFavourite(t.Context(), "8001", all[7]); err != nil || !kept {
		t.Errorf("one that is kept is refused: %t %v", kept, err)
	}
	if kept, err := s.AddFavourite(t.Context(), "8001", target.Key{Kind: target.Line, Name: "12345"}); err != nil || kept {
		t.Errorf("one too many is kept: %t %v", kept, err)
	}
}
