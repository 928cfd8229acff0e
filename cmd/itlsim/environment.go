package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// environment gives flags that the command line leaves out the values of their variables, which
// hold what a site always sets. An empty variable is none.
var environment kong.ResolverFunc = func(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	if value := os.Getenv(variable(f)); value != "" {
		return value, nil
	}
	return nil, nil
}

// variable is the name of a flag's variable: ITLSIM_PHONES of --phones. Flags of which the parser
// itself knows one, such as secrets, have that one, and "" is none: those that only answer, and
// --farm, whose variable may hold what a flag may not (worker.go).
func variable(f *kong.Flag) string {
	if len(f.Envs) > 0 || slices.Contains([]string{"help", "version", "farm"}, f.Name) {
		return ""
	}
	return "ITLSIM_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// withVariables is a command's error with the variables whose values it is about.
func withVariables(at *kong.Context, err error) error {
	if err == nil {
		return nil
	}
	from := fromEnvironment(at, err.Error())
	if from == "" {
		return err
	}
	return fmt.Errorf("%w%s", err, from)
}

// fromEnvironment is which of the flags that a message is about have their value of the
// environment, to be said behind it.
func fromEnvironment(at *kong.Context, message string) string {
	var from []string
	for _, f := range at.Flags() {
		name := variable(f)
		about := strings.Contains(message+" ", f.ShortSummary()+" ") || strings.Contains(message, f.ShortSummary()+":")
		if about && os.Getenv(name) != "" && !given(at, f) {
			from = append(from, name)
		}
	}
	if len(from) == 0 {
		return ""
	}
	return " (from the environment: " + strings.Join(from, ", ") + ")"
}

// given reports whether a flag stands on the command line itself.
func given(at *kong.Context, f *kong.Flag) bool {
	for _, p := range at.Path {
		if p.Flag == f && !p.Resolved {
			return true
		}
	}
	return false
}
