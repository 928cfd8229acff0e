package strictjson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/strictjson"
)

type node struct {
	Name    string          `json:"name"`
	Running map[string]bool `json:",omitempty"`
	Later   json.RawMessage
}

type cluster struct {
	Nodes []*node
	Main  node
	Other any
}

func TestUnmarshal(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "",
		`{"Nodes": [{"name": "a", "Running": {"x": true, "X": false}}, {"name": "a"}], "Main": {"name": "a"}}`: "",
		`{"Main": {}, "Main": {}}`:                          `^it has the key "Main" twice$`,
		`{"Main": {}, "MAIN": {}}`:                          `^it has the key "Main" twice$`,
		`{"Main": {}, "\u004dain": {}}`:                     `^it has the key "Main" twice$`,
		`{"Nodes": [{}, {"name": "a", "Name": "b"}]}`:       `^Nodes\[1\] has the key "name" twice$`,
		`{"Main": {"Running": {"x": true, "x": true}}}`:     `^Main\.Running has the key "x" twice$`,
		`{"Main": {"Later": [{"x": 1, "X": 1, "x": 1}]}}`:   `^Main\.Later\[0\] has the key "x" twice$`,
		`{"Other": {"a": 1, "A": 1, "b": {"b": 0, "b":0}}}`: `^Other\.b has the key "b" twice$`,
		"{\"Other\": {\"\xfe\": 1, \"\xff\": 2}}":           `^Other has the key "\x{FFFD}" twice$`,
		`{"unknown": 1, "unknown": 2}`:                      `^it has the key "unknown" twice$`,
		`{"Main": `:                                         "end of JSON",
		`{"Main" {}}`:                                       "invalid",
		strings.Repeat(`{"Later":`, 1e6):                    "max depth",
	} {
		err := strictjson.Unmarshal([]byte(text), new(cluster))
		if want == "" {
			require.NoError(t, err, text)
		} else {
			require.Error(t, err, "%.80s", text)
			require.Regexp(t, want, err.Error(), "%.80s", text)
		}
	}
}

func TestUnmarshalKnown(t *testing.T) {
	var c cluster
	require.NoError(t, strictjson.UnmarshalKnown([]byte(`{"Main": {"name": "a"}} `), &c))
	require.Equal(t, "a", c.Main.Name)
	for text, want := range map[string]string{
		`{"name": "a"}`:          "unknown field",
		`{"Main": {}} {}`:        "more behind its end",
		`{"Main": {}} }`:         "more behind its end",
		`{"Main": {}} ]`:         "more behind its end",
		`{"Main": {}, "main":0}`: "cannot unmarshal",
		`{"Main":{}, "main":{}}`: `key "Main" twice`,
	} {
		require.ErrorContains(t, strictjson.UnmarshalKnown([]byte(text), new(cluster)), want, text)
	}
}

// What encoding/json reads is read the same, or refused for a key that stands twice: then
// it is no JSON without doubled keys either by a reader that goes by tokens.
func FuzzUnmarshal(f *testing.F) {
	for _, text := range []string{
		`{"Nodes": [{"name": "a", "Running": {"x": true}}, null], "Main": {}, "Other": [1.5e3, "\"]}"]} `,
		`{"a":{"b":0,"\u0062":1}}`, `[[],{},"\\",-1]`, `null`, `{"":"","":""}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want, have any
		err := strictjson.Unmarshal(data, &have)
		if json.Unmarshal(data, &want) != nil {
			require.Error(t, err)
			return
		}
		require.Equal(t, doubled(json.NewDecoder(bytes.NewReader(data))), err != nil, "%v", err)
		require.Equal(t, want, have)
	})
}

// doubled reports whether an object of the next value has a key twice.
func doubled(in *json.Decoder) (is bool) {
	token, _ := in.Token()
	seen := make(map[json.Token]bool)
	for in.More() && (token == json.Delim('{') || token == json.Delim('[')) {
		if token == json.Delim('{') {
			key, _ := in.Token()
			is = is || seen[key]
			seen[key] = true
		}
		is = doubled(in) || is
	}
	if token == json.Delim('{') || token == json.Delim('[') {
		_, _ = in.Token()
	}
	return is
}
