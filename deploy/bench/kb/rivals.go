package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/jackc/pgx/v5/pgxpool"

	"hotline/deploy/postgres"
)

// library is bleve with its analyser for Chinese, one field for title and text.
type library struct{ bleve.Index }

func (l library) find(q query) ([]string, error) {
	request := bleve.NewSearchRequestOptions(bleve.NewMatchQuery(q.Text), max(q.Limit, 10), 0, false)
	found, err := l.Search(request)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.ID
	}
	return ids, nil
}

func (f figures) bleve(articles []article, questions []question) error {
	dir, err := os.MkdirTemp("", "kb-bleve-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = cjk.AnalyzerName
	mapping.StoreDynamic, mapping.DocValuesDynamic = false, false
	x, err := bleve.New(dir+"/index", mapping)
	if err != nil {
		return err
	}
	defer x.Close()
	began := time.Now()
	batch := x.NewBatch()
	for i, a := range articles {
		if err := batch.Index(a.ID, map[string]string{"text": a.Title + "\n" + a.Text}); err != nil {
			return err
		}
		if batch.Size() == 2000 || i == len(articles)-1 {
			if err := x.Batch(batch); err != nil {
				return err
			}
			batch.Reset()
		}
	}
	f["bleve_law_index_s"] = time.Since(began).Seconds()
	return f.rival("bleve", library{x}, questions, asks/4)
}

// rival measures another engine, and ours on the same articles with the same number of askers, without filters.
func (f figures) rival(name string, e engine, questions []question, n int) error {
	q, err := measure(e, questions, typed)
	if err != nil {
		return err
	}
	f[name+"_mrr10"], f[name+"_r10"], f[name+"_r100"], f[name+"_hit5"] = q.mrr10, q.r10, q.r100, q.hit5
	var failed error
	took := askN(questions, n, func(q query) {
		if _, err := e.find(q); err != nil {
			failed = err
		}
	})
	f[name+"_law_p50_ms"], f[name+"_law_p99_ms"] = quantiles(took)
	return failed
}

// database is PostgreSQL: pairs of characters as words, ranked by ts_rank with even weights.
type database struct{ *pgxpool.Pool }

func (d database) find(q query) ([]string, error) {
	rows, err := d.Query(context.Background(), `
SELECT id FROM article, to_tsquery('simple', $1) AS q
WHERE terms @@ q ORDER BY ts_rank('{1,1,1,1}', terms, q) DESC, id LIMIT $2`,
		strings.Join(strings.Fields(pairs(q.Text)), "|"), max(q.Limit, 10))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// pairs are the pairs of characters of a text, divided by spaces.
func pairs(text string) string {
	var b strings.Builder
	var last rune
	for _, r := range text {
		if r < 0x4E00 || r > 0x9FFF {
			last = 0
			continue
		}
		if last != 0 {
			fmt.Fprintf(&b, "%c%c ", last, r)
		}
		last = r
	}
	return b.String()
}

// fewer questions are put to PostgreSQL: it takes a tenth of a second for one.
const fewer = 200

func (f figures) postgres(ctx context.Context, articles []article, questions []question) error {
	server, err := postgres.Start(ctx, postgres.Options{Unsafe: true})
	if err != nil {
		return err
	}
	defer server.Close()
	pool, err := pgxpool.New(ctx, server.DSN())
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, "CREATE TABLE article (id text PRIMARY KEY, terms tsvector NOT NULL)"); err != nil {
		return err
	}
	began := time.Now()
	const many = 2000
	for from := 0; from < len(articles); from += many {
		var ids, texts []string
		for _, a := range articles[from:min(len(articles), from+many)] {
			ids, texts = append(ids, a.ID), append(texts, pairs(a.Title+"\n"+a.Text))
		}
		if _, err := pool.Exec(ctx, `
INSERT INTO article SELECT id, to_tsvector('simple', words) FROM unnest($1::text[], $2::text[]) AS a (id, words)`, ids, texts); err != nil {
			return err
		}
	}
	if _, err := pool.Exec(ctx, "CREATE INDEX ON article USING gin (terms); ANALYZE article"); err != nil {
		return err
	}
	f["ts_rank_law_index_s"] = time.Since(began).Seconds()
	return f.rival("ts_rank", database{pool}, questions[:min(len(questions), fewer)], fewer)
}
