package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/knowledgebase"
)

const (
	selectArticle = `
SELECT id, version, stage, content, editor, owner, reason, at FROM article WHERE id = $1 FOR UPDATE`

	selectPublished = `
SELECT id, version, stage, published, editor, owner, reason, at FROM article
WHERE published IS NOT NULL AND ($1 = '' OR id = $1) ORDER BY id`

	// What is published stays so while a draft goes its way, until that is published or it is withdrawn.
	upsertArticle = `
INSERT INTO article (id, version, stage, content, published, editor, owner, reason, at)
VALUES ($1, $2, $3, $4, CASE WHEN $3 = 'published' THEN $4::jsonb END, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET version = $2, stage = $3, content = $4, editor = $5, owner = $6, reason = $7, at = $8,
    published = CASE $3 WHEN 'published' THEN $4::jsonb WHEN 'withdrawn' THEN NULL ELSE article.published END`

	insertArticleVersion = `
INSERT INTO article_version (id, version, stage, content, who, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`

	lockArticles = `
LOCK TABLE article IN SHARE ROW EXCLUSIVE MODE`

	countArticles = `
SELECT count(*) FROM article`

	notifyArticle = `
SELECT pg_notify('article', $1)`

	listenArticles = `
LISTEN article`
)

// SeedArticles keeps articles where none is kept yet.
func (s *Store) SeedArticles(ctx context.Context, articles []knowledgebase.Article) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var kept int
		if _, err := tx.Exec(ctx, lockArticles); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, countArticles).Scan(&kept); err != nil || kept > 0 {
			return err
		}
		for _, a := range articles {
			if a.At.IsZero() {
				a.At = time.Now()
			}
			if err := keepArticle(ctx, tx, a, SystemUser); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "seed the knowledge base")
}

// ChangeArticle keeps what change makes of an article; who is whose doing it is. Changes of one article take turns.
// The error is ErrNotFound where there is none, or change's own.
func (s *Store) ChangeArticle(ctx context.Context, id, who string, change func(knowledgebase.Article) (knowledgebase.Article, error)) (after knowledgebase.Article, err error) {
	var refused error
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		found, err := query(ctx, tx, scanArticle, selectArticle, key(id))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return pgx.ErrNoRows
		}
		if after, refused = change(found[0]); refused != nil {
			return refused
		}
		return keepArticle(ctx, tx, after, who)
	})
	if refused != nil {
		return after, refused
	}
	return after, wrap(err, "change article %s", key(id))
}

// keepArticle writes an article and its version, and tells every gateway once that is committed.
func keepArticle(ctx context.Context, tx pgx.Tx, a knowledgebase.Article, who string) error {
	content, err := json.Marshal(a.Content)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue(upsertArticle, key(a.ID), a.Version, a.Stage, content, key(a.Editor), key(a.Owner), text(a.Reason), a.At)
	batch.Queue(insertArticleVersion, key(a.ID), a.Version, a.Stage, content, key(who), text(a.Reason), a.At)
	batch.Queue(notifyArticle, key(a.ID))
	return tx.SendBatch(ctx, batch).Close()
}

// PublishedArticles are those that agents may find, each as it was published; with an id that one only.
func (s *Store) PublishedArticles(ctx context.Context, id string) ([]knowledgebase.Article, error) {
	articles, err := query(ctx, s.pool, scanArticle, selectPublished, key(id))
	return articles, wrap(err, "read the published articles")
}

func scanArticle(row pgx.CollectableRow) (a knowledgebase.Article, err error) {
	var content []byte
	if err := row.Scan(&a.ID, &a.Version, &a.Stage, &content, &a.Editor, &a.Owner, &a.Reason, into(&a.At)); err != nil {
		return a, err
	}
	return a, json.Unmarshal(content, &a.Content)
}

// WatchArticles tells of articles that changed, on any gateway, until ctx ends. Whenever the way to PostgreSQL is
// new it tells changed an empty id: anything may have changed meanwhile.
func (s *Store) WatchArticles(ctx context.Context, changed func(id string)) error {
	var pause backoff
	for {
		err := s.listenArticles(ctx, &pause, changed)
		if ctx.Err() != nil {
			return nil
		}
		s.log.Warn("changes to articles are not heard; trying again", "err", err)
		if !pause.sleep(ctx) {
			return nil
		}
	}
}

func (s *Store) listenArticles(ctx context.Context, pause *backoff, changed func(id string)) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	listening := conn.Hijack() // not to be given back: it listens
	defer func() { _ = listening.Close(context.WithoutCancel(ctx)) }()
	if _, err := listening.Exec(ctx, listenArticles); err != nil {
		return err
	}
	pause.reset()
	changed("")
	for {
		n, err := listening.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		changed(n.Payload)
	}
}
