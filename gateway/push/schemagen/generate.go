package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/push"
	"hotline/gateway/switchboard"
)

// protocol lists every type that gets a definition of its own.
type protocol struct {
	ServerFrame  push.ServerFrame
	ClientFrame  push.ClientFrame
	Desk         switchboard.Desk
	QueueTick    switchboard.QueueTick
	LinkTick     switchboard.LinkTick
	Floor        switchboard.Floor
	Alerts       switchboard.Alerts
	NotReadyArgs switchboard.NotReadyArgs
	DialArgs     switchboard.DialArgs
	RestArgs     switchboard.RestArgs
	RefuseArgs   switchboard.RefuseArgs
	MuteArgs     switchboard.MuteArgs
	SecretArgs   switchboard.SecretArgs
	WrapUpArgs   switchboard.WrapUpArgs

	OneKeyArgs    switchboard.OneKeyArgs
	BringArgs     switchboard.BringArgs
	PartyArgs     switchboard.PartyArgs
	HelpArgs      switchboard.HelpArgs
	SuperviseArgs switchboard.SuperviseArgs
	FloorArgs     switchboard.FloorArgs
	ForceArgs     switchboard.ForceArgs
	AckArgs       switchboard.AckArgs
}

// named are the string types whose constants become an enum definition.
var named = map[reflect.Type]string{
	reflect.TypeFor[agent.State]():      "AgentState",
	reflect.TypeFor[agent.Phone]():      "AgentPhone",
	reflect.TypeFor[call.Party]():       "Party",
	reflect.TypeFor[call.Result]():      "CallResult",
	reflect.TypeFor[call.Reach]():       "Reach",
	reflect.TypeFor[call.State]():       "CallState",
	reflect.TypeFor[switchboard.Code](): "ErrorCode",
}

// overrides replace what reflection says of a property.
var overrides = map[string]map[string]*jsonschema.Schema{
	"ServerFrame":  {"kind": ref("EventKind")},
	"ClientFrame":  {"name": ref("CommandName")},
	"DeskAgent":    {"next": orEmpty("AgentState")},
	"DeskCall":     {"ended_by": orEmpty("Party")},
	"DeskCallback": {"reach": orEmpty("Reach")},
	"DeskTransfer": {"why": orEmpty("Reach")},
	"Alert":        {"why": orEmpty("Reach")},
}

// generate returns the schema; dir is the folder of package push.
func generate(dir string) ([]byte, error) {
	r := &jsonschema.Reflector{
		Anonymous:                 true,
		AllowAdditionalProperties: true, // an older page must not stumble over a new field
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if name, ok := named[t]; ok {
				return ref(name)
			}
			return nil
		},
	}
	if err := addComments(r, dir); err != nil {
		return nil, err
	}
	root := r.Reflect(&protocol{})
	defs := root.Definitions
	delete(defs, "protocol")
	walk(reflect.TypeFor[protocol](), map[reflect.Type]bool{}, func(t reflect.Type) { makeNullable(defs, t) })
	if err := override(defs); err != nil {
		return nil, err
	}
	if err := addEnums(defs, dir); err != nil {
		return nil, err
	}
	return render(defs)
}

func render(defs jsonschema.Definitions) ([]byte, error) {
	out := struct {
		Schema      string                 `json:"$schema"`
		Title       string                 `json:"title"`
		Description string                 `json:"description"`
		Defs        jsonschema.Definitions `json:"$defs"`
	}{
		Schema:      jsonschema.Version,
		Title:       push.Subprotocol,
		Description: "Made by go generate ./gateway/push from the Go structs; do not edit.",
		Defs:        defs,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("encode schema: %w", err)
	}
	return b.Bytes(), nil
}

func addComments(r *jsonschema.Reflector, dir string) error {
	base := "hotline/gateway/push"
	if dir != "." {
		base = path.Join(base, "schemagen") // run from the generator's own folder, as its test is
	}
	for _, d := range []string{dir, filepath.Join(dir, "../switchboard")} {
		if err := r.AddGoComments(base, d); err != nil {
			return fmt.Errorf("read comments of %s: %w", d, err)
		}
	}
	return nil
}

func override(defs jsonschema.Definitions) error {
	for def, props := range overrides {
		for name, s := range props {
			old, ok := defs[def].Properties.Get(name)
			if !ok {
				return fmt.Errorf("%s has no property %s", def, name)
			}
			s := *s
			s.Description = old.Description
			defs[def].Properties.Set(name, &s)
		}
	}
	return nil
}

// walk calls f once with each struct type reachable from t, except t itself and those of other modules.
func walk(t reflect.Type, seen map[reflect.Type]bool, f func(reflect.Type)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] || !(strings.HasPrefix(t.PkgPath(), "hotline/") || t.PkgPath() == "main") {
		return
	}
	if seen[t] = true; t != reflect.TypeFor[protocol]() {
		f(t)
	}
	for i := range t.NumField() {
		walk(t.Field(i).Type, seen, f)
	}
}

// makeNullable lets pointers that are always sent be null.
func makeNullable(defs jsonschema.Definitions, t reflect.Type) {
	def, ok := defs[t.Name()]
	if !ok {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		name, opts, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Type.Kind() != reflect.Pointer || strings.Contains(opts, "omitempty") {
			continue
		}
		if old, ok := def.Properties.Get(name); ok {
			s := *old
			s.Description = ""
			def.Properties.Set(name, &jsonschema.Schema{
				AnyOf:       []*jsonschema.Schema{&s, {Type: "null"}},
				Description: old.Description,
			})
		}
	}
}

func ref(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func orEmpty(name string) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{ref(name), {Type: "string", Enum: []any{""}}}}
}
