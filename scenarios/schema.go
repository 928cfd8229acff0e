package scenarios

import (
	"bytes"
	_ "embed" // for schema.json
	"encoding/json"
	"regexp"
	"strings"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/lab"
	"itlsim/phone"
)

// Schema is the JSON Schema (draft 2020-12) of scenario files, for editors: it
// is made from the same tables as the loader. What depends on a file's own
// names, such as those of nodes and groups, only the loader can check.
//
//go:embed schema.json
var Schema []byte

type object map[string]any

// writeSchema makes what schema.json holds.
func writeSchema() ([]byte, error) {
	word := object{"type": []string{"string", "number", "boolean"}}
	listOf := func(item any) any {
		return object{"anyOf": []any{item, object{"type": "array", "items": item}}}
	}
	list := func(item any) any { return object{"type": "array", "items": item, "minItems": 1} }
	closed := func(properties object, required ...string) object {
		o := object{"type": "object", "properties": properties, "additionalProperties": false}
		if len(required) > 0 {
			o["required"] = required
		}
		return o
	}
	enum := func(words ...string) object { return object{"enum": words} }
	said := func(pattern string, examples []string) object {
		return object{"type": "string", "pattern": pattern, "examples": examples}
	}
	share := object{"type": "string", "pattern": `^(?:100|[0-9]{1,2})(?:\.[0-9]+)?%$`}
	size := object{"enum": []any{1024, 2048, 4096}}
	nodes := listOf(object{"type": "string"})
	sizes := object{}
	for _, u := range cucm.Units {
		sizes[string(u)] = size
	}
	var models []string
	for _, p := range phone.Profiles() {
		models = append(models, p.String())
	}
	model := object{"anyOf": []any{object{"enum": models}, object{"enum": shortModels()}}}
	cluster := closed(object{
		"release": object{"enum": releaseNames()}, "domain": object{"type": "string"}, "key size": size, "digest": enum("SHA-1", "SHA-512"), "password": object{"type": "string"}, "security password": object{"type": "string"},
		"nodes": list(closed(object{
			"name": object{"type": "string"}, "services": listOf(enum(serviceNames...)),
			"key size": closed(sizes), "recovery name": object{"type": "string"}, "list": object{"type": "string"},
		}, "name")),
	})
	command := object{
		"type": "object", "minProperties": 1, "maxProperties": 4,
		"properties":           object{"answers": listOf(word), "refused": object{"type": "string"}, "prints": listOf(object{"type": "string"})},
		"patternProperties":    object{"^on [^ ]+$": object{"type": "string", "pattern": "^(?:" + strings.Join(commandPatterns(), "|") + ")(?: .*)?$"}},
		"additionalProperties": false,
	}
	anyAct := object{"anyOf": []any{
		command,
		closed(object{"wait": said(waits.Pattern(), waits.Examples())}, "wait"),
		closed(object{"page": said(pageActs.Pattern(), pageActs.Examples())}, "page"),
		closed(object{"fault": said(faults.Pattern(), faults.Examples())}, "fault"),
		object{
			"type": "object", "minProperties": 1, "maxProperties": 1,
			"patternProperties":    object{targets.Pattern(): said(phoneActs.Pattern(), phoneActs.Examples())},
			"additionalProperties": false,
		},
	}}
	modes := object{}
	for _, m := range lab.Modes {
		modes[m] = object{"type": "string"}
	}
	group := closed(object{
		"group": object{"type": []string{"string", "number"}, "pattern": `^[^ "]+$`}, "count": object{"type": "integer", "minimum": 1, "maximum": lab.MaxPhones},
		"models": listOf(model), "tftp": nodes, "call managers": nodes, "offline": share, "holds": enum(holdings...),
		"devices": object{"type": "string"}, "lists": listOf(object{"type": "string"}),
	}, "group")
	group["anyOf"] = []any{object{"required": []string{"count"}}, object{"required": []string{"devices"}}}
	step := closed(object{
		"step": object{"type": "string"}, "says": object{"type": "string"}, "do": listOf(anyAct), "expect": listOf(said(expectations.Pattern(), expectations.Examples())),
	})
	step["anyOf"] = []any{object{"required": []string{"step"}}, object{"required": []string{"do"}}}
	schema := closed(object{
		"name":   object{"type": "string", "pattern": "^[a-z0-9.-]+$"},
		"shows":  object{"type": "string"},
		"rows":   listOf(object{"type": "string", "pattern": "^M(?:[1-9]|1[0-9]|2[0-4])$"}),
		"not in": closed(modes), "cluster": cluster, "other cluster": cluster,
		"sftp servers": listOf(closed(object{"name": object{"type": "string"}, "password": object{"type": "string"}, "authentication": enum(authentications...)}, "name")),
		"phones":       listOf(group), "steps": listOf(step),
	}, "name", "shows", "phones", "steps")
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "A scenario of itlsim"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(schema)
	return b.Bytes(), err
}

// commandPatterns are the words of the commands, as a regular expression.
func commandPatterns() []string {
	var all []string
	for _, words := range cli.CommandWords() {
		all = append(all, regexp.QuoteMeta(words))
	}
	return all
}

// shortModels are models without a firmware, as words and as numbers.
func shortModels() []any {
	var all []any
	for _, p := range phone.Profiles() {
		all = append(all, p.Model, json.Number(p.Model))
	}
	return all
}

func releaseNames() []any {
	var all []any
	for _, r := range Releases {
		all = append(all, r, json.Number(r))
	}
	return all
}
