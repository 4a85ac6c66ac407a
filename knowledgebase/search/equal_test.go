package search_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hotline/knowledgebase/search"
)

const alphabet = "社保卡丢失补办公积金提取医疗险退休养老电话网点身份证明材料费用时间地址流程条件咨询投诉供水停电路灯噪声环境"

func phrase(rng *rand.Rand, n int) string {
	letters := []rune(alphabet)
	r := make([]rune, n)
	for i := range r {
		r[i] = letters[int(rng.ExpFloat64()*12)%len(letters)]
	}
	return string(r)
}

func made(rng *rand.Rand, id string) *search.Document {
	d := &search.Document{ID: id, Title: phrase(rng, 3+rng.IntN(8)), Text: phrase(rng, rng.IntN(80)) + fmt.Sprint("。", rng.IntN(50))}
	for range rng.IntN(3) {
		d.Similar = append(d.Similar, phrase(rng, 6))
	}
	d.Facts = search.Facts{Topic: []string{"甲", "甲/乙", "丙"}[rng.IntN(3)], Secrecy: rng.IntN(3)}
	d.Votes = search.Votes{Used: rng.IntN(9), Wrong: rng.IntN(3)}
	return d
}

// An index that was edited ten thousand times answers like one that was built of what is left, to the last digit.
func TestEditedEqualsRebuilt(t *testing.T) {
	t.Parallel()
	edits, checks := 10_000, 10
	if testing.Short() {
		edits, checks = 1500, 3
	}
	rng := rand.New(rand.NewPCG(12345, 6))
	edited, kept := search.New(search.DefaultSynonyms()), map[string]*search.Document{}
	for i := 1; i <= edits; i++ {
		id := fmt.Sprintf("%04d", rng.IntN(1500))
		switch d := kept[id]; {
		case d != nil && rng.IntN(3) == 0:
			edited.Apply(search.Change{Remove: id})
			delete(kept, id)
		case d != nil && rng.IntN(5) == 0:
			v := *d
			v.Votes.Used++
			edited.Weigh(id, v.Votes)
			kept[id] = &v
		default:
			kept[id] = made(rng, id)
			edited.Apply(search.Change{Put: kept[id]})
		}
		if i%(edits/checks) == 0 {
			compare(t, rng, edited.Snapshot(), rebuilt(kept))
		}
	}
}

func rebuilt(kept map[string]*search.Document) *search.Snapshot {
	x := search.New(search.DefaultSynonyms())
	var all []search.Change
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		all = append(all, search.Change{Put: kept[id]})
	}
	x.Apply(all...)
	return x.Snapshot()
}

// found is what a reader sees of hits.
func found(hits []search.Hit) (all []string) {
	for _, h := range hits {
		all = append(all, fmt.Sprint(h.ID, h.Title, h.Text, h.Similar, h.Score, h.Moved))
	}
	return all
}

func compare(t *testing.T, rng *rand.Rand, edited, rebuilt *search.Snapshot) {
	t.Helper()
	if edited.Len() != rebuilt.Len() {
		t.Fatalf("%d articles, rebuilt %d", edited.Len(), rebuilt.Len())
	}
	for n := range 60 {
		q := search.Query{Text: phrase(rng, 1+rng.IntN(20)), Spoken: n%3 == 0, Typing: n%2 == 0, Limit: 1 + n}
		q.Filter.Secrecy = n % 3
		if n%4 == 0 {
			q.Text, q.Filter.Topics = q.Text+fmt.Sprint(n%50), []string{"甲"}
		}
		if diff := cmp.Diff(found(rebuilt.Search(q)), found(edited.Search(q))); diff != "" {
			t.Fatalf("%+v: rebuilt -, edited +\n%s", q, diff)
		}
	}
}

// The short way to the best must lead to the same as the long one: with a limit of one hundred little is spared.
func TestSparedListsLoseNothing(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(12345, 7))
	var all []search.Change
	for i := range 5000 {
		all = append(all, search.Change{Put: made(rng, fmt.Sprintf("%04d", i))})
	}
	x := search.New(nil)
	x.Apply(all...)
	for range 200 {
		q := search.Query{Text: phrase(rng, 2+rng.IntN(18)), Limit: 100, Filter: search.Filter{Secrecy: 1}}
		long := found(x.Snapshot().Search(q))
		q.Limit = 5
		if diff := cmp.Diff(long[:min(5, len(long))], found(x.Snapshot().Search(q))); diff != "" {
			t.Fatalf("%s: of a hundred -, of five +\n%s", q.Text, diff)
		}
	}
}
