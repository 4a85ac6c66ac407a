package search_test

import (
	"strings"
	"testing"
	"time"

	"hotline/knowledgebase/search"
)

// shown writes spans with brackets around what is marked.
func shown(spans []search.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Hit {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestWhatWasAskedIsMarked(t *testing.T) {
	t.Parallel()
	s := index(articles...).Snapshot()
	for _, c := range []struct {
		query      search.Query
		text, want string
	}{
		{search.Query{Text: "社保卡丢了"}, "社保卡遗失补办，卡要带好", "[社保卡遗失]补办，卡要带好"}, // 遗失 means 丢了
		{search.Query{Text: "社会"}, "社會保障", "[社會]保障"},
		{search.Query{Text: "卡"}, "卡和ｃａｒｄ", "[卡]和ｃａｒｄ"},
		{search.Query{Text: "CARD"}, "卡和ｃａｒｄ", "卡和[ｃａｒｄ]"},
		{search.Query{Text: "123", Typing: true}, "请拨12333。", "请拨[12333]。"},
		{search.Query{Text: "射保咖", Spoken: true}, "办社保卡", "办[社保卡]"},
		{search.Query{Text: "script"}, "<script>alert(1)</script>", "<[script]>alert(1)</[script]>"},
		{search.Query{Text: "𠮷野"}, "去𠮷野家", "去[𠮷野]家"},
		{search.Query{}, "全文", "全文"},
	} {
		if got := shown(s.Highlight(c.query, c.text, 100)); got != c.want {
			t.Errorf("%q in %q: %s, not %s", c.query.Text, c.text, got, c.want)
		}
	}
}

func TestTheBestPieceIsShown(t *testing.T) {
	t.Parallel()
	s := index(articles...).Snapshot()
	text := strings.Repeat("与此无关的前言。", 2000) + "社保卡丢失补办的步骤如下。" + strings.Repeat("后记。", 50_000)
	began := time.Now()
	got := shown(s.Highlight(search.Query{Text: "社保卡丢失补办"}, text, 60))
	if !strings.Contains(got, "[社保卡丢失补办]") || len([]rune(got)) > 70 {
		t.Error(got)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}
