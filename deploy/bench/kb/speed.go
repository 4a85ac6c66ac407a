package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"hotline/knowledgebase/search"
)

const (
	askers = 8
	asks   = 4000 // of all askers together
	edits  = 200
)

var now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// speed measures in a process of its own.
func (f figures) speed(ctx context.Context, data string, articles int, suffix string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "size", data, strconv.Itoa(articles))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("measure %d articles: %w", articles, err)
	}
	var found figures
	if err := json.Unmarshal(out, &found); err != nil {
		return err
	}
	for name, v := range found {
		stem, unit := cut(name)
		f[stem+suffix+unit] = v
	}
	return nil
}

// cut parts a figure's name from its unit.
func cut(name string) (stem, unit string) {
	at := strings.LastIndexByte(name, '_')
	return name[:at], name[at:]
}

// size measures an index of n short articles.
func size(data string, n int) (figures, error) {
	articles, questions, err := load(data)
	if err != nil {
		return nil, err
	}
	all := short(articles, n)
	articles = nil
	began := time.Now()
	x := search.New(search.DefaultSynonyms())
	for chunk := range slices.Chunk(all, 1<<16) {
		x.Apply(chunk...)
	}
	f := figures{"index_s": time.Since(began).Seconds()}
	sample := *all[n/2].Put
	all = nil
	debug.FreeOSMemory()
	f["rss_mb"] = rss()
	used := processor()
	took := ask(questions, func(q query) { x.Snapshot().Search(q) })
	f["cpu_per_ask_ms"] = ms(processor()-used) / asks
	f["p50_ms"], f["p99_ms"] = quantiles(took)
	f["fresh_ms"] = fresh(x, sample)
	return f, nil
}

// short makes n short articles of two sentences each, in order that every run has the same.
func short(articles []article, n int) []search.Change {
	var sentences []string
	for _, a := range articles {
		for s := range strings.FieldsFuncSeq(a.Text, func(r rune) bool { return strings.ContainsRune("。；\n", r) }) {
			if r := []rune(strings.TrimSpace(s)); len(r) > 8 {
				sentences = append(sentences, string(r[:min(len(r), 80)]))
			}
		}
	}
	rng := rand.New(rand.NewPCG(12345, 3))
	all := make([]search.Change, n)
	for i := range all {
		at := rng.IntN(len(sentences) - 1)
		d := &search.Document{ID: fmt.Sprintf("%07d", i), Title: sentences[rng.IntN(len(sentences))], Text: sentences[at] + "。" + sentences[at+1]}
		d.Facts = search.Facts{Topic: fmt.Sprintf("主题%d/子题%d", i%15, i%150), Unit: fmt.Sprintf("单位%d", i%40), From: now.AddDate(-1, 0, 0)}
		if i%10 == 0 {
			d.Facts.Until = now.Add(-time.Hour) // every tenth is over
		}
		if i%7 == 0 {
			d.Facts.Secrecy = 2
		}
		if i%3 == 0 {
			d.Facts.Region = "常州/" + []string{"天宁", "钟楼", "新北"}[i/3%3]
		}
		all[i].Put = d
	}
	return all
}

// filters are what an agent's page asks with: what is valid now and no secret, sometimes of one region or topic.
var filters = []search.Filter{
	{At: now, Secrecy: 1},
	{At: now, Secrecy: 1, Regions: []string{"常州/天宁"}},
	{At: now, Secrecy: 1, Topics: []string{"主题3", "主题7"}},
}

// ask lets all askers ask at once, each its next question as soon as it has an answer; every second is half typed.
func ask(questions []question, search func(query)) []time.Duration {
	return askN(questions, asks, search)
}

// askN is ask with another number of questions.
func askN(questions []question, n int, search func(query)) []time.Duration {
	took := make([][]time.Duration, askers)
	var group sync.WaitGroup
	for a := range askers {
		group.Go(func() {
			for i := a; i < n; i += askers {
				q := typed(questions[i/2%len(questions)])
				if i/askers%2 == 1 {
					q = half(questions[i/2%len(questions)])
				}
				q.Filter = filters[i%len(filters)]
				began := time.Now()
				search(q)
				took[a] = append(took[a], time.Since(began))
			}
		})
	}
	group.Wait()
	return slices.Concat(took...)
}

// fresh is the longest time from handing over an edited article until a search finds it.
func fresh(x *search.Index, d search.Document) float64 {
	longest := time.Duration(0)
	for i := range edits {
		d.Text = fmt.Sprintf("新发布的内容编号%d，%s", 900000+i, d.Text[:min(len(d.Text), 300)])
		began := time.Now()
		x.Apply(search.Change{Put: &d})
		hits := x.Snapshot().Search(query{Text: fmt.Sprint(900000 + i)})
		longest = max(longest, time.Since(began))
		if len(hits) == 0 || hits[0].ID != d.ID {
			return -1
		}
	}
	return ms(longest)
}

func quantiles(all []time.Duration) (p50, p99 float64) {
	slices.Sort(all)
	return ms(all[len(all)/2]), ms(all[len(all)*99/100])
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// processor is the processor time that this process has used.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// rss is this process's memory in MB.
func rss() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	kb, _ := strconv.ParseFloat(string(bytes.Fields(rest)[0]), 64)
	return kb / 1024
}
