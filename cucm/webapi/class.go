package webapi

import (
	"strconv"

	"itlsim/cucm/database"
)

// A class is a kind of objects as AXL shows them.
type class[T any] struct {
	element    string // as rows are called
	kind       string // as references and faults call it
	name       func(*call, T) string
	attributes func(*call, T) []string // beside uuid; nil: none
	tags       []tag[T]                // in the order of the schema
	// criteria are what searchCriteria may compare; others are empty in all objects.
	criteria map[string]func(*call, T) string
}

// A tag is a part of an object.
type tag[T any] struct {
	name  string
	write func(c *call, w *writer, x T)
}

// text is a tag that has text alone.
func text[T any](name string, of func(*call, T) string) tag[T] {
	return tag[T]{name, func(c *call, w *writer, x T) { w.leaf(name, of(c, x)) }}
}

// fixed is a tag that is the same in all objects.
func fixed[T any](name, value string) tag[T] {
	return tag[T]{name, func(_ *call, w *writer, _ T) { w.leaf(name, value) }}
}

// none is a tag that has no value in any object: a reference to nothing.
func none[T any](name string) tag[T] {
	return tag[T]{name, func(_ *call, w *writer, _ T) { w.nothing(name) }}
}

// reference is a tag that names an object of another kind.
func reference[T any](name, kind string, of func(*call, T) string) tag[T] {
	return tag[T]{name, func(c *call, w *writer, x T) {
		to := of(c, x)
		w.leaf(name, to, "uuid", uuid(kind, to))
	}}
}

// returned are the tags that a request wants: all, where it does not say.
func (k *class[T]) returned(c *call) (tags []tag[T], said bool) {
	for _, part := range c.asked.children {
		said = said || part.name == "returnedTags"
	}
	if !said {
		return k.tags, false
	}
	wanted := make(map[string]bool)
	for _, t := range c.asked.child("returnedTags").children {
		wanted[t.name] = true
	}
	for _, t := range k.tags {
		if wanted[t.name] {
			tags = append(tags, t)
		}
	}
	return tags, true
}

// row writes one object.
func (k *class[T]) row(c *call, w *writer, x T, tags []tag[T]) {
	attributes := []string{"uuid", uuid(k.kind, k.name(c, x))}
	if k.attributes != nil {
		attributes = append(attributes, k.attributes(c, x)...)
	}
	w.open(k.element, attributes...)
	for _, t := range tags {
		t.write(c, w, x)
	}
	w.close(k.element)
}

// get answers with one object.
func (k *class[T]) get(c *call, x T) answer {
	tags, _ := k.returned(c)
	return answer{1, func(w *writer) { k.row(c, w, x, tags) }}
}

// Bounds of what is compared with each of 40,000 phones, this project's own choice: no
// class has as many criteria, no name is as long.
const (
	maxCriteria = 20
	maxPattern  = 255 // bytes
)

// criteriaOf are those of a request that say something.
func criteriaOf(c *call) (said []*element, err error) {
	for _, criterion := range c.asked.child("searchCriteria").children {
		if criterion.text != "" {
			said = append(said, criterion)
		}
		if len(said) > maxCriteria || len(criterion.text) > maxPattern {
			return nil, &fault{client, noCode, "searchCriteria are too many or too long"}
		}
	}
	return said, nil
}

// list answers with those of some objects that match the request's criteria, from the one
// that skip says on, and no more than first.
func (k *class[T]) list(c *call, all []T) (answer, error) {
	tags, said := k.returned(c)
	if !said {
		return answer{}, &fault{client, noCode, "returnedTags is missing in " + c.asked.name}
	}
	criteria, err := criteriaOf(c)
	if err != nil {
		return answer{}, err
	}
	skip, err := c.number("skip", 0)
	if err != nil {
		return answer{}, err
	}
	first, err := c.number("first", len(all))
	if err != nil {
		return answer{}, err
	}
	var rows []T
	for _, x := range all {
		if !k.matches(c, x, criteria) {
			continue
		}
		if skip--; skip >= 0 {
			continue
		}
		if len(rows) == first {
			break
		}
		rows = append(rows, x)
	}
	return answer{len(rows), func(w *writer) {
		for _, x := range rows {
			k.row(c, w, x, tags)
		}
	}}, nil
}

// number is what a request says of one; usual, where it does not.
func (c *call) number(name string, usual int) (int, error) {
	said := c.asked.child(name).text
	if said == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(said, 10, 31)
	if err != nil {
		return 0, &fault{client, noCode, name + " is not a number: " + said}
	}
	return int(n), nil
}

// matches reports whether an object meets all criteria.
func (k *class[T]) matches(c *call, x T, criteria []*element) bool {
	for _, criterion := range criteria {
		value := ""
		if of := k.criteria[criterion.name]; of != nil {
			value = of(c, x)
		}
		if !database.LikeFold(criterion.text, value) {
			return false
		}
	}
	return true
}
