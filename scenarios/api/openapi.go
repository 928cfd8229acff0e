package api

import (
	_ "embed"
	"net/http"
	"sync"

	"github.com/goccy/go-yaml"

	"itlsim/scenarios/live"
)

// description describes all requests and their answers (OpenAPI 3.1).
//
//go:embed openapi.yaml
var description []byte

// asYAML and asJSON are the description. JSON is made when somebody asks for it first: it
// takes some hundredths of a second.
func asYAML() []byte { return description }

var asJSON = sync.OnceValue(func() []byte {
	data, err := yaml.YAMLToJSON(description)
	if err != nil {
		panic(err) // embedded
	}
	return data
})

// A document is answered as it is.
type document struct {
	kind string
	data []byte
}

func (d document) write(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", d.kind)
	rw.Write(d.data) // an error is the reader's leaving
}

func describe(kind string, data func() []byte) request {
	return func(*live.Lab, *http.Request) (any, error) { return document{kind, data()}, nil }
}
