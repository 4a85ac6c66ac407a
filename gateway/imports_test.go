package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The layers of the project, lowest first. A package that is not listed here fails TestEveryPackageHasItsPlace.
var (
	// pure packages know neither clock nor goroutine nor any input or output.
	pure = []string{
		"agent", "ivr", "gateway/call", "gateway/queue", "gateway/directory", "gateway/settings", "gateway/caller",
		"gateway/figures", "gateway/target", "gateway/calldata", "gateway/seal", "gateway/scope",
		"gateway/figures", "gateway/target", "gateway/calldata", "gateway/seal",
		"gateway/abuse", "gateway/blocklist", "gateway/evidence",
		"gateway/totp",
		"knowledgebase", "knowledgebase/demo", "knowledgebase/search",
	}
	// core decides.
	core = append([]string{"gateway/switchboard"}, pure...)
	// adapters talk to the world, each to its own part, and never to one another.
	adapters = []string{"gateway/ari", "gateway/store", "gateway/push", "gateway/web", "gateway/metrics", "gateway/vault", "gateway/oidc"}
	// beside have no part in calls: files and tools.
	beside = []string{"agent/console", "ivr/prompts", "ivr/flow", "gateway/figures/figurestest", "gateway/clocktest"}
	// top puts it together.
	top = []string{"gateway/app", "gateway"}
)

// exceptions are the few imports that a rule would forbid, with the reason.
var exceptions = map[string]string{
	"gateway/web gateway/push":                      "the console's socket begins as a request",
	"gateway/caller log/slog":                       "a number masks itself in logs: slog.LogValuer",
	"gateway/totp github.com/pquerna/otp":           "arithmetic of codes",
	"gateway/totp github.com/pquerna/otp/hotp":      "arithmetic of codes",
	"gateway/totp github.com/pquerna/otp/totp":      "arithmetic of codes",
	"gateway/target github.com/mozillazg/go-pinyin": "a table of how characters are read",

	"knowledgebase/search github.com/mozillazg/go-pinyin": "the same table",
	"knowledgebase/search golang.org/x/text/unicode/norm": "a table of which characters are alike",
	"knowledgebase/search sync":                           "room to count in is lent to searches that run at once",
}

// owners say who alone imports a library.
var owners = map[string][]string{
	"github.com/jackc/pgx":           {"gateway/store"},
	"github.com/pressly/goose":       {"gateway/store"},
	"github.com/prometheus":          {"gateway/metrics"},
	"github.com/riverqueue":          {"gateway/store"},
	"github.com/CyCoreSystems/ari":   {"gateway/ari", "gateway/app"},
	"github.com/danielgtaylor/huma":  {"gateway/web"},
	"github.com/alecthomas/kong":     {"gateway"},
	"github.com/invopop/jsonschema":  {"gateway/push"},
	"github.com/alexedwards/scs":     {"gateway/web", "gateway/store"},
	"golang.org/x/crypto":            {"gateway/store"},
	"gopkg.in/yaml.v3":               {"ivr/flow"},
	"github.com/pquerna/otp":         {"gateway/totp"},
	"github.com/coreos/go-oidc":      {"gateway/oidc"},
	"golang.org/x/oauth2":            {"gateway/oidc"},
	"github.com/mozillazg/go-pinyin": {"gateway/target", "knowledgebase/search"},
	"golang.org/x/text":              {"knowledgebase/search"},
}

// folders are the project's; there is no other.
var folders = []string{"agent", "deploy", "gateway", "ivr", "knowledgebase"}

// pkg is what `go list` tells of one package.
type pkg struct {
	ImportPath, Dir                    string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

const module = "hotline/"

// packages asks `go list` once.
var packages = sync.OnceValues(func() ([]pkg, error) {
	var complaint bytes.Buffer
	args := []string{"list", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports"}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join("..", folder)); err == nil {
			args = append(args, "./"+folder+"/...")
		}
	}
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = "..", &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, &complaint)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
})

