// Package build says which build of the program this is.
package build

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version is the main module's, such as "v1.4.0", and "(devel)" where nobody said.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// commit is that of the sources, with "+dirty" where they were changed since; "unknown"
// where the program was not built in a repository, as by go run.
func commit() string {
	commit, dirty := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = "+dirty"
			}
		}
	}
	return commit + dirty
}

// Line is version, commit, Go and platform, on one line without its end.
func Line() string {
	return fmt.Sprintf("%s, commit %s, %s, %s/%s", Version(), commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
