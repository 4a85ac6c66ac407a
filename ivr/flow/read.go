package flow

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"

	"hotline/ivr"
)

// Limits of a file.
const (
	mostBytes = 64 << 10
	mostSteps = 200
)

// reader reads one file and gathers its faults.
type reader struct {
	file   string
	known  Known
	faults Faults
	flow   *ivr.Flow
	lines  map[string]int // step to line
	order  []string       // steps as they stand
	refs   []ref
	broken map[string]bool // steps whose way on is not known: the graph says nothing of them
}

// ref is one step naming another.
type ref struct {
	from, to string
	line     int
	auto     bool // taken without the caller doing anything
}

// Read reads one flow. file is the name faults bear; they are the error, of type Faults.
func Read(file string, data []byte, known Known) (*ivr.Flow, error) {
	r := &reader{
		file: file, known: known, lines: map[string]int{}, broken: map[string]bool{},
		flow: &ivr.Flow{Visits: ivr.DefaultVisits, Fallback: ivr.PleaseWait, Steps: map[string]ivr.Step{}},
	}
	if root := r.root(data); root != nil {
		r.top(root)
		r.graph()
	}
	if err := r.faults.sorted(); err != nil {
		return nil, err
	}
	return r.flow, nil
}

// root returns the mapping that the file is.
func (r *reader) root(data []byte) *yaml.Node {
	if len(data) > mostBytes {
		r.faultAt(1, "the file has %d bytes, more than %d", len(data), mostBytes)
		return nil
	}
	var doc, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		r.faultAt(1, "the file is empty")
		return nil
	case err != nil:
		r.notYAML(err)
		return nil
	}
	if err := decoder.Decode(&more); err == nil {
		r.fault(&more, "a second document: one flow a file")
	} else if !errors.Is(err, io.EOF) {
		r.notYAML(err)
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.faultAt(1, "it is no flow: name, first and steps are wanted")
		return nil
	}
	return doc.Content[0]
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (r *reader) top(root *yaml.Node) {
	fields := r.fields(root, "", []string{"name", "title", "first", "finally", "visits", "fallback", "steps"})
	r.flow.Name = r.name(fields.need("name"))
	r.flow.Title = r.text(fields.get("title"))
	if n := fields.get("finally"); n != nil {
		r.flow.Finally = r.queue(n)
	}
	if n := fields.get("visits"); n != nil {
		r.flow.Visits = r.number(n, "visits", 1, ivr.MaxVisits)
	}
	if n := fields.get("fallback"); n != nil {
		r.flow.Fallback = r.prompt(n, false)
	}
	if steps := fields.need("steps"); steps != nil {
		r.steps(steps)
	}
	if n := fields.need("first"); n != nil {
		r.flow.First = r.text(n)
		r.refs = append(r.refs, ref{to: r.flow.First, line: n.Line})
	}
}

func (r *reader) steps(n *yaml.Node) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		r.fault(n, "steps: a list of names, each with its kind, is wanted")
		return
	}
	if len(n.Content)/2 > mostSteps {
		r.fault(n, "%d steps, more than %d", len(n.Content)/2, mostSteps)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := r.name(key)
		if name == "" {
			continue
		}
		if line, twice := r.lines[name]; twice {
			r.fault(key, "step %q is in line %d already", name, line)
			continue
		}
		r.lines[name] = key.Line
		r.order = append(r.order, name)
		r.flow.Steps[name] = r.step(name, key, value)
	}
}

// name reads what the flow or a step is called; "" after a fault.
func (r *reader) name(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || !nameForm.MatchString(n.Value) {
		r.fault(n, "%q is no name: small letters, digits and _, at most 40", n.Value)
		return ""
	}
	return n.Value
}

func (r *reader) queue(n *yaml.Node) string {
	name := r.text(n)
	if r.known.Queues != nil && name != "" && !slices.Contains(r.known.Queues, name) {
		r.fault(n, "no queue %q", name)
	}
	return name
}
