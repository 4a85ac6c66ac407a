package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/invopop/jsonschema"
)

// enum is a group of Go constants that becomes one definition.
type enum struct {
	def    string
	dir    string // relative to package push
	typ    string // constants of this type, or …
	prefix string // … untyped ones whose name begins so
	about  string
}

var enums = []enum{
	{def: "AgentState", dir: "../../agent", typ: "State", about: "what an agent is doing"},
	{def: "AgentPhone", dir: "../../agent", typ: "Phone", about: "kind of telephone at the seat"},
	{def: "Role", dir: "../../agent", typ: "Role", about: "what an account may do"},
	{def: "Party", dir: "../call", typ: "Party", about: "who did something"},
	{def: "CallResult", dir: "../call", typ: "Result", about: "how a call ended"},
	{def: "Reach", dir: "../call", typ: "Reach", about: "what came of dialling a citizen"},
	{def: "CallState", dir: "../call", typ: "State", about: "where a call stands"},
	{def: "CallerTag", dir: "../caller", typ: "Tag", about: "what people noted of a caller"},
	{def: "ErrorCode", dir: "../switchboard", typ: "Code", about: "codes of refused commands"},
	{def: "CommandName", dir: "../switchboard", prefix: "Cmd", about: "names of commands"},
	{def: "EventKind", dir: "../switchboard", prefix: "Kind", about: "kinds of event"},
	{def: "CloseCode", dir: ".", prefix: "Close", about: "close codes: 40xx stop, 41xx reconnect and resume"},
}

func addEnums(defs jsonschema.Definitions, dir string) error {
	for _, e := range enums {
		values, err := constants(filepath.Join(dir, e.dir), e.typ, e.prefix)
		if err != nil {
			return err
		}
		if len(values) == 0 {
			return fmt.Errorf("%s: no constants of %s%s in %s", e.def, e.typ, e.prefix, e.dir)
		}
		s := &jsonschema.Schema{Type: "string", Enum: values, Description: e.about}
		if _, number := values[0].(int64); number {
			s.Type = "integer"
		}
		defs[e.def] = s
	}
	return nil
}

// constants returns, in the order of the source, the values of a package's exported constants that have the type
// typ or, when typ is empty, whose name begins with prefix.
func constants(dir, typ, prefix string) ([]any, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var values []any
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read constants: %w", err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
				values = append(values, ofGroup(g, typ, prefix)...)
			}
		}
	}
	return values, nil
}

func ofGroup(g *ast.GenDecl, typ, prefix string) []any {
	var values []any
	for _, s := range g.Specs {
		spec := s.(*ast.ValueSpec)
		if len(spec.Values) != 1 || !wanted(spec, typ, prefix) {
			continue
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			values = append(values, constant.Val(constant.MakeFromLiteral(lit.Value, lit.Kind, 0)))
		}
	}
	return values
}

func wanted(spec *ast.ValueSpec, typ, prefix string) bool {
	if !spec.Names[0].IsExported() {
		return false
	}
	if typ == "" {
		return spec.Type == nil && strings.HasPrefix(spec.Names[0].Name, prefix)
	}
	id, ok := spec.Type.(*ast.Ident)
	return ok && id.Name == typ
}
