package scenarios

import (
	"io"

	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"
)

// What a file may have at most. The parser's time and memory grow with the square of
// depth and of a mapping's keys, so all of it is counted before it is parsed.
const (
	maxScenario = 1 << 20 // bytes
	maxTokens   = 100_000 // words, values and signs: three of a short line
	maxDepth    = 32      // lists and mappings within each other; scenarios have eight
	maxKeys     = 64      // of one mapping; scenarios have ten
)

// tokens cuts a text into what the parser reads, and notes the first place where there
// is more than a scenario has.
func (l *loader) tokens(text string) (all token.Tokens, ok bool) {
	var s scanner.Scanner
	s.Init(text)
	var n nesting
	for {
		some, err := s.Scan()
		if err == io.EOF { // other errors are tokens, too
			return all, true
		}
		for _, t := range some {
			all.Add(t)
			if says := n.add(t); says != "" {
				l.atToken(t, 0, "%s", says)
				return nil, false
			}
			if len(all) > maxTokens {
				l.atToken(t, 0, "the file has more than %d words, values and signs", maxTokens)
				return nil, false
			}
		}
	}
}

// nesting is which lists and mappings a token is within.
type nesting struct {
	levels []level // outermost first
	start  int     // column of the latest value outside brackets, which may be a key
}

// A level is a list or a mapping that is open.
type level struct {
	kind   token.Type // of the token that begins it, or its entries
	column int        // where those stand
	keys   int
}

// bracketed reports whether the innermost level is one in brackets.
func (n *nesting) bracketed() bool {
	i := len(n.levels) - 1
	return i >= 0 && (n.levels[i].kind == token.SequenceStartType || n.levels[i].kind == token.MappingStartType)
}

// add takes the next token. It says what there is too much of.
func (n *nesting) add(t *token.Token) string {
	switch t.Type {
	case token.AnchorType, token.AliasType:
		return "scenarios have neither anchors nor aliases"
	case token.TagType:
		return "scenarios have no tags"
	case token.SequenceStartType, token.MappingStartType:
		if !n.bracketed() {
			n.start = t.Position.Column
		}
		n.levels = append(n.levels, level{kind: t.Type})
	case token.SequenceEndType, token.MappingEndType:
		if n.bracketed() {
			n.levels = n.levels[:len(n.levels)-1]
		}
	case token.SequenceEntryType:
		n.entry(t.Type, t.Position.Column)
	case token.MappingKeyType:
		n.entry(token.MappingValueType, t.Position.Column)
	case token.MappingValueType:
		n.entry(t.Type, n.start)
	case token.CommentType:
	default:
		if !n.bracketed() {
			n.start = t.Position.Column
		}
	}
	switch i := len(n.levels) - 1; {
	case i >= maxDepth:
		return "this stands in more lists and mappings than any part of a scenario"
	case i >= 0 && n.levels[i].keys > maxKeys:
		return "the mapping has more keys than any part of a scenario"
	}
	return ""
}

// entry takes an entry of a list or mapping that stands at a column: of one that is
// open, or of one that begins with it. What stands further right ends. A mapping's list
// may stand at the column of its keys.
func (n *nesting) entry(kind token.Type, column int) {
	if !n.bracketed() {
		for i := len(n.levels) - 1; i >= 0 && !n.bracketed(); i-- {
			of := n.levels[i]
			if of.column < column || of.column == column && (of.kind == kind || kind == token.SequenceEntryType) {
				break
			}
			n.levels = n.levels[:i]
		}
		i := len(n.levels) - 1
		if i < 0 || n.bracketed() || n.levels[i].column != column || n.levels[i].kind != kind {
			n.levels = append(n.levels, level{kind: kind, column: column})
		}
	}
	if kind == token.MappingValueType {
		n.levels[len(n.levels)-1].keys++
	}
}
