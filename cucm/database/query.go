package database

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"itlsim/cucm"
)

// An UnknownError says that a statement is SQL, and not one that a simulator answers.
type UnknownError struct {
	Why string // "it has …", of the statement
}

func (e *UnknownError) Error() string {
	return "This is a simulator, which has no database: it answers SELECT from " + strings.Join(Shapes(), "; ") +
		". Of this statement: " + e.Why + "."
}

func unknown(format string, args ...any) error { return &UnknownError{fmt.Sprintf(format, args...)} }

// An Answer is the rows that a statement selects.
type Answer struct {
	Columns []string // in lower case, a count's in parentheses as Informix calls it
	Rows    int
	row     func(i int, cells []string) // fills one in
}

// All goes through the rows. The cells are good until the next.
func (a *Answer) All(yield func(cells []string) bool) {
	cells := make([]string, len(a.Columns))
	for i := range a.Rows {
		if a.row(i, cells); !yield(cells) {
			return
		}
	}
}

// Ask answers a statement about a cluster. The error is [ErrSyntax] or an [UnknownError].
func Ask(c *cucm.Cluster, text string) (*Answer, error) {
	s, err := parse(text)
	if err != nil {
		return nil, err
	}
	names, outer := make([]string, len(s.from)), make(map[string]bool)
	for i, t := range s.from {
		outer[t.name] = t.outer
		names[i] = t.name
		if slices.ContainsFunc(s.from[:i], func(other table) bool { return other.alias == t.alias || other.name == t.name }) {
			return nil, unknown("it has the table %s twice", t.name)
		}
	}
	for _, shape := range shapes {
		others := shape.others(shape.base)
		strange := func(name string) bool { return name != shape.base && !slices.Contains(others, name) }
		if slices.Contains(names, shape.base) && !slices.ContainsFunc(names, strange) {
			if outer[shape.base] {
				return nil, unknown("it joins %s also to what has none", shape.base)
			}
			return shape.ask(c, s)
		}
	}
	return nil, unknown("it asks about %s", strings.Join(names, ", "))
}

// A query is a statement about a shape.
type query[T any] struct {
	*shape[T]
	*statement
	linked map[string]string // for each table one that it is joined with, itself at the last
}

// group is rows that are one in the answer: by GROUP BY or DISTINCT, or each for itself.
type group[T any] struct {
	first T
	rows  int
}

func (k *shape[T]) ask(c *cucm.Cluster, s *statement) (*Answer, error) {
	q := &query[T]{k, s, make(map[string]string)}
	outputs, err := q.outputs()
	if err != nil {
		return nil, err
	}
	where, err := q.condition(s.where, true)
	if err != nil {
		return nil, err
	}
	if err = q.connected(); err != nil {
		return nil, err
	}
	groups, err := q.grouped(outputs, c, where)
	if err != nil {
		return nil, err
	}
	if err = q.sort(groups, outputs); err != nil {
		return nil, err
	}
	groups = groups[min(s.skip, len(groups)):]
	if s.first >= 0 {
		groups = groups[:min(s.first, len(groups))]
	}
	a := &Answer{Rows: len(groups), row: func(i int, cells []string) {
		for column := range outputs {
			cells[column] = outputs[column].of(groups[i])
		}
	}}
	for _, o := range outputs {
		a.Columns = append(a.Columns, o.name)
	}
	return a, nil
}

// An output is a column of the answer.
type output[T any] struct {
	name  string
	count bool
	of    func(group[T]) string
}

// outputs are the columns of the answer.
func (q *query[T]) outputs() (all []output[T], err error) {
	for _, i := range q.items {
		switch {
		case i.count:
			all = append(all, output[T]{cmp.Or(i.as, i.column.name), true,
				func(g group[T]) string { return fmt.Sprint(g.rows) }})
			continue
		case !i.all:
			of, err := q.value(i.column)
			if err != nil {
				return nil, err
			}
			all = append(all, output[T]{name: cmp.Or(i.as, i.column.name), of: func(g group[T]) string { return of(g.first) }})
			continue
		}
		before := len(all)
		for _, t := range q.from {
			if i.table != "" && t.alias != i.table {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(q.tables[t.name])) {
				of := q.tables[t.name][name]
				all = append(all, output[T]{name: name, of: func(g group[T]) string { return of(g.first) }})
			}
		}
		if len(all) == before {
			return nil, unknown("there is no table %s in it", i.table)
		}
	}
	return all, nil
}

// find is a column, by its name as table.column.
func (q *query[T]) find(c column) (string, func(T) string, error) {
	var full string
	var found func(T) string
	for _, t := range q.from {
		of := q.tables[t.name][c.name]
		if of == nil || c.table != "" && c.table != t.alias {
			continue
		}
		if found != nil {
			return "", nil, unknown("%s may be of two tables", c.name)
		}
		full, found = t.name+"."+c.name, of
	}
	if found == nil {
		return "", nil, unknown("there is no column %s in its tables", strings.TrimPrefix(c.table+"."+c.name, "."))
	}
	return full, found, nil
}

// value is what a column has in a row.
func (q *query[T]) value(c column) (func(T) string, error) {
	_, of, err := q.find(c)
	if err != nil || c.fold == nil {
		return of, err
	}
	return func(x T) string { return c.fold(of(x)) }, nil
}

