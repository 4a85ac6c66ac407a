package console

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFilesHaveAnIndex(t *testing.T) {
	t.Parallel()
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(files, "index.html"); err != nil {
		t.Fatal(err)
	}
}

func TestUnbuiltConsoleSaysWhatToRun(t *testing.T) {
	t.Parallel()
	files, err := orNotBuilt(fstest.MapFS{".placeholder": {}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := fs.ReadFile(files, "index.html")
	if err != nil || !strings.Contains(string(page), "make console") {
		t.Fatalf("page %q, error %v: want a word about make console", page, err)
	}
}

func TestBuiltConsoleIsServedAsItIs(t *testing.T) {
	t.Parallel()
	files, err := orNotBuilt(fstest.MapFS{"index.html": {Data: []byte("built")}})
	if err != nil {
		t.Fatal(err)
	}
	if page, _ := fs.ReadFile(files, "index.html"); string(page) != "built" {
		t.Fatalf("page %q, want the built one", page)
	}
}
