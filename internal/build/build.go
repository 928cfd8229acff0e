// Package build says which build of the program this is.
package build

import "runtime/debug"

// Version is the main module's, such as "v1.4.0", and "(devel)" where nobody said.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
