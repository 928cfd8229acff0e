package docs

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// licences are those that a module may have, by words that none after it has. They let a program
// be passed on in any form, along with their text.
var licences = []struct{ name, words string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"BSD-3-Clause", "Neither the name of"},
	{"BSD-2-Clause", "Redistributions in binary form must reproduce"},
}

// gnu are words of licences that would make the program's own another one.
var gnu = regexp.MustCompile(`(?i)GNU (Lesser |Library |Affero )?General Public License`)

// THIRD_PARTY has each module that is linked into itlsim on any platform, and Go's own library,
// with the texts of their licences and notices.
func TestThirdPartyIsWhatIsLinked(t *testing.T) {
	of := make(map[string][]string) // modules, by text
	var table []string
	for module, dirs := range linked(t) {
		kinds := make(map[string]bool)
		for text := range texts(t, dirs) {
			require.NotRegexp(t, gnu, text, module)
			of[text] = append(of[text], module)
			kinds[licence(text)] = true
		}
		delete(kinds, "")
		require.NotEmpty(t, kinds, "%s has none of the licences that are known here", module)
		kind := strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
		table = append(table, fmt.Sprintf("%-66s %s\n", module, kind))
	}
	slices.Sort(table)
	var b strings.Builder
	b.WriteString("What itlsim is built of, and the licences of that. `go test ./docs -run ThirdParty -update` writes this file.\n\n")
	b.WriteString(strings.Join(table, ""))
	for _, modules := range of {
		slices.Sort(modules)
	}
	for _, text := range slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(slices.Compare(of[a], of[b]), cmp.Compare(a, b))
	}) {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(of[text], "\n"), strings.Trim(text, "\n"))
	}
	if *rewrite {
		require.NoError(t, os.WriteFile("../THIRD_PARTY", []byte(b.String()), 0o644))
	}
	if b.String() != read(t, "../THIRD_PARTY") {
		t.Error("THIRD_PARTY is of other modules: write it anew with -update")
	}
}

// linked are the folders of what is linked into the program, and those above them in their module,
// by module and version.
func linked(t *testing.T) map[string]map[string]bool {
	t.Helper()
	run := func(system string, args ...string) []string {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	all := map[string]map[string]bool{"Go standard library": {run("", "env", "GOROOT")[0]: true}}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, line := range run(system, "list", "-deps", "-f",
			"{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", "../cmd/itlsim") {
			if of := strings.Split(line, "\t"); len(of) == 3 {
				if all[of[0]] == nil {
					all[of[0]] = make(map[string]bool)
				}
				for dir := of[2]; len(dir) >= len(of[1]); dir = filepath.Dir(dir) {
					all[of[0]][dir] = true
				}
			}
		}
	}
	return all
}

// texts are the licences and notices in folders.
func texts(t *testing.T, dirs map[string]bool) map[string]bool {
	t.Helper()
	all := make(map[string]bool)
	for dir := range dirs {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			name, _, _ := strings.Cut(strings.ToUpper(e.Name()), ".")
			if slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE"}, name) && e.Type().IsRegular() {
				all[read(t, filepath.Join(dir, e.Name()))] = true
			}
		}
	}
	return all
}

// licence is what a text is called; "" for a notice.
func licence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, l := range licences {
		if strings.Contains(text, l.words) {
			return l.name
		}
	}
	return ""
}
