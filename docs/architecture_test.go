package docs

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// named are the declarations that architecture.md names: `package/path.Name` and
// `package/path.Type.method`.
var named = regexp.MustCompile("`([a-z]+(?:/[a-z]+)*\\.[A-Za-z]+(?:\\.[A-Za-z]+)?)`")

// Whatever architecture.md names is declared.
func TestWalksNameWhatThereIs(t *testing.T) {
	declared := declarations(t)
	found := 0
	for _, m := range named.FindAllStringSubmatch(read(t, "architecture.md"), -1) {
		if strings.HasSuffix(m[1], ".go") || strings.HasSuffix(m[1], ".md") {
			require.FileExists(t, filepath.Join("..", m[1]))
			continue
		}
		found++
		if !declared[m[1]] {
			t.Errorf("architecture.md names %s, which is not declared", m[1])
		}
	}
	require.Greater(t, found, 40, "names found")
}

// Each package that says what it is has a row in the README and a place in the picture.
func TestPackagesAreListed(t *testing.T) {
	readme, picture := read(t, "../README.md"), strings.Split(read(t, "architecture.md"), "```")[1]
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "internal" {
			return cmp.Or(err, fs.SkipDir)
		}
		if in := strings.TrimPrefix(filepath.Dir(path), "../"); d.Name() == "doc.go" {
			require.Contains(t, readme, "| [`"+in+"`]("+in+"/doc.go) |")
			require.Contains(t, picture, in+" ")
		}
		return nil
	}))
}

// Each package that says what it is shows in an example what it is for. That of scenariotest, which
// needs a test, is examples/regression.
func TestPackagesHaveExamples(t *testing.T) {
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "internal" {
			return cmp.Or(err, fs.SkipDir)
		}
		if d.Name() == "doc.go" {
			examples := read(t, filepath.Join(filepath.Dir(path), "example_test.go"))
			require.Regexp(t, `(?ms)^func Example.*\t// Output:\n\t// `, examples, path)
		}
		return nil
	}))
}

// declarations are functions, types and methods of the module, without its tests'.
func declarations(t *testing.T) map[string]bool {
	declared := make(map[string]bool)
	for path, file := range sources(t, token.NewFileSet()) {
		in := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), "../"))
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				declared[in+"."+methodName(decl)] = true
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						declared[in+"."+spec.Name.Name] = true
					}
				}
			}
		}
	}
	return declared
}

// sources are the module's Go files by their paths from here, without its tests'.
func sources(t *testing.T, fset *token.FileSet) iter.Seq2[string, *ast.File] {
	return func(yield func(string, *ast.File) bool) {
		require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
			if err == nil && !yield(path, file) {
				err = fs.SkipAll
			}
			return err
		}))
	}
}

// methodName is a function's name, and Type.name of a method.
func methodName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	return receiver(f.Recv.List[0].Type) + "." + f.Name.Name
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
