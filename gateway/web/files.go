package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// files serves the console's page from memory.
type files struct {
	known map[string]*file // by path without the leading slash
}

type file struct {
	data  []byte
	kind  string
	etag  string
	cache string
	gz    func() []byte // nil when compressing does not pay
}

// hashed is the folder whose files' names change with their content.
const hashed = "assets/"

// types are told here: the host's own table differs from host to host.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8",
}

func newFiles(root fs.FS, log *slog.Logger) *files {
	f := &files{known: map[string]*file{}}
	if root == nil {
		return f
	}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		data, err := fs.ReadFile(root, name)
		if err == nil {
			f.known[name] = newFile(name, data)
		}
		return err
	})
	if err != nil {
		log.Error("the console's files cannot be read", "err", err)
	}
	return f
}

func newFile(name string, data []byte) *file {
	sum := sha256.Sum256(data)
	f := &file{data: data, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, cache: "no-cache", kind: types[path.Ext(name)]}
	if f.kind == "" {
		f.kind = mime.TypeByExtension(path.Ext(name))
	}
	if strings.HasPrefix(name, hashed) {
		f.cache = "public, max-age=31536000, immutable"
	}
	if strings.HasPrefix(f.kind, "text/") || strings.Contains(f.kind, "json") || strings.Contains(f.kind, "svg") {
		f.gz = sync.OnceValue(func() []byte { return compress(data) })
	}
	return f
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		problem(w, http.StatusMethodNotAllowed, "only GET")
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	one := f.known[name]
	if one == nil && path.Ext(name) == "" && !strings.HasPrefix(name, hashed) {
		one = f.known["index.html"] // an address within the page
	}
	if one == nil {
		problem(w, http.StatusNotFound, f.missing())
		return
	}
	one.serve(w, r)
}

func (f *files) missing() string {
	if f.known["index.html"] == nil {
		return "this gateway was built without the console's page: build it in agent/console first"
	}
	return "there is no such file"
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	header, data, etag := w.Header(), f.data, f.etag
	if f.gz != nil {
		header.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			data, etag = f.gz(), strings.TrimSuffix(f.etag, `"`)+`-gz"`
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", f.cache)
	header.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}
