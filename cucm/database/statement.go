package database

import (
	"slices"
	"strconv"
)

// A statement is a SELECT as the grammar has it:
//
//	SELECT [SKIP n] [FIRST n | LIMIT n] [DISTINCT | UNIQUE] item, ...
//	FROM table [[AS] alias], ... [[INNER | LEFT [OUTER]] JOIN table [[AS] alias] ON condition] ...
//	[WHERE condition] [GROUP BY column, ...] [ORDER BY column | number [ASC | DESC], ...] [LIMIT n]
type statement struct {
	distinct    bool
	items       []item
	from        []table
	where       *condition // joins' conditions and WHERE's; nil: none
	group       []column
	order       []sorting
	skip, first int // first < 0: all
}

// An item of what is selected: a column, all columns of a table ("*", of all tables where
// none is named), or a count of rows.
type item struct {
	column
	as         string // "": the column's name
	all, count bool
}

// A table has its alias, which is its name where it has none. An outer one may have no row.
type table struct {
	name, alias string
	outer       bool
}

// A column is named alone, or by its table or alias; fold compares it in lower or upper case.
type column struct {
	table, name string
	fold        func(string) string
}

type sorting struct {
	column
	number int // of the item, from 1; 0: by column
	down   bool
}

// A condition is "and", "or" or "not" of parts; or "=", "<>", "<", "<=", ">", ">=", "like",
// "in" or "null" of a column, with another column or with values.
type condition struct {
	operator string
	parts    []*condition
	column   column
	with     *column
	values   []string
}

// A parser reads words. What is not as the grammar has it is [ErrSyntax]; what SQL has and
// the grammar has not, an [UnknownError].
type parser struct {
	words    []word
	depth    int
	compared int
}

// verbs begin statements that SQL has.
var verbs = []string{"select", "insert", "update", "delete", "execute", "create", "alter", "drop", "merge", "with"}

// reserved are words that are no alias.
var reserved = []string{
	"from", "where", "inner", "left", "right", "full", "outer", "join", "on", "order", "group", "having", "limit",
	"union", "and", "or", "not", "as", "by", "in",
}

func parse(text string) (*statement, error) {
	all, err := words(text)
	if err != nil {
		return nil, err
	}
	p := &parser{words: all}
	switch verb := p.next(); {
	case verb.kind != name || !slices.Contains(verbs, verb.text):
		return nil, ErrSyntax
	case verb.text != "select":
		return nil, &UnknownError{"it does not begin with SELECT"}
	}
	s, err := p.selected()
	if err == ErrSyntax && beyond(all) {
		err = &UnknownError{"it is not of their form"}
	}
	return s, err
}

// further are words of SQL that the grammar has not.
var further = []string{
	"union", "having", "right", "full", "cross", "exists", "between", "matches", "case", "cast", "escape", "all", "any",
	"some", "+", "-", "/", "|",
}

// beyond reports whether a statement is SQL that the grammar has not: parentheses match,
// and there is a further word, a second statement within it, or a function.
func beyond(words []word) bool {
	open, found := 0, false
	for i, w := range words {
		switch w {
		case word{symbol, "("}:
			open++
			found = found || i > 0 && words[i-1].kind == name && !slices.Contains(reserved, words[i-1].text)
		case word{symbol, ")"}:
			open--
		case word{name, "select"}:
			found = found || i > 0
		}
		if open < 0 {
			return false
		}
		found = found || w.kind != value && slices.Contains(further, w.text)
	}
	return found && open == 0 && slices.Contains(words, word{name, "from"})
}

func (p *parser) peek() word { return p.words[0] }

// next takes a word; the end stays.
func (p *parser) next() word {
	w := p.words[0]
	if w.kind != end {
		p.words = p.words[1:]
	}
	return w
}

// takes takes a keyword or symbol, if it is next.
func (p *parser) takes(texts ...string) bool {
	for i, text := range texts {
		if w := p.words[min(i, len(p.words)-1)]; w.kind != name && w.kind != symbol || w.text != text {
			return false
		}
	}
	p.words = p.words[len(texts):]
	return true
}

