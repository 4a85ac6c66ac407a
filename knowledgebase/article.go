// Package knowledgebase is what the hotline knows: articles with an owner, a time for which they hold, and a way from
// draft to published that no person walks alone. It is pure: the time is an input.
//
// Design: gateway/design/0030-how-an-article-is-published.md.
package knowledgebase

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hotline/knowledgebase/search"
)

// Kind is what sort of text an article is.
type Kind string

// The kinds.
const (
	Answer   Kind = "answer"   // 问答: question and answer
	Guide    Kind = "guide"    // 办事指南: conditions, materials, steps, fees, time, place, telephone
	Policy   Kind = "policy"   // 政策原文
	Standard Kind = "standard" // 标准口径
	Bulletin Kind = "bulletin" // 公告
)

// Kinds are all of them.
var Kinds = []Kind{Answer, Guide, Policy, Standard, Bulletin}

// The levels of secrecy.
const (
	Public   = 0 // anybody
	Internal = 1 // agents
	Secret   = 2 // experts and supervisors
)

// The bounds of an article.
const (
	MaxTitle   = 200
	MaxText    = 1 << 20 // bytes
	MaxSay     = 2000
	MaxSimilar = 2000
	MaxWording = 200
	MaxLinks   = 50
)

// Content is what an editor writes.
type Content struct {
	Kind    Kind
	Title   string
	Text    string
	Say     string   // what is read to the caller; empty: the text is
	Similar []string // callers' own wordings
	Links   []string // IDs of further articles
	Lines   []string // dialled numbers that it is shown for as they ring
	Topic   string   // path in the topic tree, "人社/社保卡"
	Region  string   // empty: everywhere
	Unit    string   // who owns it and answers for it
	Secrecy int
	From    time.Time // zero: always
	Until   time.Time // zero: for good
}

// Faults are what is wrong with a content, field by field.
type Faults []string

func (f Faults) Error() string { return strings.Join(f, "; ") }

// Check returns Faults, or nil.
func (c *Content) Check() error {
	var faults Faults
	bad := func(is bool, format string, args ...any) {
		if is {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	bad(!known(c.Kind), "kind: %q is none of %v", c.Kind, Kinds)
	bad(strings.TrimSpace(c.Title) == "", "title: write one")
	bad(utf8.RuneCountInString(c.Title) > MaxTitle, "title: at most %d characters", MaxTitle)
	bad(strings.TrimSpace(c.Text) == "", "text: write one")
	bad(len(c.Text) > MaxText, "text: at most %d bytes", MaxText)
	bad(utf8.RuneCountInString(c.Say) > MaxSay, "say: at most %d characters, it is read aloud", MaxSay)
	bad(len(c.Similar) > MaxSimilar, "similar: at most %d wordings", MaxSimilar)
	for i, s := range c.Similar[:min(len(c.Similar), MaxSimilar)] {
		bad(strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > MaxWording, "similar[%d]: 1 to %d characters", i, MaxWording)
	}
	bad(len(c.Links) > MaxLinks, "links: at most %d", MaxLinks)
	bad(c.Topic == "", "topic: choose one")
	bad(c.Unit == "", "unit: name who owns it")
	bad(c.Secrecy < Public || c.Secrecy > Secret, "secrecy: %d to %d", Public, Secret)
	bad(!c.Until.IsZero() && !c.Until.After(c.From), "until: must lie after from")
	bad(broken(c.Title), "title: holds what is no text")
	bad(broken(c.Text), "text: holds what is no text")
	bad(broken(c.Say), "say: holds what is no text")
	if len(faults) == 0 {
		return nil
	}
	return faults
}

func broken(text string) bool { return !utf8.ValidString(text) || strings.ContainsRune(text, 0) }

func known(k Kind) bool {
	for _, other := range Kinds {
		if k == other {
			return true
		}
	}
	return false
}

// Article is one article as it stands: the newest content, and how far it has come.
type Article struct {
	ID      string
	Version int // grows with every edit and every step; who changes it names the one he saw
	Stage   Stage
	Content Content
	Editor  string // who wrote the content
	Owner   string // who of the unit approved it; empty before
	At      time.Time
	Reason  string // of the last return or withdrawal
}

// Document is the article as search sees it.
func (a *Article) Document(votes search.Votes) search.Document {
	c := &a.Content
	return search.Document{
		ID: a.ID, Title: c.Title, Text: c.Text, Similar: c.Similar, Votes: votes,
		Facts: search.Facts{
			Topic: c.Topic, Region: c.Region, Unit: c.Unit, Kind: string(c.Kind), Secrecy: c.Secrecy, From: c.From, Until: c.Until,
		},
	}
}

// ErrNotYours is a step that another person has to take.
var ErrNotYours = errors.New("another person has to do this")
