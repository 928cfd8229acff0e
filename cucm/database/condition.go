package database

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// folds are functions of a column.
var folds = map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper}

// narrows reads a condition, which holds beside what a statement has already.
func (p *parser) narrows(s *statement) error {
	c, err := p.condition()
	if err != nil {
		return err
	}
	if s.where != nil {
		c = &condition{operator: "and", parts: []*condition{s.where, c}}
	}
	s.where = c
	return nil
}

func (p *parser) condition() (*condition, error) { return p.joined("or", p.conjunction) }

func (p *parser) conjunction() (*condition, error) { return p.joined("and", p.negation) }

// joined reads parts between an operator.
func (p *parser) joined(operator string, part func() (*condition, error)) (*condition, error) {
	c := &condition{operator: operator}
	for {
		one, err := part()
		if err != nil {
			return nil, err
		}
		if c.parts = append(c.parts, one); !p.takes(operator) {
			break
		}
	}
	if len(c.parts) == 1 {
		return c.parts[0], nil
	}
	return c, nil
}

func (p *parser) negation() (c *condition, err error) {
	if p.depth++; p.depth > maxDepth {
		return nil, &UnknownError{"it has more than " + strconv.Itoa(maxDepth) + " parentheses within each other"}
	}
	defer func() { p.depth-- }()
	switch {
	case p.takes("not"):
		c, err = p.negation()
		return not(c), err
	case p.takes("("):
		if c, err = p.condition(); err == nil && !p.takes(")") {
			err = ErrSyntax
		}
		return c, err
	}
	return p.comparison()
}

func not(c *condition) *condition { return &condition{operator: "not", parts: []*condition{c}} }

// comparison reads one of a column.
func (p *parser) comparison() (c *condition, err error) {
	if p.compared++; p.compared > maxCompared {
		return nil, &UnknownError{"it has more than " + strconv.Itoa(maxCompared) + " comparisons"}
	}
	c = &condition{}
	if c.column, err = p.column(); err != nil {
		return nil, err
	}
	if p.takes("is") {
		negated := p.takes("not")
		if c.operator = "null"; !p.takes("null") {
			return nil, ErrSyntax
		}
		if negated {
			return not(c), nil
		}
		return c, nil
	}
	negated := p.takes("not")
	if err = p.operand(c); err == nil && negated {
		return not(c), nil
	}
	return c, err
}

var operators = []string{"=", "<>", "!=", "<", "<=", ">", ">=", "like", "in"}

// operand reads what a column is compared with, and how.
func (p *parser) operand(c *condition) (err error) {
	w := p.next()
	if c.operator = w.text; w.kind == value || !slices.Contains(operators, c.operator) {
		return ErrSyntax
	}
	if c.operator == "!=" {
		c.operator = "<>"
	}
	if c.operator == "in" {
		if !p.takes("(") {
			return ErrSyntax
		}
		for {
			w := p.next()
			if w.kind != value {
				return ErrSyntax
			}
			if c.values = append(c.values, w.text); !p.takes(",") {
				break
			}
		}
		if slices.Sort(c.values); !p.takes(")") {
			return ErrSyntax
		}
		return nil
	}
	if p.peek().kind == name {
		with, err := p.column()
		c.with = &with
		return err
	}
	if w = p.next(); w.kind != value {
		return ErrSyntax
	}
	if c.values = []string{w.text}; c.operator == "like" && len(w.text) > maxPattern {
		return &UnknownError{"it has a pattern of more than " + strconv.Itoa(maxPattern) + " bytes"}
	}
	return nil
}

// holds judges a comparison for a value of the column.
func (c *condition) holds(value string) bool {
	switch c.operator {
	case "null": // no column is ever
		return false
	case "in":
		_, found := slices.BinarySearch(c.values, value)
		return found
	case "like":
		return Like(c.values[0], value)
	}
	order := compare(value, c.values[0])
	switch c.operator {
	case "=":
		return order == 0
	case "<>":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// compare orders numbers by their size, and all else as text.
func compare(a, b string) int {
	x, numberX := number(a)
	y, numberY := number(b)
	if numberX && numberY {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// number is the one that a text is, if it is one. Most begin with a letter, and cost nothing.
func number(text string) (n int64, ok bool) {
	if text == "" || isLetter(text[0]) {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// Like compares as SQL's LIKE does: % stands for any text, _ for one character. Its time is
// bounded by the product of both lengths.
func Like(pattern, text string) bool { return like(pattern, text, func(c byte) byte { return c }) }

// LikeFold does so without the case of ASCII's letters.
func LikeFold(pattern, text string) bool {
	return like(pattern, text, func(c byte) byte {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	})
}

// like compares what fold makes of each byte.
func like(pattern, text string, fold func(byte) byte) bool {
	p, retry, mark := 0, -1, 0
	for t := 0; t < len(text); {
		switch {
		case p < len(pattern) && pattern[p] == '%':
			retry, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '_' || fold(pattern[p]) == fold(text[t])):
			p++
			t++
		case retry >= 0: // the last % takes one character more
			mark++
			p, t = retry+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "%") == ""
}
