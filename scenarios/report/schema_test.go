package report_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"itlsim/scenarios/report"
)

// What runs write is as the schema says.
func TestReportsAreAsTheSchemaSays(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("schema.json", doc))
	schema, err := c.Compile("schema.json")
	require.NoError(t, err)
	for name, r := range played(t, 25) {
		var text bytes.Buffer
		require.NoError(t, r.WriteJSON(&text))
		is, err := jsonschema.UnmarshalJSON(&text)
		require.NoError(t, err)
		require.NoError(t, schema.Validate(is), name)
	}
}

// A fields is an object of the schema, as far as fields go.
type fields struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Enum                 []string
	Description          string
	AdditionalProperties any
	Required             []string
	Properties           map[string]*fields
	Items                *fields
	Defs                 map[string]*fields `json:"$defs"`
}

// The schema has each field that a report may have, of its kind and with a word on it, and
// no other; it requires those that are always there.
func TestSchemaHasEachField(t *testing.T) {
	var schema fields
	require.NoError(t, json.Unmarshal(report.Schema, &schema))
	seen := make(map[string]bool)
	var compare func(at string, is *fields, of reflect.Type)
	compare = func(at string, is *fields, of reflect.Type) {
		if def := strings.TrimPrefix(is.Ref, "#/$defs/"); def != "" {
			seen[def] = true
			require.Contains(t, schema.Defs, def, at)
			is = schema.Defs[def]
		}
		require.Equal(t, kindOf(of), is.kind(), at)
		switch kindOf(of) {
		case "array":
			compare(at+"[]", is.Items, of.Elem())
		case "object":
			if of.Kind() == reflect.Map {
				return
			}
			require.Equal(t, false, is.AdditionalProperties, at)
			has, always := fieldsOf(of)
			require.Equal(t, slices.Sorted(maps.Keys(has)), slices.Sorted(maps.Keys(is.Properties)), at)
			require.ElementsMatch(t, always, is.Required, at)
			for name, kind := range has {
				require.NotEmpty(t, is.Properties[name].Description, at+"."+name)
				compare(at+"."+name, is.Properties[name], kind)
			}
		}
	}
	compare("", &schema, reflect.TypeFor[report.Report]())
	require.Len(t, seen, len(schema.Defs), "none is for nothing")
}

// kind is the type of a value that is not null.
func (f *fields) kind() string {
	switch is := f.Type.(type) {
	case string:
		return is
	case []any:
		return is[0].(string)
	}
	if f.Enum != nil {
		return "string"
	}
	return ""
}

// kindOf is how a type is written.
func kindOf(t reflect.Type) string {
	if t == reflect.TypeFor[time.Time]() {
		return "string"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return "integer"
}

// fieldsOf are the fields of a struct, those of embedded ones among them, and the names of
// those that are always there.
func fieldsOf(t reflect.Type) (has map[string]reflect.Type, always []string) {
	has = make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		has[name] = f.Type
		if !strings.Contains(options, "omit") {
			always = append(always, name)
		}
	}
	return has, always
}
