package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	kb "hotline/knowledgebase"
	"hotline/knowledgebase/demo"
)

func TestShippedArticlesAreKeptOnceAndHeardOf(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	shipped, err := demo.Articles()
	if err != nil {
		t.Fatal(err)
	}
	var starting sync.WaitGroup
	for range 3 {
		starting.Go(func() {
			if err := s.SeedArticles(t.Context(), shipped); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	kept, err := s.PublishedArticles(t.Context(), "")
	if err != nil || len(kept) != len(shipped) || kept[0].Content.Title != shipped[0].Content.Title {
		t.Fatal(err, len(kept))
	}

	heard := make(chan string, 10)
	ctx, stop := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { _ = s.WatchArticles(ctx, func(id string) { heard <- id }) })
	defer watching.Wait()
	defer stop()
	if id := <-heard; id != "" {
		t.Errorf("%q before anything changed", id)
	}
	began := time.Now()
	editor := kb.Person{No: "7001", Unit: kept[0].Content.Unit, Roles: []kb.Role{kb.RoleEditor}}
	edit := func(a kb.Article) (kb.Article, error) {
		c := a.Content
		c.Title = "改过的标题"
		return a.Edit(c, editor, 1, time.Now())
	}
	if _, err := s.ChangeArticle(t.Context(), kept[0].ID, "7001", edit); err != nil {
		t.Fatal(err)
	}
	if id := <-heard; id != kept[0].ID || time.Since(began) > time.Second {
		t.Errorf("%q after %v", id, time.Since(began))
	}
	if now, err := s.PublishedArticles(t.Context(), kept[0].ID); err != nil || now[0].Content.Title != kept[0].Content.Title {
		t.Errorf("a draft is shown: %v %+v", err, now)
	}
	var conflict *kb.Conflict
	if _, err := s.ChangeArticle(t.Context(), kept[0].ID, "7001", edit); !errors.As(err, &conflict) {
		t.Errorf("the second edit of version 1: %v", err)
	}
	if _, err := s.ChangeArticle(t.Context(), "nobody", "7001", edit); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}
