// Command schemagen writes schema.json, the JSON Schema of the console's protocol, from the Go structs that are
// sent. The console's TypeScript types are made from it, so the two sides cannot drift apart unseen.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("push", ".", "folder of package push, relative to the working folder")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	text, err := generate(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "schema.json"), text, 0o644)
}
