package docs

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// A page is a Markdown file of the repository.
type page struct {
	source []byte
	tree   ast.Node
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()

// pages are all Markdown files of the repository, by their paths in it.
func pages(t *testing.T) map[string]page {
	t.Helper()
	all := make(map[string]page)
	require.NoError(t, filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(file, "../"))
		switch {
		case err != nil:
			return err
		case d.IsDir() || path.Ext(name) != ".md":
			return nil
		}
		source := []byte(read(t, file))
		all[name] = page{source, markdown.Parse(text.NewReader(source))}
		return nil
	}))
	require.Greater(t, len(all), 20, "pages found")
	return all
}

// each calls back for all nodes of the page of a kind.
func each[N ast.Node](p page, do func(N)) {
	_ = ast.Walk(p.tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n, ok := n.(N); ok && entering {
			do(n)
		}
		return ast.WalkContinue, nil
	})
}

// words are the text of a heading or a link.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n, ok := n.(*ast.Text); ok && entering {
			b.Write(n.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// unanchored is what forges, and the site, leave out of a heading's anchor.
var unanchored = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_\- ]`)

// anchors are those of a page's headings.
func (p page) anchors() (all []string) {
	each(p, func(h *ast.Heading) {
		name := unanchored.ReplaceAllString(strings.ToLower(words(h, p.source)), "")
		all = append(all, strings.ReplaceAll(name, " ", "-"))
	})
	return all
}

// Links lead to files that are there, and to headings that they have; those out of the
// repository are whole addresses. HTML is comments alone: what looks like a tag, such as SEP<MAC>
// outside of code, readers do not see.
func TestLinksLeadSomewhere(t *testing.T) {
	all, found := pages(t), 0
	for name, p := range all {
		check := func(to string) {
			found++
			u, err := url.Parse(to)
			if err != nil || u.Scheme != "" && (u.Scheme != "https" || u.Host == "") {
				t.Errorf("%s links to %s, which is not an address (%v)", name, to, err)
			}
			if err != nil || u.Scheme != "" {
				return
			}
			file := path.Join(path.Dir(name), u.Path)
			if u.Path == "" {
				file = name
			}
			if _, err := os.Stat("../" + file); err != nil {
				t.Errorf("%s links to %s, which is not there", name, to)
			} else if u.Fragment != "" && !slices.Contains(all[file].anchors(), u.Fragment) {
				t.Errorf("%s links to %s: %s has no such heading", name, to, file)
			}
		}
		each(p, func(l *ast.Link) { check(string(l.Destination)) })
		each(p, func(l *ast.Image) { check(string(l.Destination)) })
		each(p, func(h *ast.RawHTML) {
			t.Errorf("%s: %s looks like HTML", name, h.Segments.Value(p.source))
		})
		each(p, func(h *ast.HTMLBlock) {
			if line := h.Lines().Value(p.source); h.HTMLBlockType != ast.HTMLBlockType2 {
				t.Errorf("%s: %s looks like HTML", name, line)
			}
		})
	}
	require.Greater(t, found, 200, "links found")
}

// The contents list each page of docs, once, under the kind that it is of.
func TestContentsListEachPage(t *testing.T) {
	all := pages(t)
	var listed, there, kinds []string
	contents := all["docs/README.md"]
	each(contents, func(l *ast.Link) { listed = append(listed, path.Join("docs", string(l.Destination))) })
	each(contents, func(h *ast.Heading) { kinds = append(kinds, words(h, contents.source)) })
	for name := range all {
		if strings.HasPrefix(name, "docs/") && name != "docs/README.md" {
			there = append(there, name)
		}
	}
	there = append(there, "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
	require.ElementsMatch(t, there, listed)
	require.Equal(t, []string{"Documentation", "Tutorial", "How-to", "Reference", "Explanation"}, kinds)
}
