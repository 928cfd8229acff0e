package scenarios

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// catalogue holds the built-in scenarios: the very files that users read.
//
//go:embed catalogue
var catalogue embed.FS

// Names are those of the built-in scenarios: their files'.
func Names() []string {
	files, err := fs.Glob(catalogue, "catalogue/*.yaml")
	if err != nil {
		panic("scenarios: " + err.Error()) // the pattern is a constant
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(path.Base(file), ".yaml")
	}
	slices.Sort(names) // by name, not by file
	return names
}

// Find looks a built-in scenario up by its name.
func Find(name string) (Scenario, bool) {
	if !slices.Contains(Names(), name) {
		return Scenario{}, false
	}
	source, _ := Source(name)
	dir, err := fs.Sub(catalogue, "catalogue")
	if err != nil {
		panic("scenarios: " + err.Error()) // the name is a constant
	}
	s, err := Load(name+".yaml", source, dir)
	if err != nil {
		panic("scenarios: " + err.Error()) // tests load them all
	}
	return s, true
}

// Builtin are the scenarios that come with the program, by name.
func Builtin() []Scenario { return slices.Clone(builtin()) }

// builtin reads them once in a process: they never change, and take a while.
var builtin = sync.OnceValue(func() []Scenario {
	var all []Scenario
	for _, name := range Names() {
		s, _ := Find(name)
		all = append(all, s)
	}
	return all
})

// Source is the file of a built-in scenario.
func Source(name string) ([]byte, bool) {
	data, err := catalogue.ReadFile("catalogue/" + name + ".yaml")
	return data, err == nil
}

// Shows is what a built-in scenario shows. It reads that line of the file alone, since
// all files take a while.
func Shows(name string) string {
	source, _ := Source(name)
	var header struct{ Shows string }
	for line := range bytes.Lines(source) {
		if bytes.HasPrefix(line, []byte("shows: ")) && yaml.Unmarshal(line, &header) == nil {
			break
		}
	}
	return header.Shows
}
