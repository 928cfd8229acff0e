//go:build ignore

// Command platforms checks every package and its tests as compilers for other systems and
// processors would, on Windows without the tests: types, constants and what there is on each. It writes no code, which for
// all that itlsim depends on takes a minute and a half a platform.
// Usage: go run .ci/platforms.go GOOS/GOARCH...
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	wrong := 0
	for _, platform := range os.Args[1:] {
		for _, err := range check(platform) {
			fmt.Fprintf(os.Stderr, "%s: %v\n", platform, err)
			wrong++
		}
	}
	if wrong > 0 {
		os.Exit(1)
	}
}

// check loads all packages for a platform; it returns what is wrong with them.
func check(platform string) (wrong []error) {
	system, processor, _ := strings.Cut(platform, "/")
	here, err := os.Getwd()
	if err != nil {
		return []error{err}
	}
	all, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax,
		Env:   append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0"),
		Tests: system != "windows", // where some tests send signals that there are not
		ParseFile: func(files *token.FileSet, name string, text []byte) (*ast.File, error) {
			f, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
			if err == nil && !strings.HasPrefix(name, here+"/") {
				withoutBodies(f)
			}
			return f, err
		},
	}, "./...")
	if err != nil {
		return []error{err}
	}
	if len(all) == 0 {
		return []error{fmt.Errorf("there are no packages")}
	}
	for _, p := range all {
		if strings.HasSuffix(p.PkgPath, ".test") {
			continue // the tests' main, which go writes
		}
		for _, e := range p.Errors {
			wrong = append(wrong, e)
		}
	}
	return wrong
}

// withoutBodies takes the bodies of functions away, which nobody who imports them sees.
func withoutBodies(f *ast.File) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			fn.Body = nil
		}
	}
}
