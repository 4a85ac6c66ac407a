package search_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/knowledgebase/search"
)

// articles are a small base that the tests share.
var articles = []search.Document{
	{ID: "card", Title: "社保卡遗失补办", Text: "社会保障卡丢失后，先电话挂失，再持身份证到银行网点补领，工本费16元。", Similar: []string{"社保卡丢了怎么办", "社保卡不见了"},
		Facts: search.Facts{Topic: "人社/社保卡", Unit: "人社局"}},
	{ID: "fund", Title: "住房公积金提取", Text: "购房、租房、退休可以提取住房公积金。电话0519-85588123。", Facts: search.Facts{Topic: "住建/公积金", Unit: "公积金中心", Region: "常州"}},
	{ID: "notice", Title: "关于调整最低工资标准的通知", Text: "苏人社发〔2023〕45号。月最低工资标准为2490元。", Facts: search.Facts{Topic: "人社/工资", Unit: "人社局"}},
	{ID: "line", Title: "人社咨询热线", Text: "人力资源和社会保障咨询请拨12333。", Facts: search.Facts{Topic: "人社", Unit: "人社局", Secrecy: 2}},
	{ID: "rare", Title: "𠮷野家门前占道", Text: "姓名用字𠮷、㙍可以办理登记。", Facts: search.Facts{Topic: "公安/户籍"}},
}

func index(docs ...search.Document) *search.Index {
	x := search.New(search.DefaultSynonyms())
	for _, d := range docs {
		x.Apply(search.Change{Put: &d})
	}
	return x
}

// first is the ID of the best hit; empty: none.
func first(x *search.Index, q search.Query) string {
	if hits := x.Snapshot().Search(q); len(hits) > 0 {
		return hits[0].ID
	}
	return ""
}

func TestAnAgentFindsTheArticle(t *testing.T) {
	t.Parallel()
	x := index(articles...)
	for _, c := range []struct{ why, text, want string }{
		{"the caller's words", "社保卡丢了", "card"},
		{"traditional characters", "社會保障卡掛失", "card"},
		{"full width", "１２３３３热线", ""}, // secret to whom does not ask for it
		{"a word that means the same", "公积金", "fund"},
		{"a telephone number", "85588123", "fund"},
		{"with its area code", "0519 85588123", "fund"},
		{"a document's number", "苏人社发[2023]45号", "notice"},
		{"the number alone", "2023年45号", ""},
		{"pinyin", "shebaoka", "card"},
		{"pinyin, the last syllable half typed", "gongjijint", "fund"},
		{"beyond the basic plane", "𠮷", "rare"},
		{"emoji between", "社保卡😭丢了👍🏽", "card"},
		{"an expression", ".*(社保卡)+[丢]?$", "card"},
		{"signs only", "？！…*", ""},
		{"nothing", "", ""},
		{"one character", "卡", "card"},
	} {
		if got := first(x, search.Query{Text: c.text}); got != c.want && c.want != "" || c.text == "" && got != "" {
			t.Errorf("%s: %q finds %q, not %q", c.why, c.text, got, c.want)
		}
	}
	for _, text := range []string{"１２３３３", "12333", "123", "1233"} {
		if got := first(x, search.Query{Text: text, Typing: true, Filter: search.Filter{Secrecy: 2}}); got != "line" {
			t.Errorf("%q finds %q", text, got)
		}
	}
}

