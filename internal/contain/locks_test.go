package contain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contained are the directories whose code runs where a panic is contained: commands,
// requests and connections.
var contained = []string{"internal", "cucm", "sip", "tvs", "sshd", "demo", "scenarios/api", "scenarios/live"}

// A lock is let go by a defer or by Holding, unless nothing is called while it is held: so a
// contained panic leaves none behind.
func TestLocksAreLetGo(t *testing.T) {
	seen := 0
	for _, dir := range contained {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(name string, e fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			source, err := os.ReadFile(name)
			if err != nil || strings.HasPrefix(string(source), "//go:build exploration") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, source, 0)
			if err != nil {
				return err
			}
			seen++
			for _, at := range held(file) {
				t.Errorf("%v: use contain.Holding", files.Position(at))
			}
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, seen, 100)
}

func TestHeld(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "", `package x
		func f() {
			a.mu.Lock()
			defer a.mu.Unlock()
			b.mu.RLock()
			x := b.x[y]
			b.mu.RUnlock()
			c.mu.Lock()
			c.f()
			c.mu.Unlock()
			for {
				d.Lock()
				if true {
					d.Unlock()
				}
			}
		}`, 0)
	require.NoError(t, err)
	require.Len(t, held(file), 2)
}

// held are the locks of a file that a panic would leave held.
func held(file *ast.File) (at []token.Pos) {
	deferred := make(map[string]bool) // by the function so far, which may let go and take again
	ast.Inspect(file, func(n ast.Node) bool {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.FuncDecl:
			clear(deferred)
		case *ast.DeferStmt:
			deferred[called(&ast.ExprStmt{X: n.Call}, "Unlock", "RUnlock")] = true
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		for i, s := range list {
			if lock := called(s, "Lock", "RLock"); lock != "" && !deferred[lock] && !letGo(lock, list[i+1:]) {
				at = append(at, s.Pos())
			}
		}
		return true
	})
	return at
}

// called is what a statement calls such a method of.
func called(s ast.Stmt, methods ...string) string {
	e, _ := s.(*ast.ExprStmt)
	if e == nil {
		return ""
	}
	call, _ := e.X.(*ast.CallExpr)
	if call == nil {
		return ""
	}
	if f, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(methods, f.Sel.Name) {
		return types.ExprString(f.X)
	}
	return ""
}

// letGo reports whether what follows a lock lets it go, whatever comes.
func letGo(lock string, rest []ast.Stmt) bool {
	for _, s := range rest {
		if _, ok := s.(*ast.DeferStmt); ok {
			return true
		}
		if called(s, "Unlock", "RUnlock") == lock {
			return true
		}
		if r, ok := s.(*ast.ReturnStmt); ok && len(r.Results) == 1 && types.ExprString(r.Results[0]) == lock+".Unlock" {
			return true // the caller does, who is given that
		}
		calls := false
		ast.Inspect(s, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && !harmless[types.ExprString(call.Fun)] {
				calls = true
			}
			return true
		})
		if calls {
			return false
		}
	}
	return false
}

// harmless are calls that do not panic.
var harmless = map[string]bool{"append": true, "delete": true, "len": true, "make": true}
