// Package static holds the browser parts as Vite has built them.
package static

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Files is the build: widget.js, assets, console and demo. It is empty but for
// a marker when the build has not been made; `make build` makes it.
func Files() fs.FS {
	sub, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // only for a malformed path
	}
	return sub
}
