//go:build !unix && !windows

package cucm

import (
	"io/fs"
	"os"
)

func lockFile(*os.File) error { return nil }

// othersRead is false: modes say nothing here.
func othersRead(fs.FileInfo) bool { return false }
