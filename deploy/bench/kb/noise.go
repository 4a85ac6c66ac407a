package main

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// noisy makes of questions what a recogniser hears on the telephone: every fifth character is another one of the same
// syllable, as common as the articles have it, and the caller says what callers say before and within.
func noisy(articles []article, questions []question) []question {
	seen := map[rune]int{}
	for _, a := range articles {
		for _, r := range a.Text {
			seen[r]++
		}
	}
	alike := map[string][]rune{}
	for _, r := range slices.Sorted(maps.Keys(seen)) { // in order, so that every run hears the same
		if s := sound(r); s != "" && seen[r] >= 20 {
			alike[s] = append(alike[s], r)
		}
	}
	rng := rand.New(rand.NewPCG(12345, 1))
	out := make([]question, len(questions))
	for i, q := range questions {
		r := []rune(q.Text)
		for j := range r {
			if rng.Float64() < 0.2 {
				r[j] = homophone(rng, r[j], alike, seen)
			}
		}
		half := len(r) / 2
		out[i] = q
		out[i].Text = pick(rng, before) + string(r[:half]) + pick(rng, within) + string(r[half:]) + pick(rng, after)
	}
	return out
}

var (
	before = []string{"喂你好，我想问一下，", "哎你好那个，", "您好麻烦帮我查一下，", "嗯，是这样的，", "你好我咨询个事，"}
	within = []string{"那个", "就是说", "嗯", "这个", "呃"}
	after  = []string{"，谢谢啊", "，你们能不能管一下", "，是吧", "，麻烦你了", "呢"}
)

func pick(rng *rand.Rand, of []string) string { return of[rng.IntN(len(of))] }

// homophone picks by frequency, for a recogniser errs towards common characters.
func homophone(rng *rand.Rand, r rune, alike map[string][]rune, seen map[rune]int) rune {
	total := 0
	others := alike[sound(r)]
	for _, o := range others {
		if o != r {
			total += seen[o]
		}
	}
	if total == 0 {
		return r
	}
	at := rng.IntN(total)
	for _, o := range others {
		if o == r {
			continue
		}
		if at -= seen[o]; at < 0 {
			return o
		}
	}
	return r
}

var plainPinyin = pinyin.NewArgs()

func sound(r rune) string {
	if read := pinyin.SinglePinyin(r, plainPinyin); len(read) > 0 {
		return strings.ToLower(read[0])
	}
	return ""
}
