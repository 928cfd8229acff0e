package scenarios

import (
	"bytes"
	_ "embed" // for schema.json
	"encoding/json"
	"regexp"
	"strings"

	"itlsim/cucm/cli"
	"itlsim/scenarios/language"
)

// Schema is the JSON Schema (draft 2020-12) of scenario files, for editors. It is
// made from the tables that the loader reads by. What depends on a file's own
// names, such as those of nodes and groups, only the loader can check.
//
//go:embed schema.json
var Schema []byte

// writeSchema makes what schema.json holds.
func writeSchema() ([]byte, error) {
	return encode(scenarioKeys.schema(), " ")
}

func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// late is a schema that is made when it is written. The pattern of a whole language
// takes too long for the start of every program.
type late func() object

// MarshalJSON makes the schema.
func (f late) MarshalJSON() ([]byte, error) { return encode(f(), "") }

// sentences is the schema of a language.
func sentences[T any](l *language.Language[T]) object {
	return object{"type": "string", "pattern": l.Pattern(), "examples": l.Examples()}
}

func expectationSchema() object { return sentences(expectations) }
func repeatSchema() object      { return sentences(repeats) }
func paceSchema() object        { return sentences(paces) }

// actSchema is that of an act: a command, one of the plain acts, or one on
// phones.
func actSchema() object {
	command := commandKeys.schema()
	command["minProperties"], command["maxProperties"] = 1, 1+len(commandKeys.keys)
	command["patternProperties"] = object{"^on [^ ]+$": object{"type": "string", "pattern": commandPattern()}}
	anyOf := []any{command}
	for _, a := range plainActs {
		m := mapping[Act]{keys: []key[Act]{{name: a.key, required: "it", schema: sentences(a.says)}}}
		if a.types {
			m.keys = append(m.keys, commandKeys.keys...)
		}
		anyOf = append(anyOf, m.schema())
	}
	return object{"anyOf": append(anyOf, object{
		"type": "object", "minProperties": 1, "maxProperties": 1,
		"patternProperties":    object{language.New(phoneKeys...).Pattern(): sentences(phoneActs)},
		"additionalProperties": false,
	})}
}

// commandPattern is the words of all commands, as a regular expression.
func commandPattern() string {
	words := cli.CommandWords()
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	return "^(?:" + strings.Join(words, "|") + ")(?: .*)?$"
}
