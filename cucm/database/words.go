package database

import (
	"errors"
	"strings"
)

// Bounds of a statement, this project's own choice. The longest that scripts send name
// 2,000 phones, 36 kB.
const (
	maxStatement = 64 << 10 // bytes
	maxDepth     = 32       // parentheses and negations within each other
	maxCompared  = 20       // comparisons, each with every row of 40,000
	maxPattern   = 255      // bytes of a LIKE: no value is as long that somebody would compare so
	maxColumns   = 64       // of an answer
	maxOrder     = 8        // columns to order by, of each row
)

// ErrSyntax is what CUCM says of what is no SQL (remembered); Informix has it as -201.
//
//lint:ignore ST1005 CUCM's own words
var ErrSyntax = errors.New("A syntax error has occurred.")

// SyntaxCode is Informix's number of [ErrSyntax].
const SyntaxCode = -201

// A word of a statement.
type word struct {
	kind wordKind
	text string // of a name in lower case; of a string without its quotes
}

type wordKind byte

const (
	end    wordKind = iota // of the statement
	name                   // of a table or column, or a keyword
	value                  // a string or a number
	symbol                 // all else
)

// words cuts a statement up.
func words(statement string) (all []word, err error) {
	if len(statement) > maxStatement {
		return nil, &UnknownError{"it is longer than 64 KiB"}
	}
	for rest := strings.TrimLeft(statement, blanks); rest != ""; rest = strings.TrimLeft(rest, blanks) {
		var w word
		if w, rest, err = firstWord(rest); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	if last := len(all) - 1; last >= 0 && all[last] == (word{symbol, ";"}) {
		all = all[:last]
	}
	return append(all, word{}), nil
}

const blanks = " \t\r\n"

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// firstWord is the first word of a text that begins with one, and what follows it.
func firstWord(text string) (w word, rest string, err error) {
	n := 1
	switch c := text[0]; {
	case c == '\'' || c == '"': // Informix takes both
		return quoted(text)
	case isDigit(c):
		for n < len(text) && isDigit(text[n]) {
			n++
		}
		w.kind = value
	case isLetter(c):
		for n < len(text) && (isLetter(text[n]) || isDigit(text[n])) {
			n++
		}
		return word{name, strings.ToLower(text[:n])}, text[n:], nil
	case strings.HasPrefix(text, "<>") || strings.HasPrefix(text, "!=") ||
		strings.HasPrefix(text, "<=") || strings.HasPrefix(text, ">="):
		w.kind, n = symbol, 2
	case strings.IndexByte("()*,.;=<>+-/|", c) >= 0:
		w.kind = symbol
	default:
		return w, "", ErrSyntax
	}
	w.text = text[:n]
	return w, text[n:], nil
}

// quoted is a string, in which a quote stands twice.
func quoted(text string) (w word, rest string, err error) {
	quote := text[:1]
	var b strings.Builder
	for rest = text[1:]; ; {
		part, after, closed := strings.Cut(rest, quote)
		if !closed {
			return w, "", ErrSyntax
		}
		b.WriteString(part)
		if !strings.HasPrefix(after, quote) {
			return word{value, b.String()}, after, nil
		}
		b.WriteString(quote)
		rest = after[1:]
	}
}