func listed(t *testing.T) []pkg {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// family is the listed package that path is or lies below.
func family(path string, of []string) string {
	best := ""
	for _, name := range of {
		if (path == name || strings.HasPrefix(path, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func in(path string, of []string) bool { return slices.Contains(of, path) }

// ours cuts the module off an import; ok is false for another module's or the standard library's.
func ours(path string) (string, bool) { return strings.CutPrefix(path, module) }

// standard tells a package of the standard library.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != strings.TrimSuffix(module, "/")
}

func excepted(p pkg, path string) bool {
	_, ok := exceptions[p.ImportPath+" "+path]
	return ok
}

func TestPurePackagesAreUnmoved(t *testing.T) {
	t.Parallel()
	moving := []string{"net", "net/http", "os", "os/exec", "log", "log/slog", "database/sql", "context", "sync", "io/fs"}
	clocks := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}
	for _, p := range listed(t) {
		if !in(p.ImportPath, pure) {
			continue
		}
		for _, path := range p.Imports {
			name, mine := ours(path)
			switch {
			case excepted(p, path):
			case mine && !in(name, pure):
				t.Errorf("%s is pure and imports %s", p.ImportPath, name)
			case !mine && !standard(path):
				t.Errorf("%s is pure and imports %s", p.ImportPath, path)
			case in(path, moving):
				t.Errorf("%s is pure and imports %s", p.ImportPath, path)
			}
		}
		inspect(t, p, func(at string, n ast.Node) {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a pure package starts a goroutine", at)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && in(n.Sel.Name, clocks) {
					t.Errorf("%s: a pure package looks at the clock: time.%s", at, n.Sel.Name)
				}
			}
		})
	}
}

// inspect walks through a package's own files.
func inspect(t *testing.T, p pkg, visit func(at string, n ast.Node)) {
	t.Helper()
	files := token.NewFileSet()
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(files.Position(n.Pos()).String(), n)
			}
			return true
		})
	}
}

func TestImportsGoDownOnly(t *testing.T) {
	t.Parallel()
	for _, p := range listed(t) {
		for _, path := range p.Imports {
			name, mine := ours(path)
			if !mine || excepted(p, name) {
				continue
			}
			from, to := family(p.ImportPath, adapters), family(name, adapters)
			switch {
			case in(p.ImportPath, core) && !in(name, core):
				t.Errorf("%s is core and imports %s", p.ImportPath, name)
			case from != "" && to != "" && from != to:
				t.Errorf("the adapter %s imports the adapter %s", p.ImportPath, name)
			case from != "" && in(name, top):
				t.Errorf("the adapter %s imports %s", p.ImportPath, name)
			}
		}
	}
}

func TestAgentIvrAndKnowledgeKnowNoGateway(t *testing.T) {
	t.Parallel()
	for _, p := range listed(t) {
		first, _, _ := strings.Cut(p.ImportPath, "/")
		if !in(first, []string{"agent", "ivr", "knowledgebase"}) {
			continue
		}
		for _, path := range p.Imports {
			if name, mine := ours(path); mine && strings.HasPrefix(name+"/", "gateway/") {
				t.Errorf("%s imports %s", p.ImportPath, name)
			}
		}
	}
}

func TestNothingThatServesImportsDeploy(t *testing.T) {
	t.Parallel()
	for _, p := range listed(t) {
		if strings.HasPrefix(p.ImportPath, "deploy/") || p.ImportPath == "gateway/store/storetest" {
			continue
		}
		for _, path := range p.Imports {
			if name, mine := ours(path); mine && strings.HasPrefix(name, "deploy/") {
				t.Errorf("%s imports %s", p.ImportPath, name)
			}
		}
	}
}

func TestLibrariesHaveOwners(t *testing.T) {
	t.Parallel()
	for _, p := range listed(t) {
		if strings.HasPrefix(p.ImportPath, "deploy/") {
			continue
		}
		for _, path := range p.Imports {
			for library, who := range owners {
				if strings.HasPrefix(path, library) && !in(p.ImportPath, who) && (p.ImportPath == "gateway" || !in(family(p.ImportPath, adapters), who)) {
					t.Errorf("%s imports %s, which belongs to %s", p.ImportPath, path, strings.Join(who, ", "))
				}
			}
		}
	}
}

func TestEveryPackageHasItsPlace(t *testing.T) {
	t.Parallel()
	for _, p := range listed(t) {
		name := p.ImportPath
		known := in(name, core) || family(name, adapters) != "" || in(name, beside) || in(name, top) || strings.HasPrefix(name, "deploy/")
		if !known {
			t.Errorf("%s is in no layer: list it in imports_test.go", name)
		}
	}
}

func TestThereAreFiveFolders(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	allowed := append([]string{"build", "bin"}, folders...) // the first two are made
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' && !in(e.Name(), allowed) {
			t.Errorf("a sixth folder: %s", e.Name())
		}
	}
}
