package phone

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples has one of each type of Reason, by its name.
var samples = map[string]Reason{
	"LostError":        &LostError{Tried: []error{&StrangeTVSError{"tvs1"}}},
	"DeniedError":      &DeniedError{},
	"NoTVSAnswerError": &NoTVSAnswerError{Tried: []error{errors.New("no answer")}},
	"ForgedError":      &ForgedError{Err: errors.New("wrong")},
	"MalformedError":   &MalformedError{errors.New("cut off")},
	"DigestError":      &DigestError{},
	"EncryptedError":   &EncryptedError{Missing: errNotThere},
}

// Each type of this package that is a Reason has a row of its own in the table,
// with everything that is said of it.
func TestEveryReasonIsExplained(t *testing.T) {
	require.Equal(t, reasonTypes(t), slices.Sorted(maps.Keys(samples)), "samples lacks a type of Reason")
	explained := map[int]string{}
	for name, reason := range samples {
		require.Empty(t, explained[reason.row()], "%s has the row of another", name)
		explained[reason.row()] = name
		e := Explain(reason)
		require.GreaterOrEqual(t, e.State, Locked, name)
		require.NotEmpty(t, e.Because, name)
		require.Regexp(t, `^[A-Z].*\.$`, e.Plain, name)
		require.True(t, e.Remedy != "" || e.ByList, "%s: nothing would help", name)
	}
	require.Len(t, Explanations(), len(explained), "a row of no type")
}

// reasonTypes are the names of the types that have the method of Reason, in
// order.
func reasonTypes(t *testing.T) (names []string) {
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "row" {
				star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
				require.True(t, ok, "%s: reasons are pointers", file.Name())
				names = append(names, fmt.Sprint(star.X))
			}
		}
	}
	slices.Sort(names)
	return names
}

func TestFamiliesOfRefusals(t *testing.T) {
	for name, reason := range samples {
		var err error = fmt.Errorf("boot: %w", &Refusal{Reason: reason})
		require.Equal(t, name == "LostError", errors.Is(err, ErrUntrusted), name)
		require.Equal(t, name != "LostError", errors.Is(err, ErrLocked), name)
		require.NotErrorIs(t, err, errors.ErrUnsupported)
		require.Equal(t, name == "LostError" || name == "NoTVSAnswerError", len(Attempts(reason)) == 1, name)
	}
}
