// Package apifuzz sends to every field that an OpenAPI description names what nobody should: injections, oversize, other
// types, control characters. Nothing of it may be more than refused.
package apifuzz

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Send sends one request and returns what came back.
type Send func(method, path string, body []byte) (status int, contentType, text string, err error)

// Report is what came of it.
type Report struct {
	Operations, Fields, Requests int
	Faults                       []string // answers that are no refusal and no success
}

// strange are values for fields of text, in JSON and in addresses.
var strange = []string{
	"", " ", "'", "' OR 1=1 --", "'; DROP TABLE account; --", `"; DELETE FROM call; --`, "%' UNION SELECT 1 --", "$1", "\\",
	"../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "..\\..\\windows", "/etc/passwd", ".", "..", "%00", "a\x00b", "\x7f\x01\x1b[31m",
	"<script>alert(1)</script>", "{{7*7}}${7*7}", "${SHELL(id)}", "a\r\nX-Injected: 1", "\u202e王👋", "\xff\xfe", "-1", "99999999999999999999", "NaN",
	"0001-01-01T00:00:00Z", "9999999-01-01", strings.Repeat("长", 5_000), strings.Repeat("7", 10_000),
}

// others are values of other types, as JSON.
var others = []string{
	"null", "true", "-1", "1e400", "0.5", "99999999999999999999999", "[]", "{}", `[[[[[["x"]]]]]]`, `{"a":{"a":{"a":1}}}`, `["` + "x" + `"]`,
	strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
}

type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	Parameters  []struct{ Name, In string }
	RequestBody *struct {
		Content map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	Properties map[string]schema
}

// Run tries all operations but those that skip names, as "DELETE /api/session".
func Run(description []byte, skip []string, send Send) (Report, error) {
	var doc document
	if err := json.Unmarshal(description, &doc); err != nil {
		return Report{}, fmt.Errorf("read the description: %w", err)
	}
	f := &fuzzer{doc: doc, send: send}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			if verb := strings.ToUpper(method); !slices.Contains(skip, verb+" "+path) {
				f.report.Operations++
				f.operation(verb, path, doc.Paths[path][method])
			}
		}
	}
	return f.report, nil
}

type fuzzer struct {
	doc    document
	send   Send
	report Report
}

// operation tries each field of one operation by itself, the others harmless.
func (f *fuzzer) operation(method, path string, op operation) {
	body := f.body(op)
	for _, p := range op.Parameters {
		if p.In != "path" && p.In != "query" {
			continue
		}
		f.report.Fields++
		for _, v := range strange {
			f.try(method, address(path, op, p.Name, v), encode(body))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		f.report.Fields++
		for _, v := range strange {
			f.try(method, address(path, op, "", ""), encode(with(body, name, text(v))))
		}
		for _, v := range others {
			f.try(method, address(path, op, "", ""), encode(with(body, name, json.RawMessage(v))))
		}
	}
	if body == nil {
		return
	}
	for _, whole := range append(slices.Clone(others), "", "{", `"`, `{"a":`, `{"unknown":1}`, strings.Repeat("x", 80<<10)) {
		f.try(method, address(path, op, "", ""), []byte(whole))
	}
}

func (f *fuzzer) try(method, path string, body []byte) {
	f.report.Requests++
	status, kind, answer, err := f.send(method, path, body)
	refused := status >= 200 && status < 500
	page := status < 300 && strings.Contains(kind, "html")
	if err == nil && refused && !page {
		return
	}
	const most = 100
	if len(f.report.Faults) < most {
		f.report.Faults = append(f.report.Faults, fmt.Sprintf("%s %.120s with %.200q: %d %s %.200s %v", method, path, body, status, kind, answer, err))
	}
}

// body is a harmless body of an operation by field, nil when it has none.
func (f *fuzzer) body(op operation) map[string]json.RawMessage {
	if op.RequestBody == nil {
		return nil
	}
	s := f.resolve(op.RequestBody.Content["application/json"].Schema)
	fields := map[string]json.RawMessage{}
	for name, property := range s.Properties {
		if name != "$schema" {
			fields[name] = harmless(f.resolve(property))
		}
	}
	return fields
}

func (f *fuzzer) resolve(s schema) schema {
	if name, is := strings.CutPrefix(s.Ref, "#/components/schemas/"); is {
		return f.doc.Components.Schemas[name]
	}
	return s
}

func harmless(s schema) json.RawMessage {
	if len(s.Enum) > 0 {
		value, _ := json.Marshal(s.Enum[0])
		return value
	}
	switch kind := fmt.Sprint(s.Type); {
	case strings.Contains(kind, "string"):
		return json.RawMessage(`"abc"`)
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return json.RawMessage("1")
	case strings.Contains(kind, "boolean"):
		return json.RawMessage("true")
	case strings.Contains(kind, "array"):
		return json.RawMessage("[]")
	}
	return json.RawMessage("{}")
}

// address fills the path's parameters, and one parameter with what is tried.
func address(path string, op operation, name, value string) string {
	query := url.Values{}
	for _, p := range op.Parameters {
		v := "none"
		if p.Name == name {
			v = value
		}
		switch p.In {
		case "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(v))
		case "query":
			if p.Name == name {
				query.Set(p.Name, v)
			}
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

func with(body map[string]json.RawMessage, name string, value json.RawMessage) map[string]json.RawMessage {
	changed := maps.Clone(body)
	changed[name] = value
	return changed
}

func text(s string) json.RawMessage {
	value, _ := json.Marshal(s)
	return value
}

// encode writes an object by hand: what is tried need not be valid JSON.
func encode(body map[string]json.RawMessage) []byte {
	if body == nil {
		return nil
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		parts = append(parts, fmt.Sprintf("%q:%s", name, body[name]))
	}
	return []byte("{" + strings.Join(parts, ",") + "}")
}
