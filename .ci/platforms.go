//go:build ignore

// Command platforms checks every package and its tests as compilers for other systems and
// processors and go vet would: types, constants, what there is on each, and what is suspicious.
// It writes no code, which for all that itlsim depends on takes a minute and a half a platform.
// Usage: go run .ci/platforms.go GOOS/GOARCH...
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/suite/vet"
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
		Tests: true,
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
	all = slices.DeleteFunc(all, func(p *packages.Package) bool {
		return strings.HasSuffix(p.PkgPath, ".test") // the tests' main, which go writes
	})
	for _, p := range all {
		for _, e := range p.Errors {
			wrong = append(wrong, e)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	packages.Visit(all, nil, func(p *packages.Package) { p.IllTyped = false }) // for want of bodies
	found, err := checker.Analyze(vet.Suite, all, nil)
	if err != nil {
		return []error{err}
	}
	for _, of := range found.Roots {
		if of.Err != nil {
			wrong = append(wrong, of.Err)
		}
		for _, d := range of.Diagnostics {
			wrong = append(wrong, fmt.Errorf("%s: %s", of.Package.Fset.Position(d.Pos), d.Message))
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
