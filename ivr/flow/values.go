package flow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"hotline/ivr"
)

// fields are the named values of a flow or a step.
type fields struct {
	r      *reader
	of     string // step, "" the flow
	at     *yaml.Node
	values map[string]*yaml.Node
}

// fields takes a mapping apart; names that are not known or stand twice are faults.
func (r *reader) fields(n *yaml.Node, of string, known []string) *fields {
	f := &fields{r: r, of: of, at: n, values: map[string]*yaml.Node{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(known, key.Value):
			r.fault(key, "%sno field %q here; there are %s", prefix(of), key.Value, strings.Join(known, " "))
		case f.values[key.Value] != nil:
			r.fault(key, "%s%s stands twice", prefix(of), key.Value)
		default:
			f.values[key.Value] = value
		}
	}
	return f
}

func prefix(step string) string {
	if step == "" {
		return ""
	}
	return "step " + strconv.Quote(step) + ": "
}

// get returns a value, nil when it is left out.
func (f *fields) get(name string) *yaml.Node { return f.values[name] }

// need returns a value whose absence is a fault.
func (f *fields) need(name string) *yaml.Node {
	n := f.values[name]
	if n == nil {
		f.r.fault(f.at, "%s%s is missing", prefix(f.of), name)
	}
	return n
}

func (r *reader) text(n *yaml.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind != yaml.ScalarNode:
		r.fault(n, "a word is wanted here")
		return ""
	}
	return n.Value
}

func (r *reader) number(n *yaml.Node, what string, least, most int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < least || v > most {
		r.fault(n, "%s is %q, want %d to %d", what, n.Value, least, most)
		return least
	}
	return v
}

func (r *reader) duration(n *yaml.Node) time.Duration {
	d, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || d < time.Second || d > ivr.MaxTimeout {
		r.fault(n, "timeout is %q, want 1s to %s", n.Value, ivr.MaxTimeout)
		return time.Second
	}
	return d
}

func (r *reader) oneOf(n *yaml.Node, what string, words []string) string {
	word := r.text(n)
	if !slices.Contains(words, word) {
		r.fault(n, "no %s %q; there are %s", what, word, strings.Join(words, " "))
	}
	return word
}

// prompts reads a list of prompts, or a single one.
func (r *reader) prompts(n *yaml.Node) []string {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	if len(nodes) == 0 {
		r.fault(n, "a list of prompts is empty")
	}
	var names []string
	for _, item := range nodes {
		names = append(names, r.prompt(item, true))
	}
	return names
}

func (r *reader) prompt(n *yaml.Node, placeholders bool) string {
	name := r.text(n)
	switch {
	case placeholders && strings.HasPrefix(name, "$"):
		if all := []string{ivr.TheGreeting, ivr.TheTransition, ivr.TheNotice, ivr.TheAnswer}; !slices.Contains(all, name) {
			r.fault(n, "%s stands for nothing; there are %s", name, strings.Join(all, " "))
		}
	case n.Kind == yaml.ScalarNode && !slices.Contains(r.known.Prompts, name):
		r.fault(n, "no prompt %q", name)
	}
	return name
}

// choices reads a mapping whose values are steps.
func (r *reader) choices(n *yaml.Node, step, what string, to func(*yaml.Node) string) map[string]string {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		r.fault(n, "step %q: %s are wanted, each with a step", step, what)
		r.broken[step] = true
		return nil
	}
	all := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if _, twice := all[key]; twice {
			r.fault(n.Content[i], "step %q: %s has %q twice", step, what, key)
		}
		all[key] = to(n.Content[i+1])
	}
	return all
}
