package flow

import (
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"hotline/ivr"
)

// allowed are the fields of each kind; those with "!" are needed.
var allowed = map[ivr.Kind]string{
	ivr.Play:     "prompts! next!",
	ivr.Bulletin: "queue next!",
	ivr.Menu:     "prompts! keys! invalid timeout tries otherwise!",
	ivr.Digits:   "prompts! store! min max invalid timeout tries next! otherwise!",
	ivr.LookUp:   "prompts what! store! timeout answers! otherwise!",
	ivr.Set:      "store! value! next!",
	ivr.ToQueue:  "queue",
	ivr.End:      "prompts result!",
	ivr.Silent:   "prompts timeout heard!",
}

// defaults of what a file may leave out.
func defaults(kind ivr.Kind) ivr.Step {
	s := ivr.Step{Kind: kind}
	switch kind {
	case ivr.Menu, ivr.Digits:
		s.Timeout, s.Tries, s.Invalid = 5*time.Second, 3, []string{"wrong_key"}
		if kind == ivr.Digits {
			s.Min, s.Max = 1, 20
		}
	case ivr.LookUp:
		s.Timeout = 8 * time.Second
	case ivr.Silent:
		s.Timeout, s.Prompts = 5*time.Second, []string{"silent_1", "silent_2", "silent_closing"}
	}
	return s
}

func (r *reader) step(name string, key, n *yaml.Node) ivr.Step {
	if n.Kind != yaml.MappingNode {
		r.fault(key, "step %q: kind and its fields are wanted", name)
		r.broken[name] = true
		return ivr.Step{}
	}
	kind := r.kind(name, key, n)
	if kind == "" {
		r.broken[name] = true
		return ivr.Step{}
	}
	names := strings.Fields(strings.ReplaceAll(allowed[kind], "!", ""))
	fields := r.fields(n, name, append([]string{"kind"}, names...))
	fields.at = key
	for _, field := range strings.Fields(allowed[kind]) {
		if needed, ok := strings.CutSuffix(field, "!"); ok && fields.need(needed) == nil {
			r.broken[name] = true
		}
	}
	s := defaults(kind)
	r.values(&s, fields)
	r.ways(&s, name, fields)
	if kind == ivr.Silent && len(s.Prompts) != 3 {
		r.fault(fields.get("prompts"), "step %q: prompts of a silent step are three: two questions and a closing sentence", name)
	}
	if s.Min > s.Max {
		r.fault(key, "step %q: min %d is more than max %d", name, s.Min, s.Max)
	}
	return s
}

func (r *reader) kind(name string, key, n *yaml.Node) ivr.Kind {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "kind" {
			continue
		}
		kind := ivr.Kind(n.Content[i+1].Value)
		if slices.Contains(ivr.Kinds, kind) {
			return kind
		}
		r.fault(n.Content[i+1], "step %q: no kind %q; there are %s", name, kind, list(ivr.Kinds))
		return ""
	}
	r.fault(key, "step %q: kind is missing", name)
	return ""
}

// values reads all that is no way to another step.
func (r *reader) values(s *ivr.Step, f *fields) {
	if n := f.get("prompts"); n != nil {
		s.Prompts = r.prompts(n)
	}
	if n := f.get("invalid"); n != nil {
		s.Invalid = r.prompts(n)
	}
	if n := f.get("timeout"); n != nil {
		s.Timeout = r.duration(n)
	}
	if n := f.get("tries"); n != nil {
		s.Tries = r.number(n, "tries", 1, ivr.MaxTries)
	}
	if n := f.get("min"); n != nil {
		s.Min = r.number(n, "min", 1, ivr.MaxDigits)
	}
	if n := f.get("max"); n != nil {
		s.Max = r.number(n, "max", 1, ivr.MaxDigits)
	}
	s.Store = r.name(f.get("store"))
	s.Value = r.text(f.get("value"))
	if n := f.get("what"); n != nil {
		s.What = r.oneOf(n, "what", ivr.LookUps)
	}
	if n := f.get("queue"); n != nil {
		s.Queue = r.queue(n)
	}
	if n := f.get("result"); n != nil {
		s.Result = ivr.Result(r.oneOf(n, "result", strings.Fields(list(ivr.Results))))
	}
}

// ways reads where a step leads.
func (r *reader) ways(s *ivr.Step, name string, f *fields) {
	to := func(n *yaml.Node, auto bool) string {
		step := r.text(n)
		if n != nil && step != "" {
			r.refs = append(r.refs, ref{name, step, n.Line, auto})
		}
		return step
	}
	s.Next = to(f.get("next"), s.Kind != ivr.Digits)
	s.Otherwise = to(f.get("otherwise"), true)
	s.Heard = to(f.get("heard"), false)
	if n := f.get("keys"); n != nil {
		s.Keys = r.choices(n, name, "keys", func(n *yaml.Node) string { return to(n, false) })
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if key := n.Content[i]; len(key.Value) != 1 || !strings.Contains("0123456789*#", key.Value) {
				r.fault(key, "step %q: %q is no key: 0 to 9, \"*\" or \"#\"", name, key.Value)
			}
		}
	}
	if n := f.get("answers"); n != nil {
		s.Answers = r.choices(n, name, "answers", func(n *yaml.Node) string { return to(n, true) })
	}
}

func list[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, " ")
}
