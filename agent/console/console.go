// Package console holds the agent's web page, built from the sources beside it and embedded into the gateway.
package console

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// notBuilt is the page of a gateway that was compiled without its console.
//
//go:embed notbuilt
var notBuilt embed.FS

// Files returns the console's files with index.html at the root. When the console was not built, index.html is a
// page that says so.
func Files() (fs.FS, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return orNotBuilt(files)
}

func orNotBuilt(files fs.FS) (fs.FS, error) {
	_, err := fs.Stat(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return fs.Sub(notBuilt, "notbuilt")
	}
	return files, err
}
