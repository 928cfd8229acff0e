package docs

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Lines of Go have 120 characters at most, a tab being one, but for what a string makes longer: what
// it holds is data, or another language's.
func TestLinesEndInTime(t *testing.T) {
	const most = 120
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var quoted map[int]int
		for i, line := range strings.Split(string(source), "\n") {
			if utf8.RuneCountInString(line) <= most {
				continue
			}
			if quoted == nil {
				quoted = ofStrings(source)
			}
			if n := utf8.RuneCountInString(line); n-quoted[i+1] > most {
				t.Errorf("%s:%d has %d characters", path, i+1, n)
			}
		}
		return nil
	}))
}

// ofStrings is how many characters of each line, by number, are a string's. What an example prints
// is one, too.
func ofStrings(source []byte) map[int]int {
	all := token.NewFileSet()
	file := all.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, scanner.ScanComments)
	of, printed := make(map[int]int), false
	for {
		at, kind, text := s.Scan()
		switch {
		case kind == token.EOF:
			return of
		case kind == token.COMMENT:
			printed = printed && file.Position(at).Column > 1 || strings.HasPrefix(text, "// Output:")
		}
		if kind == token.STRING || kind == token.COMMENT && printed {
			for i, line := range strings.Split(text, "\n") {
				of[file.Line(at)+i] += utf8.RuneCountInString(line)
			}
		}
	}
}
