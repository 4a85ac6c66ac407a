package search

import (
	"slices"
	"strings"
	"time"
)

// Bounds of one article. What lies beyond is kept and shown by its owner, but not searched.
const (
	maxRunes   = 1 << 17 // of all texts of one article together
	maxSimilar = 2000    // callers' own wordings of one article
)

// Document is an article as search sees it.
type Document struct {
	ID      string
	Title   string
	Text    string
	Similar []string // callers' own wordings, each counted once
	Facts   Facts
	Votes   Votes // as they were when it was put; Index.Weigh tells of later ones
}

// Facts are what a filter asks about.
type Facts struct {
	Topic   string // path in the topic tree, "人社/社保卡"
	Region  string // path in the tree of regions; empty is everywhere
	Unit    string // who owns it
	Kind    string
	Secrecy int       // 0 is public
	From    time.Time // valid from, in whole seconds; zero: always has been
	Until   time.Time // and before; zero: for good
}

// Filter says which articles a search may find. The zero filter lets everything through that is public and valid at
// its time.
type Filter struct {
	At      time.Time // the articles valid then; zero does not ask
	Topics  []string  // these or what lies below them; none: all
	Regions []string  // these, what lies below them, and what holds everywhere
	Units   []string
	Kinds   []string
	Secrecy int // the highest level that the reader may see
}

// Admits tells whether the filter lets an article with these facts through.
func (f *Filter) Admits(d *Facts) bool {
	return f.valid(d) && f.group(d)
}

// group is Admits but for the time.
func (f *Filter) group(d *Facts) bool {
	return d.Secrecy <= f.Secrecy &&
		(len(f.Topics) == 0 || below(d.Topic, f.Topics)) &&
		(len(f.Regions) == 0 || d.Region == "" || below(d.Region, f.Regions)) &&
		(len(f.Units) == 0 || slices.Contains(f.Units, d.Unit)) &&
		(len(f.Kinds) == 0 || slices.Contains(f.Kinds, d.Kind))
}

func (f *Filter) valid(d *Facts) bool {
	return f.At.IsZero() || !f.At.Before(d.From) && (d.Until.IsZero() || f.At.Before(d.Until))
}

// below tells whether path is one of the others or lies below one.
func below(path string, of []string) bool {
	for _, o := range of {
		if rest, ok := strings.CutPrefix(path, o); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// Votes are what agents said about an article when search had found it.
type Votes struct{ Used, Wrong int }

// The weights of an article whose votes are even, the least and the most. Votes only ever move an article within
// these bounds, so that no crowd can hide a right answer.
const (
	evenWeight = 1 << 10
	mostMoved  = evenWeight / 8
)

// Weight is what the article's score is multiplied with, in parts of 1024: between 7/8 and 9/8. A complaint counts as
// three uses; the first twenty votes move it half of the way.
func (v Votes) Weight() int {
	used, wrong := max(v.Used, 0), 3*max(v.Wrong, 0)
	return evenWeight + mostMoved*(used-wrong)/(used+wrong+20)
}