// condition is a judge of rows; nil judges all good. Conditions that join tables hold in
// every row: they stand beside all others (at the top), and are noted.
func (q *query[T]) condition(c *condition, top bool) (func(T) bool, error) {
	if c == nil {
		return func(T) bool { return true }, nil
	}
	if c.with != nil {
		return q.join(c, top)
	}
	if len(c.parts) == 0 {
		of, err := q.value(c.column)
		if err == nil && q.asksFor(c) {
			err = unknown("%s is not there: %s", strings.Join(c.values, ", "), q.without)
		}
		return func(x T) bool { return c.holds(of(x)) }, err
	}
	parts := make([]func(T) bool, len(c.parts))
	for i, part := range c.parts {
		var err error
		if parts[i], err = q.condition(part, top && c.operator == "and"); err != nil {
			return nil, err
		}
	}
	switch c.operator {
	case "and":
		return func(x T) bool { return !slices.ContainsFunc(parts, func(holds func(T) bool) bool { return !holds(x) }) }, nil
	case "or":
		return func(x T) bool { return slices.ContainsFunc(parts, func(holds func(T) bool) bool { return holds(x) }) }, nil
	}
	return func(x T) bool { return !parts[0](x) }, nil
}

// asksFor reports whether a condition is about what the real table has, and this not.
func (q *query[T]) asksFor(c *condition) bool {
	name, _, _ := q.find(c.column)
	lacks := q.lacks[name]
	return lacks != nil && slices.ContainsFunc(c.values, lacks)
}

// join notes which tables a condition joins.
func (q *query[T]) join(c *condition, top bool) (func(T) bool, error) {
	a, _, err := q.find(c.column)
	if err != nil {
		return nil, err
	}
	b, _, err := q.find(*c.with)
	if err != nil {
		return nil, err
	}
	if !top || c.operator != "=" ||
		!slices.Contains(q.joins, [2]string{a, b}) && !slices.Contains(q.joins, [2]string{b, a}) {
		return nil, unknown("%s and %s join nothing", a, b)
	}
	q.linked[q.root(tableOf(a))] = q.root(tableOf(b))
	return func(T) bool { return true }, nil
}

func tableOf(column string) string {
	table, _, _ := strings.Cut(column, ".")
	return table
}

// root is one of the tables that a table is joined with, the same for all of them.
func (q *query[T]) root(table string) string {
	for q.linked[table] != "" && q.linked[table] != table {
		table = q.linked[table]
	}
	return table
}

// connected refuses tables that nothing joins: all their rows with all others'.
func (q *query[T]) connected() error {
	for _, t := range q.from[1:] {
		if q.root(t.name) != q.root(q.from[0].name) {
			return unknown("nothing joins %s and %s", q.from[0].name, t.name)
		}
	}
	return nil
}

// grouped are the rows that a condition holds for, in groups.
func (q *query[T]) grouped(outputs []output[T], c *cucm.Cluster, holds func(T) bool) (all []group[T], err error) {
	key, err := q.key(outputs)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int)
	if key != nil && len(q.group) == 0 && !q.distinct { // all rows are one, even none
		all, at[""] = []group[T]{{}}, 0
	}
	for _, x := range q.rows(c) {
		if !holds(x) {
			continue
		}
		if key == nil {
			all = append(all, group[T]{x, 1})
			continue
		}
		k := key(x)
		i, known := at[k]
		if !known {
			i, all = len(all), append(all, group[T]{first: x})
			at[k] = i
		}
		all[i].rows++
	}
	return all, nil
}

// key tells groups apart; nil where each row is one.
func (q *query[T]) key(outputs []output[T]) (func(T) string, error) {
	counts := slices.ContainsFunc(outputs, func(o output[T]) bool { return o.count })
	if !counts && len(q.group) == 0 {
		if !q.distinct {
			return nil, nil
		}
		return joined(outputs, func(o output[T], x T) string { return o.of(group[T]{first: x}) }), nil
	}
	if q.distinct {
		return nil, unknown("it groups rows, and has DISTINCT beside")
	}
	var of []func(T) string
	var names []string
	for _, c := range q.group {
		name, _, err := q.find(c)
		if err != nil {
			return nil, err
		}
		value, _ := q.value(c)
		of, names = append(of, value), append(names, name)
	}
	for _, i := range q.items {
		if i.count {
			continue
		}
		if name, _, err := q.find(i.column); err != nil || !slices.Contains(names, name) {
			return nil, unknown("it groups rows, and selects what is not the same in a group")
		}
	}
	return joined(of, func(of func(T) string, x T) string { return of(x) }), nil
}

// joined makes one text of several of a row.
func joined[T, P any](parts []P, of func(P, T) string) func(T) string {
	return func(x T) string {
		var b strings.Builder
		for i, part := range parts {
			if i > 0 {
				b.WriteByte(0)
			}
			b.WriteString(of(part, x))
		}
		return b.String()
	}
}

// sort orders groups: by the answer's columns, by their names or numbers, or by others.
func (q *query[T]) sort(groups []group[T], outputs []output[T]) error {
	keys := make([]func(group[T]) string, len(q.order))
	for k, s := range q.order {
		i := s.number - 1
		if s.number == 0 {
			i = slices.IndexFunc(outputs, func(o output[T]) bool { return s.table == "" && s.fold == nil && o.name == s.name })
		}
		switch {
		case i >= 0 && i < len(outputs):
			keys[k] = outputs[i].of
		case s.number > 0:
			return unknown("it has no column %d to order by", s.number)
		default:
			value, err := q.value(s.column)
			if err != nil {
				return err
			}
			keys[k] = func(g group[T]) string { return value(g.first) }
		}
	}
	if len(keys) == 0 || len(groups) < 2 { // one of no rows has no values
		return nil
	}
	type keyed struct {
		group[T]
		keys []string
	}
	all := make([]keyed, len(groups))
	for i, g := range groups {
		all[i] = keyed{g, make([]string, len(keys))}
		for k, key := range keys {
			all[i].keys[k] = key(g)
		}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		for k, s := range q.order {
			order := compare(a.keys[k], b.keys[k])
			if s.down {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
	for i := range all {
		groups[i] = all[i].group
	}
	return nil
}
