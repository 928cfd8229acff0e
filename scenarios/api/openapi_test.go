package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"itlsim/internal/reference"
)

// described is the description, as it is served.
var described = sync.OnceValue(func() (d struct {
	OpenAPI string
	Paths   map[string]map[string]json.RawMessage
}) {
	if err := json.Unmarshal(asJSON(), &d); err != nil {
		panic(err)
	}
	return d
})

// isMethod tells the methods of a path from what else is said of it.
func isMethod(key string) bool { return key != "parameters" && key != "servers" }

// Each request that there is is described, and no other.
func TestRequestsAreDescribed(t *testing.T) {
	require.Equal(t, "3.1.0", described().OpenAPI)
	var there []string
	for path, methods := range described().Paths {
		for method := range methods {
			if isMethod(method) {
				there = append(there, strings.ToUpper(method)+" "+path)
			}
		}
	}
	h := &Handler{}
	require.ElementsMatch(t, slices.AppendSeq(slices.Collect(maps.Keys(h.routes())), maps.Keys(h.labRoutes())), there)
}

// Each request stands in the reference, in the order of the description.
func TestReferenceOfRequests(t *testing.T) {
	var d struct {
		Paths yaml.MapSlice
	}
	require.NoError(t, yaml.UnmarshalWithOptions(description, &d, yaml.UseOrderedMap()))
	var rows [][]string
	for _, path := range d.Paths {
		for _, of := range path.Value.(yaml.MapSlice) {
			if method := of.Key.(string); isMethod(method) {
				summary := of.Value.(yaml.MapSlice).ToMap()["summary"].(string)
				rows = append(rows, []string{fmt.Sprintf("`%s %v`", strings.ToUpper(method), path.Key), summary})
			}
		}
	}
	reference.Keep(t, *update, "api", "# Requests of the API\n\nEvery request that the API answers. [The API](../api.md) explains how to use them; bodies, "+
		"parameters and answers are in [openapi.yaml](../../scenarios/api/openapi.yaml), also at `GET /openapi.json`. "+
		"Paths are below `"+Prefix+"`, or `"+Prefix+"/labs/ID`. Written by "+
		"`go test ./scenarios/api -run Reference -update`.\n\n"+reference.Table([]string{"request", "does"}, rows...))
}

var update = flag.Bool("update", false, "write docs/reference/api.md anew")

// Each parameter that a request may have is described, and no other.
func TestParametersAreDescribed(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON()))
	require.NoError(t, err)
	there := map[string][]string{}
	for path, methods := range described().Paths {
		for method := range methods {
			said, _ := within(doc, "paths", path, method, "parameters").([]any)
			shared, _ := within(doc, "paths", path, "parameters").([]any)
			for _, p := range append(said, shared...) {
				if ref, ok := within(p, "$ref").(string); ok {
					p = within(doc, strings.Split(ref, "/")[1:]...)
				}
				if within(p, "in") == "query" && isMethod(method) {
					request := strings.ToUpper(method) + " " + path
					there[request] = append(there[request], within(p, "name").(string))
				}
			}
		}
	}
	require.Len(t, there, len(queries))
	for request, names := range queries {
		require.ElementsMatch(t, names, there[request], request)
	}
}

// Each request says how it is answered by who does not let it in.
func TestRefusalsAreDescribed(t *testing.T) {
	for path, methods := range described().Paths {
		for method, operation := range methods {
			if isMethod(method) {
				require.Regexp(t, `"default": ?\{"\$ref": ?"#/components/responses/Refused"\}`, string(operation), path)
			}
		}
	}
}

// templates are the paths of the description, as expressions, those without a name in them
// first.
var templates = sync.OnceValue(func() (all [][2]string) {
	for path := range described().Paths {
		all = append(all, [2]string{path, "^" + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, `[^/]+`) + "$"})
	}
	slices.SortFunc(all, func(a, b [2]string) int { return strings.Count(a[0], "{") - strings.Count(b[0], "{") })
	return all
})

// within is a part of JSON, nil where it is not there.
func within(doc any, path ...string) any {
	for _, key := range path {
		object, _ := doc.(map[string]any)
		doc = object[key]
	}
	return doc
}

// ofLab begins the paths of a lab that a program opened, which are described as those of any.
var ofLab = regexp.MustCompile(`^/labs/[^/]+/`)

// CheckAnswer says what of an answer is not as it is described.
func CheckAnswer(method, path string, status int, header http.Header, body []byte) error {
	template, err := templateOf(path)
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON()))
	if err != nil {
		return err
	}
	method = strings.ToLower(method)
	code := fmt.Sprint(status)
	if within(doc, "paths", template, method, "responses", code) == nil {
		code = "default"
	}
	where := fmt.Sprintf("#/paths/%s/%s/responses/%s", escape(template), method, code)
	answer := within(doc, "paths", template, method, "responses", code)
	if ref, ok := within(answer, "$ref").(string); ok {
		where, answer = ref, within(doc, strings.Split(ref, "/")[1:]...)
	}
	if within(answer, "content", kind) == nil {
		return fmt.Errorf("%s %s: %d of kind %q is not described", method, path, status, kind)
	}
	if kind != "application/json" {
		return nil
	}
	return validate(doc, where+"/content/application~1json/schema", body)
}

// templateOf is the path of the description that is for a request's.
func templateOf(path string) (string, error) {
	path, _, _ = strings.Cut(ofLab.ReplaceAllString(path, "/"), "?")
	at := slices.IndexFunc(templates(), func(t [2]string) bool { return regexp.MustCompile(t[1]).MatchString(path) })
	if at < 0 {
		return "", fmt.Errorf("%s is not described", path)
	}
	return templates()[at][0], nil
}

// CheckUpdate says what of an event's data of a watch is not as it is described.
func CheckUpdate(data []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON()))
	if err != nil {
		return err
	}
	return validate(doc, "#/components/schemas/Update", data)
}

// CheckRequest says what of a request's body is not as it is described.
func CheckRequest(method, path string, body []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON()))
	if err != nil {
		return err
	}
	template, err := templateOf(path)
	if err != nil {
		return err
	}
	where := fmt.Sprintf("#/paths/%s/%s/requestBody", escape(template), strings.ToLower(method))
	return validate(doc, where+"/content/application~1json/schema", body)
}

// escape has a path of the description as a pointer has it.
func escape(path string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}

// validate checks JSON against the schema at a place of the description.
func validate(doc any, where string, body []byte) error {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		return err
	}
	schema, err := c.Compile("openapi.json" + where)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
