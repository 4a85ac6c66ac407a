package knowledgebase

import (
	"fmt"
	"strings"
	"time"
)

// A Difference is one field, or one line of a text, that is not the same.
type Difference struct {
	Field string
	Old   string
	New   string
}

// Diff is what is not the same in two contents. Texts are compared line by line, lists entry by entry.
func Diff(old, new Content) (all []Difference) {
	value := func(field, was, is string) {
		if was != is {
			all = append(all, Difference{field, was, is})
		}
	}
	value("kind", string(old.Kind), string(new.Kind))
	value("title", old.Title, new.Title)
	all = append(all, diffLines("text", strings.Split(old.Text, "\n"), strings.Split(new.Text, "\n"))...)
	all = append(all, diffLines("say", strings.Split(old.Say, "\n"), strings.Split(new.Say, "\n"))...)
	all = append(all, diffLines("similar", old.Similar, new.Similar)...)
	all = append(all, diffLines("links", old.Links, new.Links)...)
	all = append(all, diffLines("lines", old.Lines, new.Lines)...)
	value("topic", old.Topic, new.Topic)
	value("region", old.Region, new.Region)
	value("unit", old.Unit, new.Unit)
	value("secrecy", fmt.Sprint(old.Secrecy), fmt.Sprint(new.Secrecy))
	value("from", date(old.From), date(new.From))
	value("until", date(old.Until), date(new.Until))
	return all
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// mostLines is what is compared line by line; what is left of longer texts is one difference.
const mostLines = 500

// diffLines are the lines that are in one only, by the longest sequence that both have.
func diffLines(field string, old, new []string) (all []Difference) {
	for len(old) > 0 && len(new) > 0 && old[0] == new[0] {
		old, new = old[1:], new[1:]
	}
	for len(old) > 0 && len(new) > 0 && old[len(old)-1] == new[len(new)-1] {
		old, new = old[:len(old)-1], new[:len(new)-1]
	}
	if len(old) > mostLines || len(new) > mostLines {
		return []Difference{{field, strings.Join(old, "\n"), strings.Join(new, "\n")}}
	}
	common := make([][]int, len(old)+1) // length of what the rests have in common
	for i := range common {
		common[i] = make([]int, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); old[i] == new[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(old) || j < len(new); {
		switch {
		case i < len(old) && j < len(new) && old[i] == new[j]:
			i, j = i+1, j+1
		case j == len(new) || i < len(old) && common[i+1][j] >= common[i][j+1]:
			all = append(all, Difference{Field: field, Old: old[i]})
			i++
		default:
			all = append(all, Difference{Field: field, New: new[j]})
			j++
		}
	}
	return all
}
