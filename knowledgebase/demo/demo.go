// Package demo has articles of our own writing, so that a first start has something to find. They are about a city
// that does not exist: figures and places are the real city's to put in.
package demo

import (
	_ "embed"
	"fmt"
	"strings"

	"hotline/knowledgebase"
)

//go:embed articles.txt
var text string

// Articles are the shipped ones, published, each with an ID that never changes.
func Articles() ([]knowledgebase.Article, error) { return parse(text) }

func parse(text string) (all []knowledgebase.Article, err error) {
	for block := range strings.SplitSeq("\n"+text, "\n@") {
		if block = strings.TrimSpace(block); block == "" || strings.HasPrefix(block, "#") {
			continue
		}
		c, err := content(block)
		if err != nil {
			return nil, err
		}
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Title, err)
		}
		all = append(all, knowledgebase.Article{
			ID: fmt.Sprintf("demo-%03d", len(all)+1), Version: 1, Stage: knowledgebase.Published, Content: c, Editor: "system",
		})
	}
	return all, nil
}

// content reads one article: its head, lines of text, ? callers' wordings, ! what is read to the caller.
func content(block string) (c knowledgebase.Content, err error) {
	head, rest, _ := strings.Cut(block, "\n")
	f := strings.Split(head, "|")
	if len(f) != 5 {
		return c, fmt.Errorf("%q: title, kind, dialled number, topic and unit are five", head)
	}
	c = knowledgebase.Content{Title: f[0], Kind: knowledgebase.Kind(f[1]), Topic: f[3], Unit: f[4]}
	if f[2] != "" {
		c.Lines = []string{f[2]}
	}
	var lines []string
	for line := range strings.SplitSeq(rest, "\n") {
		switch {
		case strings.HasPrefix(line, "?"):
			c.Similar = strings.Split(line[1:], "|")
		case strings.HasPrefix(line, "!"):
			c.Say = line[1:]
		case line != "":
			lines = append(lines, line)
		}
	}
	c.Text = strings.Join(lines, "\n")
	return c, nil
}
