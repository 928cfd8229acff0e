package main

import (
	"fmt"
	"io"
	"runtime"

	"itlsim/lab"
)

// A need is what a command uses of the system.
type need int

const (
	sockets    need = iota // of nodes and phones
	stateFiles             // of a cluster that is kept
)

// lacks are what systems do not have of what Linux has, and what that means (docs/platforms.md).
var lacks = []struct {
	need need
	of   func(system string) bool
	says string
}{
	{sockets, notLinux, "each transfer by TFTP takes a socket, and each connection a port, of which there are fewer: " +
		"let fewer phones boot at a time (--boots)"},
	{sockets, func(system string) bool { return notLinux(system) && !isWindows(system) },
		"addresses in 127.0.0.0/8 other than 127.0.0.1 are to be added to the loopback interface first"},
	{stateFiles, isWindows, "nobody checks who else may read the keys in --state, and the system lets only some users " +
		"make the link that it has"},
}

func notLinux(system string) bool  { return system != "linux" }
func isWindows(system string) bool { return system == "windows" }

// lacking is what a system lacks of what is needed.
func lacking(system string, needs ...need) (says []string) {
	for _, l := range lacks {
		for _, n := range needs {
			if l.need == n && l.of(system) {
				says = append(says, l.says)
			}
		}
	}
	return says
}

// warnOfSystem says, before a command begins, what this system lacks of what it needs.
func warnOfSystem(w io.Writer, needs ...need) {
	for _, says := range lacking(runtime.GOOS, needs...) {
		fmt.Fprintf(w, "warning: %s is not Linux: %s\n", runtime.GOOS, says)
	}
}

// warnOfMode does so of a lab in this mode.
func warnOfMode(w io.Writer, mode string) {
	if mode == lab.Wire {
		warnOfSystem(w, sockets)
	}
}
