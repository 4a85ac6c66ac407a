package demo_test

import (
	"strings"
	"testing"

	"hotline/knowledgebase/demo"
	"hotline/knowledgebase/search"
)

func TestShippedArticlesAnswerWhatCallersSay(t *testing.T) {
	t.Parallel()
	articles, err := demo.Articles()
	if err != nil {
		t.Fatal(err)
	}
	x := search.New(search.DefaultSynonyms())
	topics, ids := map[string]bool{}, map[string]string{}
	for _, a := range articles {
		d := a.Document(search.Votes{})
		x.Apply(search.Change{Put: &d})
		topic, _, _ := strings.Cut(a.Content.Topic, "/")
		topics[topic] = true
		ids[a.Content.Title] = a.ID
		if a.Content.Say == "" || len(a.Content.Similar) < 3 {
			t.Errorf("%s: what to read and three wordings are missing", a.Content.Title)
		}
	}
	if len(articles) < 60 || len(topics) < 15 {
		t.Errorf("%d articles over %d topics", len(articles), len(topics))
	}
	for _, a := range articles {
		for _, wording := range a.Content.Similar {
			if hits := x.Snapshot().Search(search.Query{Text: wording, Limit: 5}); len(hits) == 0 || hits[0].ID != a.ID {
				t.Errorf("%q does not find %s first", wording, a.Content.Title)
			}
		}
	}
	for asked, title := range map[string]string{ // in words that no article has
		"我的社保卡掉了要怎么弄": "社保卡遗失补办", "半夜工地还在打桩睡不着觉": "噪声扰民投诉", "老板三个月没给我发工资了": "拖欠工资怎么投诉",
		"家里闻到一股天然气的味道": "燃气泄漏处置", "驾照快过期了": "驾驶证期满换证", "我妈在外地住院医保能不能报": "异地就医备案",
	} {
		hits := x.Snapshot().Search(search.Query{Text: asked, Limit: 5})
		at := -1
		for i, h := range hits {
			if h.ID == ids[title] {
				at = i
			}
		}
		if at < 0 || at > 2 {
			t.Errorf("%q has %s at %d", asked, title, at)
		}
	}
}
