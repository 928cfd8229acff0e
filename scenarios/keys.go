package scenarios

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"itlsim/scenarios/language"
)

// A mapping is what a file says of one thing, key by key. The loader, its
// messages and the JSON Schema come from the same table.
type mapping[T any] struct {
	what string // "a node"
	keys []key[T]
	more object // of the schema
}

// A key is one line of a mapping.
type key[T any] struct {
	name     string
	required string // what the message is where the key is missing; "": it may be
	schema   any
	read     func(l *loader, value ast.Node, to *T)
}

// keyOf is a key with a value of some sort.
func keyOf[T, V any](name string, v value[V], set func(*T, V)) key[T] {
	return keyAt(name, v, func(to *T, read V, _ ast.Node) { set(to, read) })
}

// keyAt is a key of which it counts where the value stands.
func keyAt[T, V any](name string, v value[V], set func(*T, V, ast.Node)) key[T] {
	return key[T]{name: name, schema: v.schema, read: func(l *loader, n ast.Node, to *T) {
		if read, ok := v.read(l, n); ok {
			set(to, read, n)
		}
	}}
}

// orElse has a message where the key is missing.
func (k key[T]) orElse(says string) key[T] {
	k.required = says
	return k
}

// names are those of the keys.
func (m mapping[T]) names() []string {
	names := make([]string, len(m.keys))
	for i, k := range m.keys {
		names[i] = k.name
	}
	return names
}

// read reads the mapping, in the order of the table.
func (m mapping[T]) read(l *loader, n ast.Node, to *T) {
	before := len(l.problems)
	pairs := l.pairs(n, m.what, m.names()...)
	for _, k := range m.keys {
		there := slices.ContainsFunc(pairs, func(p pair) bool { return p.key == k.name && !isEmpty(p.value) })
		if k.required != "" && !there && len(l.problems) == before {
			l.at(n, "%s", k.required)
		}
	}
	m.readPairs(l, pairs, to)
}

// isEmpty reports whether a value is the empty text.
func isEmpty(n ast.Node) bool {
	text, ok := n.(*ast.StringNode)
	return ok && text.Value == ""
}

func (m mapping[T]) readPairs(l *loader, pairs []pair, to *T) {
	for _, k := range m.keys {
		for _, p := range pairs {
			if p.key == k.name {
				k.read(l, p.value, to)
			}
		}
	}
}

// schema describes the mapping.
func (m mapping[T]) schema() object {
	properties, o := object{}, object{"type": "object", "additionalProperties": false}
	var required []string
	for _, k := range m.keys {
		properties[k.name] = k.schema
		if k.required != "" {
			required = append(required, k.name)
		}
	}
	o["properties"] = properties
	if len(required) > 0 {
		o["required"] = required
	}
	for name, more := range m.more {
		o[name] = more
	}
	return o
}

// A value is a sort of values: how one is read, and its schema.
type value[V any] struct {
	schema any
	read   func(*loader, ast.Node) (V, bool)
}

// object is a part of a JSON Schema.
type object map[string]any

// text is a value for any text.
var text = value[string]{object{"type": "string"}, (*loader).word}

// scalar is a value for a text that may look like something else to YAML.
var scalar = value[string]{object{"type": []string{"string", "number", "boolean"}}, (*loader).word}

// choice is a value for one of some words: what calls it in a message.
func choice(what string, words ...string) value[string] {
	return value[string]{object{"enum": words}, func(l *loader, n ast.Node) (string, bool) {
		return l.choose(n, what, words)
	}}
}

// choose reads one of some words.
func (l *loader) choose(n ast.Node, what string, words []string) (string, bool) {
	w, ok := l.word(n)
	if ok && !slices.Contains(words, w) {
		l.at(n, "%q is not %s%s", w, what, language.MeantOr(w, words, "there is"))
		return "", false
	}
	return w, ok
}

// number is a value for a whole number between two others.
func number(what string, least, most int) value[int] {
	schema := object{"type": "integer", "minimum": least, "maximum": most}
	return value[int]{schema, func(l *loader, n ast.Node) (v int, ok bool) {
		w, ok := l.word(n)
		if !ok {
			return 0, false
		}
		var rest string
		if k, _ := fmt.Sscanf(w, "%d%s", &v, &rest); k != 1 || v < least || v > most {
			l.at(n, "%s is a whole number from %d to %d, not %q", what, least, most, w)
			return 0, false
		}
		return v, true
	}}
}

// share is a value for a percentage, read as 0 to 1.
var share = value[float64]{object{"type": "string", "pattern": `^(?:100|[0-9]{1,2})(?:\.[0-9]+)?%$`},
	func(l *loader, n ast.Node) (v float64, ok bool) {
		w, ok := l.word(n)
		if !ok {
			return 0, false
		}
		var rest string
		if k, _ := fmt.Sscanf(w, "%f%s", &v, &rest); k != 2 || rest != "%" || v < 0 || v > 100 {
			l.at(n, "a share is a percentage such as 25%%, not %q", w)
			return 0, false
		}
		return v / 100, true
	}}

// as is a value of another type.
func as[V, W any](v value[V], convert func(V) W) value[W] {
	return value[W]{v.schema, func(l *loader, n ast.Node) (to W, ok bool) {
		from, ok := v.read(l, n)
		if ok {
			to = convert(from)
		}
		return to, ok
	}}
}

// shown is a value that the schema describes in another way.
func (v value[V]) shown(schema any) value[V] {
	v.schema = schema
	return v
}

// listOf is a value for several of a sort, or one.
func listOf[V any](v value[V]) value[[]V] {
	return value[[]V]{manyOf(v.schema), func(l *loader, n ast.Node) (all []V, ok bool) {
		for item := range l.list(n) {
			if one, ok := v.read(l, item); ok {
				all = append(all, one)
			}
		}
		return all, true
	}}
}

// atMost is a value for so many of a sort; what says of whom that is so.
func atMost[V any](most int, what string, v value[V]) value[[]V] {
	list := listOf(v)
	schema := object{"anyOf": []any{v.schema, object{"type": "array", "items": v.schema, "maxItems": most}}}
	return value[[]V]{schema, func(l *loader, n ast.Node) ([]V, bool) {
		all, ok := list.read(l, n)
		if len(all) > most {
			l.at(n, "%s at most %d", what, most)
		}
		return all, ok
	}}
}

// manyOf is the schema of a list, or of one item.
func manyOf(item any) object {
	return object{"anyOf": []any{item, object{"type": "array", "items": item}}}
}
