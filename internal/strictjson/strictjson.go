// Package strictjson reads JSON in which no object has a key twice. encoding/json takes the
// last of them, and a struct's field by its name in any case: what somebody reads who looks
// a file through would not be what counts.
package strictjson

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Unmarshal is that of encoding/json, and refuses an object that has a key twice. The error
// names both.
func Unmarshal[T any](data []byte, into *T) error {
	if err := json.Unmarshal(data, into); err != nil {
		return err
	}
	return once(data, reflect.TypeFor[T]())
}

// UnmarshalKnown is [Unmarshal], and refuses what is for no field.
func UnmarshalKnown[T any](data []byte, into *T) error {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return err
	}
	if _, err := in.Token(); err != io.EOF {
		return errors.New("there is more behind its end")
	}
	return once(data, reflect.TypeFor[T]())
}

// Twice is the error of a key that the outermost object has twice, for whoever reads one
// token by token.
func Twice(key string) error { return &twice{"", key} }

type twice struct{ path, key string }

func (e *twice) Error() string {
	return fmt.Sprintf("%.200s has the key %.64q twice", cmp.Or(e.path, "it"), e.key)
}

// once refuses a key that stands twice. The data are JSON, as encoding/json has found, with
// no more brackets within each other than it takes.
func once(data []byte, t reflect.Type) error {
	w := walker{data, make(map[reflect.Type][]named)}
	if err := w.value(t); err != nil {
		err.path = strings.TrimPrefix(err.path, ".")
		return err
	}
	return nil
}

// A walker goes over JSON; rest is what is still to come.
type walker struct {
	rest   []byte
	fields map[reflect.Type][]named // of the structs that came
}

// named is a field, by its key.
type named struct {
	key string
	is  reflect.Type
}

// at is the next byte that is no space, which stays; 0 at the end.
func (w *walker) at() byte {
	if w.rest = bytes.TrimLeft(w.rest, " \t\r\n"); len(w.rest) == 0 {
		return 0
	}
	return w.rest[0]
}

// word takes a text with its quotes, or a number or name.
func (w *walker) word() (word []byte) {
	n := 1
	if w.at() == '"' {
		for ; w.rest[n] != '"'; n++ {
			if w.rest[n] == '\\' {
				n++
			}
		}
		n++
	} else if n = bytes.IndexAny(w.rest, ",:]} \t\r\n"); n < 0 {
		n = len(w.rest)
	}
	word, w.rest = w.rest[:n], w.rest[n:]
	return word
}

// value goes over the next value, which is read into a t; nil: into nothing with fields.
func (w *walker) value(t reflect.Type) *twice {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch w.at() {
	case '{':
		return w.object(t)
	case '[':
		return w.array(element(t, reflect.Slice, reflect.Array))
	}
	w.word()
	return nil
}

func (w *walker) object(t reflect.Type) *twice {
	var keys []string
	for w.rest = w.rest[1:]; w.at() != '}'; {
		said := unquoted(w.word())
		key, of := said, element(t, reflect.Map)
		if t != nil && t.Kind() == reflect.Struct {
			key, of = w.field(t, said)
		}
		keys = append(keys, key)
		w.at()
		w.rest = w.rest[1:] // :
		if err := w.value(of); err != nil {
			err.path = "." + key + err.path
			return err
		}
		w.comma()
	}
	w.rest = w.rest[1:]
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] {
			return &twice{"", keys[i]}
		}
	}
	return nil
}

func (w *walker) array(of reflect.Type) *twice {
	w.rest = w.rest[1:]
	for i := 0; w.at() != ']'; i++ {
		if err := w.value(of); err != nil {
			err.path = fmt.Sprintf("[%d]%s", i, err.path)
			return err
		}
		w.comma()
	}
	w.rest = w.rest[1:]
	return nil
}

func (w *walker) comma() {
	if w.at() == ',' {
		w.rest = w.rest[1:]
	}
}

// unquoted is what a text in quotes means.
func unquoted(word []byte) (text string) {
	if !bytes.Contains(word, []byte(`\`)) && utf8.Valid(word) {
		return string(word[1 : len(word)-1])
	}
	_ = json.Unmarshal(word, &text) // which it has done before
	return text
}

// element is what a type of one of these kinds holds; nil for others.
func element(t reflect.Type, kinds ...reflect.Kind) reflect.Type {
	if t == nil || !slices.Contains(kinds, t.Kind()) {
		return nil
	}
	return t.Elem()
}

// field finds the field that a key is for, in whatever case, its own name and its type.
// What is for none keeps its name.
func (w *walker) field(t reflect.Type, key string) (string, reflect.Type) {
	all, known := w.fields[t]
	if !known {
		all = fieldsOf(t)
		w.fields[t] = all
	}
	for _, f := range all {
		if strings.EqualFold(f.key, key) {
			return f.key, f.is
		}
	}
	return key, nil
}

// fieldsOf are those of a struct that keys are for.
func fieldsOf(t reflect.Type) (all []named) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() {
			all = append(all, named{cmp.Or(name, f.Name), f.Type})
		}
	}
	return all
}
