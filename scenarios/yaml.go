package scenarios

import (
	"iter"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"itlsim/scenarios/language"
)

// at notes what is wrong with a node.
func (l *loader) at(n ast.Node, format string, args ...any) {
	l.atToken(start(n), 0, format, args...)
}

func (l *loader) atToken(t *token.Token, offset int, format string, args ...any) {
	l.problems.Add(l.file, t.Position.Line, t.Position.Column+offset, format, args...)
}

// start is the first token of a node: a mapping's own token is a colon.
func start(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return start(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(n.Key)
	}
	return n.GetToken()
}

// pair is one line of a mapping.
type pair struct {
	key   string
	at    ast.Node
	value ast.Node
}

// pairs reads a mapping with known keys. Where keys is nil the caller checks
// them.
func (l *loader) pairs(n ast.Node, what string, keys ...string) []pair {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		such := "phones: power on" // of an act
		if keys != nil {
			such = strings.Join(keys, ": …, ") + ": …"
		}
		l.at(n, "%s is a list of keys and values here, such as %q", what, such)
		return nil
	}
	var all []pair
	for _, v := range values {
		if _, ok := v.Key.(*ast.MergeKeyNode); ok {
			l.at(v.Key, "%s has no merge keys", what)
		} else if key, ok := l.word(v.Key); ok {
			all = append(all, pair{key, v.Key, v.Value})
		}
	}
	if keys != nil {
		l.known(all, what, keys)
	}
	return all
}

// known notes the keys that a mapping does not have.
func (l *loader) known(pairs []pair, what string, keys []string) {
	missing := slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
		return slices.ContainsFunc(pairs, func(p pair) bool { return p.key == k })
	})
	for _, p := range pairs {
		if !slices.Contains(keys, p.key) {
			l.at(p.at, "%s has no %q%s", what, p.key, language.MeantOr(p.key, missing, "it may have"))
		}
	}
}

// mostProblems ends the reading of a file: looking for what each wrong word was meant
// to be takes its time.
const mostProblems = 100

// list goes through a sequence, or ends where there are problems enough; a single thing
// is a list of one.
func (l *loader) list(n ast.Node) iter.Seq[ast.Node] {
	items := []ast.Node{n}
	if s, ok := n.(*ast.SequenceNode); ok {
		items = s.Values
	} else if n.Type() == ast.NullType {
		items = nil
	}
	return func(yield func(ast.Node) bool) {
		for _, item := range items {
			if len(l.problems) >= mostProblems || !yield(item) {
				return
			}
		}
	}
}

// word reads a scalar as it is written.
func (l *loader) word(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.AnchorNode, *ast.AliasNode:
		l.at(n, "scenarios have neither anchors nor aliases")
	case *ast.NullNode:
		l.at(n, "something is missing here")
	default:
		l.at(n, "one word or sentence is wanted here, not a list or mapping; "+
			"a sentence that contains a colon or a quote stands in 'single quotes'")
	}
	return "", false
}

// offset is where a text begins within its token.
func offset(n ast.Node) int {
	switch n.GetToken().Type {
	case token.DoubleQuoteType, token.SingleQuoteType:
		return 1
	}
	return 0
}
