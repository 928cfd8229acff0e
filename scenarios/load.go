package scenarios

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"itlsim/internal/bounded"
	"itlsim/internal/cause"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/language"
)

// Problem and Problems tell what makes no sense in a file.
type (
	Problem  = language.Problem
	Problems = language.Problems
)

// LoadFile reads a scenario file. Files that it names are looked for beside it.
func LoadFile(file string) (Scenario, error) {
	data, err := bounded.ReadFile(file, maxScenario)
	if tooLarge, ok := errors.AsType[*bounded.TooLargeError](err); ok {
		return Scenario{}, Problems{{File: file, Line: 1, Column: 1, Message: tooLarge.Error()}}
	} else if err != nil {
		return Scenario{}, err
	}
	return Load(file, data, os.DirFS(filepath.Dir(file)))
}

// Load reads a scenario. Everything in it is checked: what is wrong comes back
// as [Problems], with file, line and column. dir holds the files that it names.
func Load(file string, data []byte, dir fs.FS) (Scenario, error) {
	if len(data) > maxScenario {
		tooLarge := bounded.TooLargeError{Most: maxScenario}
		return Scenario{}, Problems{{File: file, Line: 1, Column: 1, Message: tooLarge.Error()}}
	}
	l := &loader{
		file: file, dir: dir, room: inventory.MaxExport,
		served: make(map[string]*inventory.List), warned: make(inventory.Warned), hash: sha256.New(),
	}
	l.hash.Write(data)
	var s Scenario
	if root := l.parse(data); root != nil {
		s = l.scenario(root)
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b *Problem) int {
			return cmp.Or(a.Line-b.Line, a.Column-b.Column)
		})
		return Scenario{}, l.problems
	}
	s.Hash = hex.EncodeToString(l.hash.Sum(nil))
	return s, nil
}

// loader reads one file.
type loader struct {
	file     string
	dir      fs.FS // of files that it names
	room     int64 // for what is in them, in bytes
	problems Problems
	words    vocabulary                 // what sentences may name
	served   map[string]*inventory.List // by real nodes today
	warnings Problems
	warned   inventory.Warned // models
	hash     hash.Hash        // of all that was read, in order
}

// parse reads the one document that a file holds; nil where it does not.
func (l *loader) parse(data []byte) ast.Node {
	tokens, ok := l.tokens(string(data))
	if !ok {
		return nil
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		line, column, says := 1, 1, err.Error()
		var yamlErr yaml.Error
		if errors.As(err, &yamlErr) && yamlErr.GetToken() != nil {
			at := yamlErr.GetToken().Position
			line, column, says = at.Line, at.Column, yamlErr.GetMessage()
		}
		l.problems.Add(l.file, line, column, "the YAML is broken: %s", says)
		return nil
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) == 0 {
		l.problems.Add(l.file, 1, 1, "the file is empty; a scenario has name, shows, phones and steps")
		return nil
	}
	if len(bodies) > 1 {
		l.at(bodies[1], "a file holds one scenario")
		return nil
	}
	return bodies[0]
}

// readFile reads a file that the scenario names.
func (l *loader) readFile(n ast.Node) (string, []byte, bool) {
	name, ok := l.word(n)
	if !ok {
		return "", nil, false
	}
	if l.dir == nil {
		l.at(n, "there is no directory to look for %s in", name)
		return name, nil, false
	}
	data, err := bounded.ReadFS(l.dir, path.Clean(filepath.ToSlash(name)), l.room)
	if errors.As(err, new(*bounded.TooLargeError)) {
		l.at(n, "the files that a scenario names have at most %d bytes together", inventory.MaxExport)
		return name, nil, false
	}
	if err != nil {
		l.at(n, "%s", cause.Of(err))
		return name, nil, false
	}
	l.room -= int64(len(data))
	fmt.Fprintf(l.hash, "\n%d\n", len(data)) // where one file ends
	l.hash.Write(data)
	return name, data, true
}
