// Package build says which build of the program this is.
package build

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Version is the main module's, such as "v1.4.0", and "(devel)" where nobody said.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// Date is the day of the sources' commit, as in "2026-11-26"; "" where the program was not
// built in a repository, as by go run.
func Date() string {
	day, _, _ := strings.Cut(setting("vcs.time"), "T")
	return day
}

// commit is that of the sources, with "+dirty" where they were changed since; "unknown"
// where the program was not built in a repository.
func commit() string {
	commit := cmp.Or(setting("vcs.revision"), "unknown")
	if setting("vcs.modified") == "true" {
		commit += "+dirty"
	}
	return commit
}

// setting is one of those that the program was built with, "" where it was without.
func setting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// Line is version, commit, Go and platform, on one line without its end.
func Line() string {
	return fmt.Sprintf("%s, commit %s, %s, %s/%s", Version(), commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