func TestMisheardWordsFindTheArticle(t *testing.T) {
	t.Parallel()
	x := index(articles...)
	for _, text := range []string{"喂你好我射保咖丢了怎么半啊", "那个我想提取住房公鸡金"} {
		if got := first(x, search.Query{Text: text, Spoken: true}); got != "card" && got != "fund" {
			t.Errorf("%q finds %q", text, got)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	x := index(
		search.Document{ID: "past", Title: "供暖时间", Facts: search.Facts{Topic: "能源/供暖", Until: at}},
		search.Document{ID: "now", Title: "供暖时间", Facts: search.Facts{Topic: "能源/供暖", Unit: "住建局", Kind: "guide", Region: "常州/天宁", From: at, Until: at.Add(time.Minute)}},
		search.Document{ID: "coming", Title: "供暖时间", Facts: search.Facts{Topic: "能源", From: at.Add(time.Minute)}},
		search.Document{ID: "secret", Title: "供暖时间", Facts: search.Facts{Topic: "能源源", Secrecy: 2, From: at}},
	)
	for _, c := range []struct {
		filter search.Filter
		want   string
	}{
		{search.Filter{At: at}, "now"},
		{search.Filter{At: at.Add(-time.Second)}, "past"},
		{search.Filter{At: at.Add(time.Minute)}, "coming"},
		{search.Filter{At: at, Secrecy: 2}, "now secret"},
		{search.Filter{Topics: []string{"能源"}}, "coming now past"},
		{search.Filter{Topics: []string{"能源/供暖"}}, "now past"},
		{search.Filter{At: at, Regions: []string{"常州"}}, "now"},
		{search.Filter{Regions: []string{"无锡"}}, "coming past"},
		{search.Filter{Units: []string{"住建局"}, Kinds: []string{"guide"}}, "now"},
		{search.Filter{Units: []string{"别的"}}, ""},
	} {
		var ids []string
		for _, h := range x.Snapshot().Search(search.Query{Text: "供暖", Filter: c.filter}) {
			ids = append(ids, h.ID)
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%+v lets through %q, not %q", c.filter, got, c.want)
		}
	}
}

func TestVotesMoveWithinBounds(t *testing.T) {
	t.Parallel()
	x := index(search.Document{ID: "a", Title: "噪声扰民投诉"}, search.Document{ID: "b", Title: "噪声扰民投诉"})
	ask := search.Query{Text: "噪声扰民"}
	if got := first(x, ask); got != "a" {
		t.Fatalf("%q is first of equals", got)
	}
	x.Weigh("b", search.Votes{Used: 3})
	if got := first(x, ask); got != "b" {
		t.Error("what was used is not before its equal")
	}
	x.Weigh("b", search.Votes{Used: 3, Wrong: 2})
	if got := first(x, ask); got != "a" {
		t.Error("what was not right is before its equal")
	}
	x.Weigh("b", search.Votes{Wrong: 1 << 40})
	hits := x.Snapshot().Search(ask)
	if len(hits) != 2 || hits[1].Moved < 0.87 || hits[1].Score < hits[0].Score*0.87 {
		t.Errorf("%+v", hits)
	}
}

func TestBadInputIsBounded(t *testing.T) {
	t.Parallel()
	many := make([]string, 1_000_000)
	for i := range many {
		many[i] = fmt.Sprintf("怎么办%d", i)
	}
	x := index(append(articles,
		search.Document{ID: "huge", Title: "长文", Text: strings.Repeat("社保卡政策全文与办理", 1<<20/30)},
		search.Document{ID: "many", Title: "相似问", Similar: many},
		search.Document{ID: "one", Title: "卡"},
		search.Document{ID: "empty"},
		search.Document{ID: "broken", Title: "\xff\x00社\xed\xa0\x80", Text: "<script>alert(1)</script>"},
	)...)
	began := time.Now()
	for _, text := range []string{strings.Repeat("社保卡丢了怎么办理公积金提取", 714), strings.Repeat("a", 10_000), strings.Repeat("1 ", 5_000), "\xff\xfe"} {
		x.Snapshot().Search(search.Query{Text: text, Limit: 1 << 30, Spoken: true, Typing: true})
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("four long questions took %v", took)
	}
	if got := first(x, search.Query{Text: "社保卡丢了"}); got != "card" {
		t.Errorf("%q comes first", got)
	}
	x.Apply(search.Change{Remove: "huge"}, search.Change{Remove: "many"}, search.Change{Remove: "nobody"})
	if n := x.Snapshot().Len(); n != len(articles)+3 {
		t.Errorf("%d articles are left", n)
	}
}

// Readers ask while a writer replaces articles whose parts always match; nobody may see halves of two.
func TestSearchesDuringEditsSeeWholeArticles(t *testing.T) {
	t.Parallel()
	const names = "甲乙丙丁戊己庚辛"
	article := func(i int) *search.Document {
		name := string([]rune(names)[i%8])
		return &search.Document{ID: fmt.Sprint(i % 50), Title: "事项" + name, Text: "内容" + name, Similar: []string{"问题" + name}}
	}
	x := search.New(nil)
	for i := range 50 {
		x.Apply(search.Change{Put: article(i)})
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				s := x.Snapshot()
				hits := s.Search(search.Query{Text: "事项内容问题", Limit: 100})
				if len(hits) != 50 || s.Len() != 50 {
					t.Errorf("%d of 50 articles are there", len(hits))
					return
				}
				for _, h := range hits {
					name := strings.TrimPrefix(h.Title, "事项")
					if h.Text != "内容"+name || h.Similar[0] != "问题"+name {
						t.Errorf("half an article: %+v", h.Document)
						return
					}
				}
			}
		})
	}
	for i := range 3000 {
		x.Apply(search.Change{Put: article(i * 7)})
	}
	close(done)
	readers.Wait()
}