func (p *parser) selected() (s *statement, err error) {
	s = &statement{first: -1}
	for counts := map[string]*int{"skip": &s.skip, "first": &s.first, "limit": &s.first}; ; {
		n := counts[p.peek().text]
		if n == nil || p.words[1].kind != value { // a column may be called so
			break
		}
		p.next()
		if *n, err = p.number(); err != nil {
			return nil, err
		}
	}
	s.distinct = p.takes("distinct") || p.takes("unique")
	if s.items, err = listed(p, p.item); err != nil {
		return nil, err
	}
	if err = p.tables(s); err != nil {
		return nil, err
	}
	if p.takes("where") {
		if err = p.narrows(s); err != nil {
			return nil, err
		}
	}
	if p.takes("group", "by") {
		if s.group, err = listed(p, p.column); err != nil {
			return nil, err
		}
	}
	if p.takes("order", "by") {
		if s.order, err = listed(p, p.sorting); err != nil {
			return nil, err
		}
		if len(s.order) > maxOrder {
			return nil, &UnknownError{"it is ordered by more than " + strconv.Itoa(maxOrder) + " columns"}
		}
	}
	if p.takes("limit") {
		if s.first, err = p.number(); err != nil {
			return nil, err
		}
	}
	if p.peek().kind != end {
		return nil, ErrSyntax
	}
	return s, nil
}

// listed reads some things between commas.
func listed[T any](p *parser, one func() (T, error)) (all []T, err error) {
	for {
		x, err := one()
		if err != nil {
			return nil, err
		}
		if all = append(all, x); len(all) > maxColumns {
			return nil, &UnknownError{"it lists more than " + strconv.Itoa(maxColumns) + " things"}
		}
		if !p.takes(",") {
			return all, nil
		}
	}
}

func (p *parser) number() (int, error) {
	n, err := strconv.ParseUint(p.next().text, 10, 31)
	if err != nil {
		return 0, ErrSyntax
	}
	return int(n), nil
}

func (p *parser) item() (i item, err error) {
	if p.takes("*") {
		return item{all: true}, nil
	}
	if p.takes("count", "(") {
		i.count, i.column.name = true, "(count)"
		if p.takes("*") {
			i.column.name = "(count(*))"
		} else if _, err = p.column(); err != nil { // no column is ever null
			return i, err
		}
		if !p.takes(")") {
			return i, ErrSyntax
		}
	} else if i.column, err = p.column(); err != nil {
		return i, err
	} else if i.column.name == "*" {
		i.all = true
		return i, nil
	}
	i.as, err = p.alias()
	return i, err
}

// alias is a name that something is given, if it is.
func (p *parser) alias() (string, error) {
	said := p.takes("as")
	if w := p.peek(); w.kind == name && (said || !slices.Contains(reserved, w.text)) {
		return p.next().text, nil
	}
	if said {
		return "", ErrSyntax
	}
	return "", nil
}

// column is one, or all of a table, whose name is "*" then.
func (p *parser) column() (c column, err error) {
	for text, fold := range folds {
		if p.takes(text, "(") {
			if c, err = p.column(); err == nil && !p.takes(")") {
				err = ErrSyntax
			}
			c.fold = fold
			return c, err
		}
	}
	w := p.next()
	if w.kind != name || slices.Contains(reserved, w.text) {
		return c, ErrSyntax
	}
	c.name = w.text
	if !p.takes(".") {
		return c, nil
	}
	c.table = c.name
	if w = p.next(); w.kind != name && w != (word{symbol, "*"}) {
		return c, ErrSyntax
	}
	c.name = w.text
	return c, nil
}

func (p *parser) sorting() (s sorting, err error) {
	if p.peek().kind == value {
		s.number, err = p.number()
	} else {
		s.column, err = p.column()
	}
	if s.down = p.takes("desc"); !s.down {
		p.takes("asc")
	}
	return s, err
}

// tables reads what stands behind FROM.
func (p *parser) tables(s *statement) (err error) {
	if !p.takes("from") {
		return ErrSyntax
	}
	if s.from, err = listed(p, p.table); err != nil {
		return err
	}
	for {
		outer := p.takes("left", "join") || p.takes("left", "outer", "join")
		if !outer && !p.takes("join") && !p.takes("inner", "join") {
			return nil
		}
		joined, err := p.table()
		if err != nil {
			return err
		}
		joined.outer = outer
		if s.from = append(s.from, joined); len(s.from) > maxColumns || !p.takes("on") {
			return ErrSyntax
		}
		if err = p.narrows(s); err != nil {
			return err
		}
	}
}

func (p *parser) table() (t table, err error) {
	w := p.next()
	if w.kind != name || slices.Contains(reserved, w.text) {
		return t, ErrSyntax
	}
	t.name = w.text
	if t.alias, err = p.alias(); t.alias == "" {
		t.alias = t.name
	}
	return t, err
}
